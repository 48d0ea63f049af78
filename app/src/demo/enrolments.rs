//! Who applied to which class, and what became of it, with the whole history of each application.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::classes::Class;
use super::curriculum::Life;
use super::inbox::tell;
use super::maker::Maker;
use super::people::{People, Person};
use super::tables::row;
use crate::ids::{EnrolmentId, EventId, FirmId, PersonId, Region, SeatId};

/// An application as the rest of the city needs it.
pub struct Seat {
    pub id: EnrolmentId,
    pub person: Person,
    pub state: &'static str,
    /// When it was handed in.
    pub since: DateTime<Utc>,
}

/// The applications of every class, in the order of the classes.
pub fn invent(maker: &mut Maker, people: &People, classes: &[Class]) -> Vec<Vec<Seat>> {
    let mut pool = Pool::of(people);
    let mut seats = Vec::with_capacity(classes.len());
    for class in classes {
        let applications = applications(maker, people, &mut pool, class);
        let written = applications.into_iter().map(|application| write(maker, class, application)).collect();
        seats.push(written);
    }
    seats
}

const REFUSALS: &[&str] = &[
    "本班名额优先安排企业主要负责人，您登记的岗位不符合招生条件。",
    "您所在企业已有两名学员在本班，请下一期再报。",
    "与您正在学习的班次时间冲突，请结业后再报。",
    "未按通知提交单位推荐意见。",
];
const FAREWELLS: &[&str] = &["出差，时间安排不开", "厂里有重要客户来访", "家中有事，改报下一期", "与其他培训时间冲突"];
const WISHES: &[&str] = &[
    "请尽量安排靠前的座位",
    "能否开具培训通知给单位",
    "想和同行业学员分在一组",
    "素食，请备餐时留意",
];
/// Why 杨 of `student003` was refused.
const REFUSAL_OF_A_GUEST: &str = "本班面向两代人同报的家族企业，您的申请只有一人。建议改报“现代企业制度与股权设计实务班”，目前还有名额。";

/// One step of an application.
struct Step {
    at: DateTime<Utc>,
    by: Option<PersonId>,
    /// The word of what happened.
    what: &'static str,
    /// The state after it.
    to: &'static str,
    why: &'static str,
}

struct Application {
    person: Person,
    created_at: DateTime<Utc>,
    queued_at: DateTime<Utc>,
    seat: SeatId,
    /// The firm on whose held seat the person sits.
    firm: Option<FirmId>,
    source: &'static str,
    note: Option<&'static str>,
    /// The first is the handing in.
    steps: Vec<Step>,
}

/// Everybody who may apply, with what each has applied to so far.
struct Pool {
    everyone: Vec<Person>,
    used: Vec<usize>,
    busy: Vec<Vec<(DateTime<Utc>, DateTime<Utc>)>>,
}

/// The first students are placed by hand.
const PLACED_BY_HAND: usize = 3;

impl Pool {
    fn of(people: &People) -> Self {
        let everyone: Vec<Person> = people.students.iter().chain(&people.others).cloned().collect();
        Self {
            used: vec![0; everyone.len()],
            busy: vec![Vec::new(); everyone.len()],
            everyone,
        }
    }

    /// Takes so many people who are not in the class yet and free at its lessons, those with few classes first.
    fn take(&mut self, maker: &Maker, class: &Class, taken: &mut HashSet<usize>, count: usize, from: Option<&str>) -> Vec<Person> {
        let mut found: Vec<(usize, usize)> = (PLACED_BY_HAND..self.everyone.len())
            .filter(|place| !taken.contains(place))
            .filter(|place| from.is_none_or(|region| self.everyone[*place].region == region))
            .filter(|place| self.is_free(*place, class))
            .map(|place| ((self.used[place] + maker.below(3)) * 1000 + maker.below(1000), place))
            .collect();
        found.sort_unstable();
        found.truncate(count);
        let mut chosen = Vec::with_capacity(count);
        for (_, place) in found {
            self.enter(place, class, taken);
            chosen.push(self.everyone[place].clone());
        }
        chosen
    }

    /// Four in five from the school's own county; the city's school is everybody's.
    fn take_near(&mut self, maker: &Maker, class: &Class, taken: &mut HashSet<usize>, count: usize) -> Vec<Person> {
        if class.spec.school == Region::CITY {
            return self.take(maker, class, taken, count, None);
        }
        let mut chosen = self.take(maker, class, taken, count * 4 / 5, Some(class.spec.school));
        let rest = count - chosen.len();
        chosen.extend(self.take(maker, class, taken, rest, None));
        maker.shuffle(&mut chosen);
        chosen
    }

    /// A student by number.
    fn guest(&mut self, number: usize, class: &Class, taken: &mut HashSet<usize>) -> Person {
        self.enter(number - 1, class, taken);
        self.everyone[number - 1].clone()
    }

    /// Somebody else of the same firm who is not in the class.
    fn colleague(&mut self, of: &Person, taken: &mut HashSet<usize>, class: &Class) -> Option<Person> {
        let place = (PLACED_BY_HAND..self.everyone.len())
            .find(|place| !taken.contains(place) && self.everyone[*place].firm == of.firm && self.everyone[*place].region == of.region)?;
        self.enter(place, class, taken);
        Some(self.everyone[place].clone())
    }

    fn enter(&mut self, place: usize, class: &Class, taken: &mut HashSet<usize>) {
        taken.insert(place);
        self.used[place] += 1;
        self.busy[place].extend(class.lessons.iter().map(|lesson| (lesson.starts_at, lesson.ends_at)));
    }

    fn is_free(&self, place: usize, class: &Class) -> bool {
        let meets =
            |(start, end): &(DateTime<Utc>, DateTime<Utc>)| class.lessons.iter().any(|lesson| lesson.starts_at < *end && *start < lesson.ends_at);
        !self.busy[place].iter().any(meets)
    }
}

/// The four spans of an enrolment window: seats go, the queue grows, somebody leaves.
struct Spans {
    opens: DateTime<Utc>,
    full: DateTime<Utc>,
    late: DateTime<Utc>,
    ends: DateTime<Utc>,
}

fn window(maker: &Maker, class: &Class) -> Spans {
    let opens = class.enrol_opens_at;
    let ends = class.enrol_closes_at.min(maker.now - TimeDelta::minutes(40));
    let length = ends - opens;
    Spans {
        opens,
        full: opens + length * 6 / 10,
        late: opens + length * 8 / 10,
        ends,
    }
}

fn moments(maker: &Maker, count: usize, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut moments: Vec<_> = (0..count).map(|_| maker.moment(from, to)).collect();
    moments.sort_unstable();
    moments
}

fn applications(maker: &mut Maker, people: &People, pool: &mut Pool, class: &Class) -> Vec<Application> {
    let crowd = &class.spec.crowd;
    let spans = window(maker, class);
    let mut taken = HashSet::new();
    let guests: Vec<(Person, &str)> = crowd
        .guests
        .iter()
        .map(|(number, state)| (pool.guest(*number, class, &mut taken), *state))
        .collect();
    let invited = |state: &str| -> Vec<Person> { guests.iter().filter(|(_, own)| *own == state).map(|(person, _)| person.clone()).collect() };

    let mut made = Vec::new();
    let approved = approved_people(maker, pool, class, &mut taken, invited("approved"));
    let promoted = if crowd.waitlisted > 0 { crowd.withdrawn } else { 0 };
    let at_once = approved.len().saturating_sub(promoted);
    let departures = moments(maker, crowd.withdrawn, spans.late, spans.ends);
    for (person, at) in approved.iter().zip(moments(maker, at_once, spans.opens, spans.full)) {
        made.push(approved_application(maker, class, person.clone(), at));
    }
    let behind = spans.full + TimeDelta::minutes(20);
    for ((person, at), promoted_at) in approved[at_once..]
        .iter()
        .zip(moments(maker, promoted, spans.full, behind))
        .zip(&departures)
    {
        let mut application = waitlisted(maker, class, person.clone(), at);
        application.steps.push(step(*promoted_at, None, "promoted", "approved", ""));
        made.push(application);
    }
    for (person, left_at) in pool.take_near(maker, class, &mut taken, crowd.withdrawn).into_iter().zip(&departures) {
        let at = maker.moment(spans.opens, spans.full);
        let mut application = approved_application(maker, class, person, at);
        let by = application.person.id;
        application
            .steps
            .push(step(*left_at, Some(by), "withdrawn", "withdrawn", maker.pick(FAREWELLS)));
        made.push(application);
    }
    let queue = waiting_people(maker, pool, class, &mut taken, invited("waitlisted"));
    let times = moments(maker, queue.len(), behind, spans.late);
    made.extend(queue.into_iter().zip(times).map(|(person, at)| waitlisted(maker, class, person, at)));
    made.extend(undecided(maker, pool, class, &mut taken, invited("submitted"), &spans));
    made.extend(rejected(maker, pool, class, &mut taken, invited("rejected"), &spans));
    made.extend(lapsed(maker, pool, class, &mut taken, &spans));
    made.extend(held_by_a_firm(maker, people, pool, class, &mut taken, &spans));
    made
}

fn approved_people(maker: &Maker, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, guests: Vec<Person>) -> Vec<Person> {
    let crowd = &class.spec.crowd;
    let mut people = guests;
    if crowd.by_county.is_empty() {
        let rest = crowd.approved - people.len();
        people.extend(pool.take_near(maker, class, taken, rest));
    } else {
        for (region, count) in crowd.by_county {
            let there = people.iter().filter(|person| person.region == *region).count();
            people.extend(pool.take(maker, class, taken, count - there, Some(region)));
        }
    }
    maker.shuffle(&mut people);
    people
}

/// Those who wait, the invited one in the third place.
fn waiting_people(maker: &Maker, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, guests: Vec<Person>) -> Vec<Person> {
    let crowd = &class.spec.crowd;
    let rest = crowd.waitlisted - guests.len();
    let mut people = if crowd.waiting_from.is_empty() {
        pool.take_near(maker, class, taken, rest)
    } else {
        let counties = crowd.waiting_from.iter().cycle().take(rest);
        counties.flat_map(|region| pool.take(maker, class, taken, 1, Some(region))).collect()
    };
    for guest in guests {
        people.insert(2.min(people.len()), guest);
    }
    people
}

fn undecided(maker: &Maker, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, guests: Vec<Person>, spans: &Spans) -> Vec<Application> {
    let mut people = guests;
    let rest = class.spec.crowd.submitted - people.len();
    people.extend(pool.take_near(maker, class, taken, rest));
    let times = moments(maker, people.len(), spans.full, spans.ends);
    people
        .into_iter()
        .zip(times)
        .map(|(person, at)| applied(maker, class, person, at, "submitted"))
        .collect()
}

fn rejected(maker: &Maker, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, guests: Vec<Person>, spans: &Spans) -> Vec<Application> {
    let invited: Vec<PersonId> = guests.iter().map(|person| person.id).collect();
    let mut people = guests;
    let rest = class.spec.crowd.rejected - people.len();
    people.extend(pool.take_near(maker, class, taken, rest));
    let reject = |person: Person| {
        let at = maker.moment(spans.opens, spans.full);
        let why = if invited.contains(&person.id) {
            REFUSAL_OF_A_GUEST
        } else {
            maker.pick(REFUSALS)
        };
        let mut application = applied(maker, class, person, at, "submitted");
        let decided_at = (at + TimeDelta::hours(maker.between(3, 30))).min(spans.ends);
        application
            .steps
            .push(step(decided_at, Some(class.coordinator.id), "rejected", "rejected", why));
        application
    };
    people.into_iter().map(reject).collect()
}

fn lapsed(maker: &Maker, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, spans: &Spans) -> Vec<Application> {
    let first = class.lessons.first().map_or(spans.ends, |lesson| lesson.starts_at);
    let people = pool.take_near(maker, class, taken, class.spec.crowd.lapsed);
    let times = moments(maker, people.len(), spans.late, spans.ends);
    let lapse = |(person, at)| {
        let mut application = waitlisted(maker, class, person, at);
        application.steps.push(step(first, None, "lapsed", "lapsed", ""));
        application
    };
    people.into_iter().zip(times).map(lapse).collect()
}

/// A firm names people for the seats that it holds, and sends somebody else for the first: the seat and its approval stay.
fn held_by_a_firm(maker: &Maker, people: &People, pool: &mut Pool, class: &Class, taken: &mut HashSet<usize>, spans: &Spans) -> Vec<Application> {
    let Some((number, _)) = class.spec.holds.first() else {
        return Vec::new();
    };
    let contact = &people.contacts[number - 1];
    let mut made = Vec::new();
    for _ in 0..class.spec.crowd.held {
        let Some(person) = pool.colleague(contact, taken, class) else { break };
        let at = maker.moment(spans.opens, spans.full);
        made.push(on_a_held_seat(maker, contact, person, at, at, "applied"));
    }
    let Some((first, colleague)) = made.first_mut().zip(pool.colleague(contact, taken, class)) else {
        return made;
    };
    let at = maker.now - TimeDelta::hours(26);
    first
        .steps
        .push(step(at, Some(contact.id), "replaced", "replaced", "原参训人员出差，改派同事参训"));
    let mut successor = on_a_held_seat(maker, contact, colleague, at, first.queued_at, "took_over");
    successor.seat = first.seat;
    made.push(successor);
    made
}

fn on_a_held_seat(maker: &Maker, contact: &Person, person: Person, at: DateTime<Utc>, queued_at: DateTime<Utc>, what: &'static str) -> Application {
    let why = if what == "applied" {
        "firm"
    } else {
        "原参训人员出差，改派同事参训"
    };
    Application {
        person,
        created_at: at,
        queued_at,
        seat: maker.id(at),
        firm: contact.firm,
        source: "firm",
        note: None,
        steps: vec![step(at, Some(contact.id), what, "approved", why)],
    }
}

fn step(at: DateTime<Utc>, by: Option<PersonId>, what: &'static str, to: &'static str, why: &'static str) -> Step {
    Step { at, by, what, to, why }
}

/// An application with the state that it came into at once.
fn applied(maker: &Maker, class: &Class, person: Person, at: DateTime<Utc>, to: &'static str) -> Application {
    let by_desk = to != "submitted" && maker.happens(12);
    let (by, source) = if by_desk { (class.coordinator.id, "desk") } else { (person.id, "self") };
    Application {
        created_at: at,
        queued_at: at,
        seat: maker.id(at),
        firm: None,
        source,
        note: maker.happens(5).then(|| maker.pick(WISHES)),
        steps: vec![step(at, Some(by), "applied", to, source)],
        person,
    }
}

fn approved_application(maker: &Maker, class: &Class, person: Person, at: DateTime<Utc>) -> Application {
    if !class.spec.by_hand {
        return applied(maker, class, person, at, "approved");
    }
    let mut application = applied(maker, class, person, at, "submitted");
    let decided_at = (at + TimeDelta::minutes(maker.between(40, 1500))).min(maker.now - TimeDelta::minutes(30));
    application
        .steps
        .push(step(decided_at, Some(class.coordinator.id), "approved", "approved", ""));
    application
}

fn waitlisted(maker: &Maker, class: &Class, person: Person, at: DateTime<Utc>) -> Application {
    applied(maker, class, person, at, "waitlisted")
}

/// Which message the person got about a step, if it was not their own.
fn told(step: &Step, person: PersonId) -> Option<&'static str> {
    match step.what {
        "applied" | "took_over" if step.by != Some(person) => Some("enrolment-notice-added"),
        "approved" => Some("enrolment-notice-approved"),
        "promoted" => Some("enrolment-notice-promoted"),
        "rejected" => Some("enrolment-notice-rejected"),
        "lapsed" => Some("enrolment-notice-lapsed"),
        "replaced" => Some("enrolment-notice-replaced"),
        _ => None,
    }
}

fn write(maker: &mut Maker, class: &Class, application: Application) -> Seat {
    debug_assert!(class.spec.life != Life::Draft, "nobody applies to a draft");
    let Application {
        person,
        created_at,
        queued_at,
        seat,
        firm,
        source,
        note,
        steps,
    } = application;
    let id: EnrolmentId = maker.id(created_at);
    let (state, changed_at) = steps.last().map_or(("submitted", created_at), |last| (last.to, last.at));
    // What somebody typed as they applied is a note; a reason is that of the last change.
    let reason = steps.iter().skip(1).last().map(|last| last.why).filter(|why| !why.is_empty());
    maker.tables.enrolments.add(row![
        id,
        class.id,
        person.id,
        seat,
        firm,
        person.region,
        state,
        0_i64,
        queued_at,
        reason,
        note,
        source,
        created_at,
        changed_at,
    ]);
    let mut from: Option<&str> = None;
    for step in steps {
        let event: EventId = maker.id(step.at);
        maker
            .tables
            .enrolment_events
            .add(row![event, id, step.at, step.by, from, step.to, step.why, step.what]);
        from = Some(step.to);
        if let Some(key) = told(&step, person.id) {
            let args = [("class", class.spec.title), ("why", if step.what == "applied" { "" } else { step.why })];
            tell(maker, person.id, step.at, key, &args, "/me/enrolments");
        }
    }
    Seat {
        id,
        person,
        state,
        since: created_at,
    }
}
