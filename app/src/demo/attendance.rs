//! Who was there: arrivals, leaves, absences, corrections, the door of the lessons of right now, and scanners.

use chrono::{DateTime, TimeDelta, Utc};

use super::classes::{Class, Lesson};
use super::curriculum::{Life, Today};
use super::enrolments::Seat;
use super::maker::Maker;
use super::people::People;
use super::schools::School;
use super::tables::row;
use crate::ids::{DeviceId, EnrolmentId, EventId, LeaveId, LessonId, PersonId, WalkInId};
use crate::state::sha256;

const LEAVE_REASONS: &[&str] = &[
    "参加招标开标会，时间冲突",
    "外地客户来厂验货",
    "发烧就医",
    "孩子家长会",
    "到省里参加行业评审",
    "厂里设备抢修，离不开人",
];
const CORRECTIONS: &[&str] = &[
    "本人到场，手机没电未扫码，签到表有签名",
    "扫码后网络中断，现场老师确认到课",
    "误登为缺勤，核对座位表后更正",
];
const LEFT_EARLY: &[&str] = &["课间接电话后离场，班主任确认", "提前一小时离场，已向班主任说明"];

/// How long after its end the signed list of a lesson is entered; no lesson is closed sooner.
const PAPER_ENTERED: TimeDelta = TimeDelta::minutes(6);
/// When the lesson that was closed too soon was closed, and opened again.
const CLOSED_TOO_SOON: TimeDelta = TimeDelta::minutes(2);
const REOPENED: TimeDelta = TimeDelta::minutes(4);
const REOPENED_FOR: &str = "补录纸质签到表";

/// Everything about presence.
pub fn invent(maker: &mut Maker, people: &People, schools: &[School], classes: &[Class], seats: &[Vec<Seat>]) {
    let scanners = scanners(maker, people, schools);
    for (class, seats) in classes.iter().zip(seats) {
        let enrolled: Vec<&Seat> = seats.iter().filter(|seat| seat.state == "approved").collect();
        let scanner = scanners.iter().find(|scanner| scanner.school == class.school).map(|scanner| scanner.id);
        for lesson in &class.lessons {
            let mut desk = Desk {
                maker,
                class,
                lesson,
                scanner,
            };
            if lesson.ends_at < desk.maker.now {
                desk.past(&enrolled);
            } else if lesson.starts_at < desk.maker.now + TimeDelta::minutes(30) {
                desk.right_now(&enrolled);
            } else {
                desk.still_ahead(&enrolled);
            }
        }
        if class.spec.today == Some(Today::Soon) {
            strangers_at_the_door(maker, people, class, seats);
        }
    }
}

struct Scanner {
    id: DeviceId,
    school: usize,
}

/// One at the city's school and one at 新安's; the tokens are made and forgotten, as a lost one would be.
fn scanners(maker: &mut Maker, people: &People, schools: &[School]) -> Vec<Scanner> {
    let mut made = Vec::new();
    for (region, name) in [("410300", "商会大厦门厅扫码枪"), ("410323", "学术报告厅签到平板")] {
        let Some(school) = schools.iter().position(|school| school.region == region) else {
            continue;
        };
        let at = maker.at(-75, 10, 0);
        let id: DeviceId = maker.id(at);
        let token_hash = sha256(&maker.secret());
        let seen_at = maker.now - TimeDelta::minutes(3);
        let by = people.coordinator(region).id;
        maker.tables.devices.add(row![id, schools[school].id, name, token_hash, at, by, seen_at]);
        made.push(Scanner { id, school });
    }
    made
}

/// One change of one person's attendance.
struct Mark {
    /// When it was written down.
    recorded: DateTime<Utc>,
    /// When the person came, as the ledger keeps it.
    arrived: DateTime<Utc>,
    /// None takes the row away.
    status: Option<&'static str>,
    source: &'static str,
    why: &'static str,
}

fn mark(at: DateTime<Utc>, status: &'static str, source: &'static str) -> Mark {
    Mark {
        recorded: at,
        arrived: at,
        status: Some(status),
        source,
        why: "",
    }
}

/// Where one lesson's attendance is kept.
struct Desk<'a> {
    maker: &'a mut Maker,
    class: &'a Class,
    lesson: &'a Lesson,
    scanner: Option<DeviceId>,
}

impl Desk<'_> {
    /// A lesson that is over: everybody has a status once it is closed.
    fn past(&mut self, enrolled: &[&Seat]) {
        for seat in enrolled {
            let marks = self.story(seat);
            self.write(seat.id, &marks);
        }
        self.close();
    }

    /// What happened to one person at a lesson that is over.
    fn story(&mut self, seat: &Seat) -> Vec<Mark> {
        let (start, end) = (self.lesson.starts_at, self.lesson.ends_at);
        let on_time = self.maker.moment(start - TimeDelta::minutes(26), start + TimeDelta::minutes(9));
        let late = self.maker.moment(start + TimeDelta::minutes(11), start + TimeDelta::minutes(38));
        let way = self.way_in();
        match self.maker.below(1000) {
            0..790 if way == "paper" => vec![Mark {
                recorded: end + PAPER_ENTERED,
                ..mark(start, "present", "paper")
            }],
            0..790 => vec![mark(on_time, "present", way)],
            790..865 => vec![mark(late, "late", if way == "paper" { "hand" } else { way })],
            865..885 => vec![
                mark(on_time, "present", "wall"),
                Mark {
                    recorded: end - TimeDelta::minutes(self.maker.between(35, 70)),
                    why: self.maker.pick(LEFT_EARLY),
                    ..mark(on_time, "left_early", "hand")
                },
            ],
            885..925 => self.leave_approved(seat),
            925..935 => self.leave_refused(seat),
            935..950 => self.corrected(),
            _ => self.absent(),
        }
    }

    /// Made absent by the closing; at the lesson that was opened again for a paper list, twice.
    fn absent(&self) -> Vec<Mark> {
        let Some(closed) = self.lesson.closed_at else { return Vec::new() };
        let last = mark(closed, "absent", "closing");
        if !self.was_reopened() {
            return vec![last];
        }
        let end = self.lesson.ends_at;
        let taken_back = Mark {
            status: None,
            why: REOPENED_FOR,
            ..mark(end + REOPENED, "absent", "closing")
        };
        vec![mark(end + CLOSED_TOO_SOON, "absent", "closing"), taken_back, last]
    }

    /// Made absent by the closing, and put right hours later.
    fn corrected(&self) -> Vec<Mark> {
        let mut marks = self.absent();
        if let Some(closed) = self.lesson.closed_at {
            marks.push(Mark {
                recorded: closed + TimeDelta::hours(3),
                why: self.maker.pick(CORRECTIONS),
                ..mark(closed, "present", "hand")
            });
        }
        marks
    }

    fn was_reopened(&self) -> bool {
        self.class.spec.today == Some(Today::Soon) && self.class.lessons.first().is_some_and(|first| first.id == self.lesson.id)
    }

    /// How people come in: mostly by the projected code.
    fn way_in(&self) -> &'static str {
        match self.maker.below(100) {
            0..70 => "wall",
            70..78 => "staff_scan",
            78..86 => "hand",
            86..92 => "paper",
            _ if self.scanner.is_some() => "device",
            _ => "wall",
        }
    }

    fn leave_approved(&mut self, seat: &Seat) -> Vec<Mark> {
        let asked_at = self.lesson.starts_at - TimeDelta::hours(self.maker.between(14, 40));
        let decided_at = asked_at + TimeDelta::hours(2);
        self.leave(seat.id, "approved", asked_at, Some((decided_at, None)));
        vec![mark(decided_at, "excused", "leave")]
    }

    fn leave_refused(&mut self, seat: &Seat) -> Vec<Mark> {
        let asked_at = self.lesson.starts_at - TimeDelta::hours(self.maker.between(3, 12));
        let decided_at = asked_at + TimeDelta::hours(1);
        self.leave(seat.id, "refused", asked_at, Some((decided_at, Some("本期请假已达两次，请尽量到课"))));
        self.absent()
    }

    fn leave(&mut self, seat: EnrolmentId, state: &str, asked_at: DateTime<Utc>, decided: Option<(DateTime<Utc>, Option<&str>)>) {
        let id: LeaveId = self.maker.id(asked_at);
        let reason = self.maker.pick(LEAVE_REASONS);
        let by = decided.map(|_| self.class.staff.id);
        let why = decided.and_then(|(_, why)| why);
        let decided_at = decided.map(|(at, _)| at);
        self.maker
            .tables
            .leaves
            .add(row![id, self.lesson.id, seat, reason, state, asked_at, decided_at, by, why]);
    }

    /// A lesson that is running or about to: some are here, one has leave, the others are still on their way.
    fn right_now(&mut self, enrolled: &[&Seat]) {
        let under_way = self.lesson.starts_at < self.maker.now;
        let here = if under_way { enrolled.len() * 3 / 4 } else { 62 };
        let opened = self.lesson.starts_at - TimeDelta::minutes(30) + TimeDelta::seconds(20);
        let latest = self.maker.now - TimeDelta::seconds(20);
        // The first student is still to come: that is who tries the projected code.
        let mut people: Vec<&Seat> = enrolled
            .iter()
            .copied()
            .filter(|seat| seat.person.id != self.first_guest(enrolled))
            .collect();
        self.maker.shuffle(&mut people);
        for (n, seat) in people.into_iter().enumerate() {
            if n < here {
                let at = self.maker.moment(opened, latest);
                let late = at > self.lesson.starts_at + TimeDelta::minutes(10);
                let way = match self.way_in() {
                    "paper" => "wall",
                    other => other,
                };
                self.write(seat.id, &[mark(at, if late { "late" } else { "present" }, way)]);
            } else if n < here + 3 {
                let marks = self.leave_approved(seat);
                self.write(seat.id, &marks);
            }
        }
    }

    fn first_guest(&self, enrolled: &[&Seat]) -> PersonId {
        enrolled
            .iter()
            .min_by_key(|seat| seat.person.id)
            .map_or(self.class.coordinator.id, |seat| seat.person.id)
    }

    /// A lesson to come: a few have asked for leave of the next ones.
    fn still_ahead(&mut self, enrolled: &[&Seat]) {
        let soon = self.lesson.starts_at < self.maker.now + TimeDelta::days(9);
        if !soon || self.class.spec.life != Life::Running || enrolled.len() < 40 {
            return;
        }
        let mut people: Vec<&Seat> = enrolled.to_vec();
        self.maker.shuffle(&mut people);
        for (n, seat) in people.into_iter().take(4).enumerate() {
            let asked_at = self.maker.moment(
                (self.maker.now - TimeDelta::hours(30)).max(seat.since),
                self.maker.now - TimeDelta::minutes(15),
            );
            self.leave(seat.id, "asked", asked_at, None);
            if n > 1 && self.class.spec.today.is_none() {
                break;
            }
        }
    }

    /// Staff close the lesson; one was opened again for a paper list and closed once more.
    fn close(&mut self) {
        let Some(closed) = self.lesson.closed_at else { return };
        if self.was_reopened() {
            self.note(self.lesson.ends_at + CLOSED_TOO_SOON, "closed", "");
            self.note(self.lesson.ends_at + REOPENED, "reopened", REOPENED_FOR);
        }
        self.note(closed, "closed", "");
    }

    fn note(&mut self, at: DateTime<Utc>, what: &str, why: &str) {
        let id: EventId = self.maker.id(at);
        let by = self.class.staff.id;
        self.maker.tables.lesson_events.add(row![id, self.lesson.id, at, by, what, why]);
    }

    /// The current row and the whole history of it.
    fn write(&mut self, seat: EnrolmentId, marks: &[Mark]) {
        let mut from: Option<&str> = None;
        for change in marks {
            let id: EventId = self.maker.id(change.recorded);
            let (by, device) = self.hands(change);
            self.maker.tables.attendance_events.add(row![
                id,
                self.lesson.id,
                seat,
                change.recorded,
                by,
                device,
                change.source,
                from,
                change.status,
                change.why,
            ]);
            from = change.status;
        }
        let Some((last, status)) = marks.last().and_then(|last| Some((last, last.status?))) else {
            return;
        };
        let (by, device) = self.hands(last);
        let flags = if last.source == "wall" && self.maker.happens(1) {
            "shared_device"
        } else {
            ""
        };
        self.maker
            .tables
            .attendances
            .add(row![self.lesson.id, seat, status, last.source, last.arrived, by, device, flags]);
    }

    /// Whose hands made a change: staff's, a scanner's, or the person's own.
    fn hands(&self, change: &Mark) -> (Option<PersonId>, Option<DeviceId>) {
        match change.source {
            "device" => (None, self.scanner),
            "wall" => (None, None),
            _ => (Some(self.class.staff.id), None),
        }
    }
}

/// Three who are not on the roster ask to be added.
fn strangers_at_the_door(maker: &mut Maker, people: &People, class: &Class, seats: &[Seat]) {
    let Some(lesson) = class.lessons.iter().find(|lesson| is_now(maker, lesson)) else {
        return;
    };
    let lesson: LessonId = lesson.id;
    let strangers: Vec<PersonId> = people
        .others
        .iter()
        .rev()
        .filter(|person| person.region == class.spec.school && !seats.iter().any(|seat| seat.person.id == person.id))
        .map(|person| person.id)
        .take(3)
        .collect();
    for (n, person) in (1_i64..).zip(strangers) {
        let at = maker.now - TimeDelta::seconds(70 * n);
        let id: WalkInId = maker.id(at);
        maker.tables.walk_ins.add(row![id, lesson, person, at, "asked"]);
    }
}

fn is_now(maker: &Maker, lesson: &Lesson) -> bool {
    lesson.starts_at < maker.now + TimeDelta::minutes(30) && maker.now < lesson.ends_at
}
