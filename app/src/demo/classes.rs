//! Classes with their lessons, quotas, staff and events.

use chrono::{DateTime, Datelike, DurationRound, NaiveDate, TimeDelta, Utc};

use super::calendar::Calendar;
use super::curriculum::{CLASSES, LEADERSHIP, LEADERSHIP_THEMES, Life, Spec, TOPICS, Today, When};
use super::firms::Firm;
use super::inbox::note;
use super::maker::Maker;
use super::people::{People, Person};
use super::plans::Plan;
use super::schools::{School, city_opened_on};
use super::tables::row;
use crate::ids::{ClassId, EventId, LessonId};
use crate::ui::time::day_of;

/// A class as the rest of the city needs it.
pub struct Class {
    pub id: ClassId,
    pub spec: &'static Spec,
    /// The place of its school in the list of schools.
    pub school: usize,
    pub lessons: Vec<Lesson>,
    pub enrol_opens_at: DateTime<Utc>,
    pub enrol_closes_at: DateTime<Utc>,
    pub coordinator: Person,
    /// Who looks after it.
    pub staff: Person,
}

/// A lesson of a class.
pub struct Lesson {
    pub id: LessonId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Whether and when staff closed its attendance.
    pub closed_at: Option<DateTime<Utc>>,
}

/// How long a lesson is, in hours.
const HOURS: i64 = 3;

/// Every class, those of right now first.
pub fn invent(maker: &mut Maker, people: &People, firms: &[Firm], schools: &[School], plans: &[Plan]) -> Vec<Class> {
    let mut rooms: Vec<Rooms> = schools.iter().map(Rooms::of).collect();
    let mut classes = Vec::with_capacity(CLASSES.len());
    for (number, spec) in CLASSES.iter().enumerate() {
        let place = schools.iter().position(|school| school.region == spec.school).unwrap_or(0);
        let class = class(maker, people, (place, &schools[place]), &mut rooms[place], plans, (number, spec));
        hold_seats(maker, firms, &class);
        classes.push(class);
    }
    classes
}

/// The calendars of a school's teachers and venues.
struct Rooms {
    teachers: Calendar,
    venues: Calendar,
}

impl Rooms {
    fn of(school: &School) -> Self {
        Self {
            teachers: Calendar::new(school.teachers.len()),
            venues: Calendar::new(school.venues.len()),
        }
    }
}

/// The instants of a class's life.
#[allow(clippy::struct_field_names)] // named as the columns are
struct Dates {
    created_at: DateTime<Utc>,
    enrol_opens_at: DateTime<Utc>,
    enrol_closes_at: DateTime<Utc>,
}

fn dates(maker: &Maker, spec: &Spec, first: DateTime<Utc>) -> Dates {
    let first_day = (day_of(first) - maker.today).num_days();
    let (opens, closes) = match spec.life {
        Life::Draft => (maker.at(first_day - 21, 9, 0), maker.at(first_day - 2, 18, 0)),
        Life::Published => (maker.at(4, 9, 0), maker.at(first_day - 2, 18, 0)),
        Life::Enrolling => (maker.at(-13, 9, 0), maker.at(first_day - 1, 18, 0)),
        Life::Cancelled => (maker.at(-20, 9, 0), maker.at(-3, 18, 0)),
        Life::Running | Life::Closed | Life::Archived => (maker.at(first_day - 25, 9, 0), maker.at(first_day - 2, 18, 0)),
    };
    let created_at = (opens - TimeDelta::days(6)).min(maker.at(-3, 10, 0));
    Dates {
        created_at,
        enrol_opens_at: opens,
        enrol_closes_at: closes,
    }
}

fn class(
    maker: &mut Maker,
    people: &People,
    (place, school): (usize, &School),
    rooms: &mut Rooms,
    plans: &[Plan],
    (number, spec): (usize, &'static Spec),
) -> Class {
    let spans = spans(maker, spec);
    let first = spans.first().map_or(maker.now, |(start, _)| *start);
    let last = spans.last().map_or(maker.now, |(_, end)| *end);
    let dates = dates(maker, spec, first);
    let id: ClassId = maker.id(dates.created_at);
    let plan = plans.iter().find(|plan| plan.year == day_of(first).year()).unwrap_or(&plans[0]);
    let coordinator = people.coordinator(spec.school).clone();
    let has_quotas = !spec.quotas.is_empty();
    let reclaim_at = has_quotas.then(|| maker.at(spec.reclaim, 18, 0));
    let reclaimed_at = reclaim_at.filter(|at| *at < maker.now);
    let knows_window = spec.life != Life::Draft;
    maker.tables.classes.add(row![
        id,
        school.id,
        plan.id,
        plan.themes[spec.theme],
        spec.title,
        spec.summary,
        term(day_of(first)),
        spec.capacity,
        if spec.by_hand { "by_hand" } else { "automatic" },
        knows_window.then_some(dates.enrol_opens_at),
        knows_window.then_some(dates.enrol_closes_at),
        knows_window.then_some(first),
        reclaim_at,
        reclaimed_at,
        30_i64,
        10_i64,
        80_i64,
        spec.life.word(),
        spec.cancel_reason,
        first,
        last,
        dates.created_at,
        coordinator.id,
        1_i64,
    ]);
    for (region, seats) in spec.quotas {
        maker.tables.class_quotas.add(row![id, *region, *seats]);
    }
    let staff = people.class_teacher(spec.school).clone();
    maker.tables.class_staff.add(row![id, staff.id]);
    let lessons = lessons(maker, id, (number, spec), school, rooms, &spans);
    let class = Class {
        id,
        spec,
        school: place,
        lessons,
        enrol_opens_at: dates.enrol_opens_at,
        enrol_closes_at: dates.enrol_closes_at,
        coordinator,
        staff,
    };
    tell_its_life(maker, &class, dates.created_at, reclaimed_at, (first, last));
    class
}

/// 2026 年秋季: spring runs from February to July, what begins in January belongs to last year's autumn.
fn term(first: NaiveDate) -> String {
    match first.month() {
        1 => format!("{} 年秋季", first.year() - 1),
        2..=7 => format!("{} 年春季", first.year()),
        _ => format!("{} 年秋季", first.year()),
    }
}

/// Start and end of each lesson.
fn spans(maker: &Maker, spec: &Spec) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let starts: Vec<DateTime<Utc>> = match spec.when {
        When::Days(days, hour) => days
            .iter()
            .map(|day| match spec.today {
                Some(today) if *day == 0 => start_of_today(maker.now, today),
                _ => maker.at(*day, hour, if hour == 14 { 30 } else { 0 }),
            })
            .collect(),
        When::LastYear(month, day, offsets) => {
            let from = NaiveDate::from_ymd_opt(maker.today.year() - 1, month, day).unwrap_or(maker.today);
            let from = (from - maker.today).num_days();
            offsets.iter().map(|offset| maker.at(from + offset, 9, 0)).collect()
        }
        When::OpeningDay => vec![maker.at((city_opened_on(maker) - maker.today).num_days(), 9, 0)],
    };
    starts.into_iter().map(|start| (start, start + TimeDelta::hours(HOURS))).collect()
}

/// On a round five minutes: soon, or a while ago.
fn start_of_today(now: DateTime<Utc>, today: Today) -> DateTime<Utc> {
    let near = match today {
        Today::Soon => now + TimeDelta::minutes(17),
        Today::UnderWay => now - TimeDelta::minutes(45),
    };
    near.duration_trunc(TimeDelta::minutes(5)).unwrap_or(near)
}

fn lessons(
    maker: &mut Maker,
    class: ClassId,
    (number, spec): (usize, &'static Spec),
    school: &School,
    rooms: &mut Rooms,
    spans: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Vec<Lesson> {
    let mut lessons = Vec::with_capacity(spans.len());
    for (n, (starts_at, ends_at)) in spans.iter().copied().enumerate() {
        let topic = topic(spec, number, n);
        let teacher = rooms.teachers.take(teachers_for(spec, school, n), starts_at, ends_at);
        let venue = rooms.venues.take(venues_for(spec, school), starts_at, ends_at);
        // The last lesson of a draft has no teacher yet, as drafts have.
        let undecided = spec.life == Life::Draft && n + 1 == spans.len();
        let closed_at = closed_at(maker, spec, (starts_at, ends_at), n);
        let cancelled_at = (spec.life == Life::Cancelled).then(|| maker.at(-2, 16, 20));
        let id: LessonId = maker.id(starts_at);
        let key = maker.secret();
        maker.tables.lessons.add(row![
            id,
            class,
            topic,
            starts_at,
            ends_at,
            teacher.filter(|_| !undecided).map(|place| school.teachers[place].id),
            venue.map(|place| school.venues[place].id),
            HOURS * 2,
            key,
            closed_at,
            cancelled_at,
            1_i64,
        ]);
        lessons.push(Lesson {
            id,
            starts_at,
            ends_at,
            closed_at,
        });
    }
    lessons
}

fn topic(spec: &Spec, number: usize, n: usize) -> &'static str {
    if spec.today == Some(Today::Soon) {
        return LEADERSHIP[n % LEADERSHIP.len()];
    }
    if matches!(spec.when, When::OpeningDay) {
        return LEADERSHIP[0];
    }
    let topics = TOPICS[spec.theme];
    topics[(number * 3 + n) % topics.len()]
}

/// Teachers of the school, those of the theme first, a different one first at each lesson.
fn teachers_for(spec: &Spec, school: &School, n: usize) -> Vec<usize> {
    let count = school.teachers.len().max(1);
    let mut places: Vec<usize> = (0..school.teachers.len()).map(|place| (place + n) % count).collect();
    let theme = if spec.today == Some(Today::Soon) {
        LEADERSHIP_THEMES[n % LEADERSHIP_THEMES.len()]
    } else {
        spec.theme
    };
    places.sort_by_key(|place| !school.teachers[*place].themes.contains(&theme));
    places
}

/// Venues of the school, the smallest that seats the class first, then the largest of the rest.
fn venues_for(spec: &Spec, school: &School) -> Vec<usize> {
    let mut places: Vec<usize> = (0..school.venues.len()).collect();
    places.sort_by_key(|place| {
        let seats = school.venues[*place].seats;
        if seats >= spec.capacity { (0, seats) } else { (1, -seats) }
    });
    places
}

/// Past lessons are closed soon after their end; the last one of one class waits to be.
fn closed_at(maker: &Maker, spec: &Spec, (_, ends_at): (DateTime<Utc>, DateTime<Utc>), n: usize) -> Option<DateTime<Utc>> {
    let forgotten = spec.theme == 3 && spec.life == Life::Running && n == 2;
    let closed = spec.life != Life::Cancelled && ends_at < maker.now && !forgotten;
    closed.then(|| ends_at + TimeDelta::minutes(maker.between(8, 55)))
}

fn tell_its_life(
    maker: &mut Maker,
    class: &Class,
    created_at: DateTime<Utc>,
    reclaimed_at: Option<DateTime<Utc>>,
    (first, last): (DateTime<Utc>, DateTime<Utc>),
) {
    let life = class.spec.life;
    let mut steps = vec![("created", created_at)];
    if life != Life::Draft {
        steps.push(("published", (created_at + TimeDelta::days(2)).min(maker.at(-1, 10, 0))));
    }
    if !matches!(life, Life::Draft | Life::Published) {
        steps.push(("enrolling", class.enrol_opens_at));
    }
    steps.extend(reclaimed_at.map(|at| ("quotas_reclaimed", at)));
    if matches!(life, Life::Running | Life::Closed | Life::Archived) {
        steps.push(("running", first));
    }
    if matches!(life, Life::Closed | Life::Archived) {
        steps.push(("closed", last + TimeDelta::days(2)));
    }
    if life == Life::Archived {
        steps.push(("archived", last + TimeDelta::days(30)));
    }
    if life == Life::Cancelled {
        steps.push(("cancelled", maker.at(-2, 16, 20)));
    }
    let mut before = "";
    for (what, at) in steps {
        let by = (what != "quotas_reclaimed" && what != "enrolling").then_some(class.coordinator.id);
        let detail = if what == "cancelled" {
            class.spec.cancel_reason.unwrap_or_default()
        } else {
            ""
        };
        let id: EventId = maker.id(at);
        maker.tables.class_events.add(row![id, class.id, at, by, what, detail]);
        match what {
            "created" => note(maker, class, by, at, "class.created", class.spec.title),
            "quotas_reclaimed" => continue,
            _ => note(maker, class, by, at, "class.state", format!("{before} → {what} {detail}").trim_end()),
        }
        before = if what == "created" { "draft" } else { what };
    }
}

fn hold_seats(maker: &mut Maker, firms: &[Firm], class: &Class) {
    for (number, seats) in class.spec.holds {
        let firm = &firms[number - 1];
        maker.tables.seat_holds.add(row![class.id, firm.id, *seats, class.enrol_closes_at]);
    }
}
