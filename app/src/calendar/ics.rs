//! A calendar as text of RFC 5545, with the name and the refreshing of RFC 7986. `calcard` folds lines at 75 octets, never
//! within a character, and escapes text; what a calendar must not lack is seen to here.

use calcard::common::{CalendarScale, PartialDateTime};
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarMethod, ICalendarParameter, ICalendarProperty,
    ICalendarStatus, ICalendarTransparency, ICalendarValue, ICalendarValueType, Uri,
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

use super::rules::{Entry, When, clean_line};
use crate::clock::CHINA;

/// The zone that every appointment names.
const ZONE: &str = "Asia/Shanghai";
/// How often programs are asked to look again, in hours.
const REFRESH_HOURS: u32 = 1;

/// The calendar `name` with its appointments.
pub fn write(name: &str, entries: &[Entry]) -> String {
    let mut calendar = ICalendar {
        components: vec![head(name), zone(), standard_time()],
    };
    calendar.components[0].component_ids.push(1);
    calendar.components[1].component_ids.push(2);
    for entry in entries {
        let place = u32::try_from(calendar.components.len()).unwrap_or(u32::MAX);
        calendar.components[0].component_ids.push(place);
        calendar.components.push(event(entry));
    }
    calendar.to_string()
}

fn head(name: &str) -> ICalendarComponent {
    let mut head = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    let name = clean_line(name);
    let refresh = || ICalendarDuration {
        hours: REFRESH_HOURS,
        ..ICalendarDuration::default()
    };
    head.add_property(ICalendarProperty::Version, "2.0");
    head.add_property(ICalendarProperty::Prodid, "-//Heluo//Heluo 0.1//ZH");
    head.add_property(ICalendarProperty::Calscale, CalendarScale::Gregorian);
    head.add_property(ICalendarProperty::Method, ICalendarMethod::Publish);
    head.add_property(ICalendarProperty::Name, name.clone());
    head.add_property(ICalendarProperty::Other("X-WR-CALNAME".to_owned()), name);
    head.add_property(ICalendarProperty::Other("X-WR-TIMEZONE".to_owned()), ZONE);
    let as_duration = ICalendarParameter::value(ICalendarValueType::Duration);
    head.add_property_with_params(ICalendarProperty::RefreshInterval, [as_duration], refresh());
    head.add_property(ICalendarProperty::Other("X-PUBLISHED-TTL".to_owned()), refresh());
    head
}

/// China has kept one time since 1991, which is before anything here.
fn zone() -> ICalendarComponent {
    let mut zone = ICalendarComponent::new(ICalendarComponentType::VTimezone);
    zone.add_property(ICalendarProperty::Tzid, ZONE);
    zone
}

fn standard_time() -> ICalendarComponent {
    let mut standard = ICalendarComponent::new(ICalendarComponentType::Standard);
    let offset = || PartialDateTime {
        tz_hour: Some(8),
        tz_minute: Some(0),
        ..PartialDateTime::default()
    };
    let start = PartialDateTime {
        year: Some(1970),
        month: Some(1),
        day: Some(1),
        hour: Some(0),
        minute: Some(0),
        second: Some(0),
        ..PartialDateTime::default()
    };
    standard.add_property(ICalendarProperty::Dtstart, start);
    standard.add_property(ICalendarProperty::Tzoffsetfrom, offset());
    standard.add_property(ICalendarProperty::Tzoffsetto, offset());
    standard.add_property(ICalendarProperty::Tzname, "CST");
    standard
}

fn event(entry: &Entry) -> ICalendarComponent {
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&entry.uid);
    // The moment of this version, so that the same version is the same text, and a later one is told from it.
    event.add_dtstamp(instant(entry.changed_at));
    event.add_property(ICalendarProperty::Created, instant(entry.created_at));
    event.add_property(ICalendarProperty::LastModified, instant(entry.changed_at));
    event.add_sequence(entry.sequence);
    times(&mut event, entry.when);
    event.add_property(ICalendarProperty::Summary, entry.title.clone());
    if let Some(place) = &entry.place {
        event.add_property(ICalendarProperty::Location, place.clone());
    }
    event.add_property(ICalendarProperty::Description, entry.text.clone());
    event.add_property(ICalendarProperty::Url, ICalendarValue::Uri(Uri::Location(entry.url.clone())));
    let status = if entry.is_off {
        ICalendarStatus::Cancelled
    } else {
        ICalendarStatus::Confirmed
    };
    event.add_property(ICalendarProperty::Status, status);
    // A day on which something is due keeps nobody from a meeting, nor does what was cancelled.
    let is_busy = !entry.is_off && matches!(entry.when, When::Hours { .. });
    let shown_as = if is_busy {
        ICalendarTransparency::Opaque
    } else {
        ICalendarTransparency::Transparent
    };
    event.add_property(ICalendarProperty::Transp, shown_as);
    event
}

fn times(event: &mut ICalendarComponent, when: When) {
    match when {
        When::Hours { starts_at, ends_at } => {
            let in_zone = || [ICalendarParameter::tzid(ZONE.to_owned())];
            event.add_property_with_params(ICalendarProperty::Dtstart, in_zone(), local(starts_at));
            event.add_property_with_params(ICalendarProperty::Dtend, in_zone(), local(ends_at));
        }
        When::Day(day) => {
            let as_date = || [ICalendarParameter::value(ICalendarValueType::Date)];
            event.add_property_with_params(ICalendarProperty::Dtstart, as_date(), date(day));
            event.add_property_with_params(ICalendarProperty::Dtend, as_date(), date(day + TimeDelta::days(1)));
        }
    }
}

fn instant(at: DateTime<Utc>) -> PartialDateTime {
    PartialDateTime {
        tz_hour: Some(0),
        tz_minute: Some(0),
        ..parts(at.date_naive(), Some(&at))
    }
}

fn local(at: DateTime<Utc>) -> PartialDateTime {
    let at = at.with_timezone(&CHINA);
    parts(at.date_naive(), Some(&at))
}

fn date(day: NaiveDate) -> PartialDateTime {
    parts(day, None::<&DateTime<Utc>>)
}

fn parts(day: NaiveDate, time: Option<&impl Timelike>) -> PartialDateTime {
    let small = |number: u32| u8::try_from(number).ok();
    PartialDateTime {
        year: u16::try_from(day.year()).ok(),
        month: small(day.month()),
        day: small(day.day()),
        hour: time.and_then(|time| small(time.hour())),
        minute: time.and_then(|time| small(time.minute())),
        second: time.and_then(|time| small(time.second())),
        ..PartialDateTime::default()
    }
}
