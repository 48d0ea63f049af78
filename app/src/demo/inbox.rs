//! Messages in people's inboxes and lines of the trail.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::classes::Class;
use super::curriculum::Life;
use super::enrolments::Seat;
use super::maker::Maker;
use super::people::People;
use super::tables::row;
use crate::ids::{EmailId, EventId, NoticeId, PersonId};

/// What everybody with a desk finds in the inbox, and what those of a cancelled class were told.
pub fn invent(maker: &mut Maker, people: &People, classes: &[Class], seats: &[Vec<Seat>]) {
    let desks = [&people.teacher, &people.city]
        .into_iter()
        .chain(&people.coordinators)
        .chain(&people.contacts);
    for person in people.students.iter().chain(desks) {
        tell(maker, person.id, maker.now - TimeDelta::hours(50), "demo-notice-welcome", &[], "/me");
    }
    let mut mailed = HashSet::new();
    for (class, seats) in classes.iter().zip(seats) {
        if class.spec.life == Life::Cancelled {
            tell_of_cancellation(maker, class, seats, &mut mailed);
        }
    }
}

fn tell_of_cancellation(maker: &mut Maker, class: &Class, seats: &[Seat], mailed: &mut HashSet<PersonId>) {
    let args = [("class", class.spec.title), ("reason", class.spec.cancel_reason.unwrap_or_default())];
    let link = format!("/classes/{}", class.id);
    for (place, seat) in seats.iter().filter(|seat| seat.state == "approved").enumerate() {
        let (person, at) = (seat.person.id, maker.at(-2, 16, 20));
        let notice = tell(maker, person, at, "notice-classes-cancelled", &args, &link);
        if mailed.insert(person) {
            mail(maker, person, notice, at, place);
        }
    }
}

/// The same by e-mail, to an address that leads nowhere; one in eight came back.
fn mail(maker: &mut Maker, person: PersonId, notice: NoticeId, at: DateTime<Utc>, place: usize) {
    let id: EmailId = maker.id(at - TimeDelta::days(20));
    let address = format!("student{place:03}@example.com");
    let since = at - TimeDelta::days(20);
    maker.tables.person_emails.add(row![id, person, address, "confirmed", since, since]);
    let (state, fault, detail) = if place % 8 == 3 {
        ("dead", Some("refused"), Some("permanent error (550): 5.1.1 no such user here"))
    } else {
        ("sent", None, None)
    };
    let done = at + TimeDelta::seconds(maker.between(2, 40));
    maker.tables.outbox.add(row![
        notice,
        "email",
        person,
        notice,
        "changes",
        state,
        1_i64,
        at,
        at,
        at + TimeDelta::days(3),
        done,
        fault,
        detail
    ]);
}

/// A message, read within the day unless it came in the last three.
pub fn tell(maker: &mut Maker, person: PersonId, at: DateTime<Utc>, key: &str, args: &[(&str, &str)], link: &str) -> NoticeId {
    let id: NoticeId = maker.id(at);
    let params = serde_json::to_string(args).unwrap_or_else(|_| "[]".to_owned());
    let read_at = (at < maker.now - TimeDelta::days(3)).then(|| at + TimeDelta::minutes(maker.between(5, 1400)));
    maker.tables.notices.add(row![id, person, key, params, link, at, read_at]);
    id
}

/// A line of the trail about a class.
pub fn note(maker: &mut Maker, class: &Class, by: Option<PersonId>, at: DateTime<Utc>, what: &str, detail: &str) {
    let id: EventId = maker.id(at);
    maker
        .tables
        .audit_entries
        .add(row![id, at, by, what, "class", class.id.to_string(), class.spec.school, detail]);
}
