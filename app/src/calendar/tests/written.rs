//! The text of a calendar: held to RFC 5545 line by line, and read by another crate than the one that writes it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use icalendar::{Calendar, CalendarDateTime, Component, DatePerhapsTime, EventLike, EventStatus};
use proptest::prelude::*;

use crate::calendar::ics::write;
use crate::calendar::rules::{Entry, LONGEST_TEXT, When, clean, clean_line};

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_667_600, 0).expect("an instant")
}

fn entry(uid: &str, title: &str, text: &str) -> Entry {
    Entry {
        uid: uid.to_owned(),
        when: When::Hours {
            starts_at: at(),
            ends_at: at() + TimeDelta::hours(3),
        },
        title: clean_line(title),
        place: Some(clean_line(title)),
        text: clean(text),
        url: "https://school.example.cn/classes/1".to_owned(),
        is_off: false,
        sequence: 3,
        created_at: at() - TimeDelta::days(9),
        changed_at: at() - TimeDelta::days(1),
    }
}

/// A content line, unfolded: its name, its parameters, its value.
struct Line {
    name: String,
    params: Vec<String>,
    value: String,
}

/// Reads the text as strictly as RFC 5545 is written (section 3.1): the faults, and the lines.
fn strict(text: &str) -> Vec<Line> {
    assert!(text.ends_with("\r\n"), "ends with a line");
    let mut unfolded: Vec<String> = Vec::new();
    for line in text.strip_suffix("\r\n").expect("an end").split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a bare line end in {line:?}");
        assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "a control in {line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => unfolded.last_mut().expect("something to go on with").push_str(rest),
            None => unfolded.push(line.to_owned()),
        }
    }
    unfolded.iter().map(|line| content_line(line)).collect()
}

fn content_line(line: &str) -> Line {
    let mut quoted = false;
    let end = line
        .find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })
        .unwrap_or_else(|| panic!("no colon in {line}"));
    let (head, value) = (&line[..end], &line[end + 1..]);
    let mut parts = head.split(';').map(str::to_owned);
    let name = parts.next().expect("a name");
    assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
    let params: Vec<String> = parts.collect();
    assert!(params.iter().all(|param| param.contains('=')), "{head}");
    if matches!(name.as_str(), "SUMMARY" | "DESCRIPTION" | "LOCATION" | "NAME") {
        check_text(value);
    }
    Line {
        name,
        params,
        value: value.to_owned(),
    }
}

/// Section 3.3.11: backslash, semicolon and comma are escaped, and nothing else is.
fn check_text(value: &str) {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => assert!(matches!(chars.next(), Some('\\' | ';' | ',' | 'n' | 'N')), "an unknown escape in {value}"),
            ';' | ',' => panic!("{c} unescaped in {value}"),
            _ => {}
        }
    }
}

/// How often each property stands in each component, by its path.
fn check_components(lines: &[Line]) {
    let mut open: Vec<(String, Vec<&str>)> = Vec::new();
    for line in lines {
        match line.name.as_str() {
            "BEGIN" => open.push((line.value.clone(), Vec::new())),
            "END" => {
                let (kind, names) = open.pop().expect("something is open");
                assert_eq!(kind, line.value);
                let once = |wanted: &[&str]| {
                    for name in wanted {
                        let times = names.iter().filter(|other| *other == name).count();
                        assert_eq!(times, 1, "{name} in {kind}: {names:?}");
                    }
                };
                match kind.as_str() {
                    "VCALENDAR" => once(&["PRODID", "VERSION", "CALSCALE", "METHOD", "NAME", "REFRESH-INTERVAL"]),
                    "VTIMEZONE" => once(&["TZID"]),
                    "STANDARD" => once(&["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"]),
                    "VEVENT" => once(&[
                        "UID",
                        "DTSTAMP",
                        "DTSTART",
                        "DTEND",
                        "SUMMARY",
                        "SEQUENCE",
                        "LAST-MODIFIED",
                        "CREATED",
                        "STATUS",
                        "TRANSP",
                        "URL",
                    ]),
                    other => panic!("an unknown component {other}"),
                }
            }
            name => open.last_mut().expect("something is open").1.push(name),
        }
    }
    assert!(open.is_empty(), "everything is closed");
    let uids: Vec<&str> = lines.iter().filter(|line| line.name == "UID").map(|line| line.value.as_str()).collect();
    assert_eq!(uids.iter().collect::<std::collections::BTreeSet<_>>().len(), uids.len(), "no UID twice");
}

fn value<'a>(lines: &'a [Line], name: &str) -> &'a Line {
    lines.iter().rfind(|line| line.name == name).expect("a property")
}

#[test]
fn a_calendar_is_what_the_standard_says() {
    let mut off = entry("2@heluo", "第二课", "");
    off.is_off = true;
    let text = write("现代企业治理班", &[entry("1@heluo", "公司治理", "一行\n两行"), off]);
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), "{text}");
    let lines = strict(&text);
    check_components(&lines);
    for exact in [
        "METHOD:PUBLISH\r\n",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
        "X-WR-CALNAME:现代企业治理班\r\n",
        "TZID:Asia/Shanghai\r\n",
        "TZOFFSETFROM:+0800\r\n",
        "TZOFFSETTO:+0800\r\n",
        "DTSTART:19700101T000000\r\n",
        "DTSTART;TZID=Asia/Shanghai:20261103T090000\r\n",
        "DTEND;TZID=Asia/Shanghai:20261103T120000\r\n",
        "DTSTAMP:20261102T010000Z\r\n",
        "LAST-MODIFIED:20261102T010000Z\r\n",
        "CREATED:20261025T010000Z\r\n",
        "SEQUENCE:3\r\n",
        "DESCRIPTION:一行\\n两行\r\n",
        "STATUS:CONFIRMED\r\n",
        "STATUS:CANCELLED\r\n",
        "URL:https://school.example.cn/classes/1\r\n",
    ] {
        assert!(text.contains(exact), "{exact} in\n{text}");
    }
    assert_eq!(value(&lines, "REFRESH-INTERVAL").params, ["VALUE=DURATION"]);
}

#[test]
fn a_day_is_a_day() {
    let mut due = entry("1@heluo", "措施到期", "");
    due.when = When::Day(NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"));
    let text = write("x", &[due]);
    check_components(&strict(&text));
    assert!(text.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"), "{text}");
    assert!(text.contains("TRANSP:TRANSPARENT"), "nobody is busy all day");
}

#[test]
fn a_calendar_without_appointments_is_one() {
    check_components(&strict(&write("", &[])));
}

#[test]
fn the_longest_and_strangest_text_comes_through() {
    let strange = "👩‍👩‍👧‍👦，\"引号\"; 分号,逗号\\反斜杠\\n\r\n换行\r\tBEGIN:VEVENT\nEND:VCALENDAR\u{2028}\u{FEFF}\u{0}\u{7f}🀄";
    let long = format!("{strange}{}", "长文本🎉".repeat(2_500));
    assert!(long.chars().count() > 10_000);
    let text = write(&long, &[entry("1@heluo", &long, &long)]);
    let lines = strict(&text);
    check_components(&lines);
    let read: Calendar = text.parse().expect("another reader reads it");
    let event = read.events().next().expect("an event");
    assert_eq!(event.get_description(), Some(clean(&long).as_str()));
    assert_eq!(event.get_summary(), Some(clean_line(&long).as_str()));
    assert_eq!(event.get_location(), Some(clean_line(&long).as_str()));
    assert_eq!(clean(&long).chars().count(), LONGEST_TEXT);
    assert_eq!(read.events().count(), 1, "text begins no event of its own");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_people_type_comes_through(title in "\\PC{0,200}", text in any::<String>(), sequence in 0_i64..1000, is_off in any::<bool>()) {
        let mut written = entry("1@heluo", &title, &text);
        written.sequence = sequence;
        written.is_off = is_off;
        let calendar = write(&title, std::slice::from_ref(&written));
        check_components(&strict(&calendar));
        let read: Calendar = calendar.parse().map_err(TestCaseError::fail)?;
        let event = read.events().next().expect("an event");
        prop_assert_eq!(event.get_uid(), Some("1@heluo"));
        prop_assert_eq!(event.get_summary().unwrap_or_default(), written.title.as_str());
        prop_assert_eq!(event.get_description().unwrap_or_default(), written.text.as_str());
        prop_assert_eq!(event.get_sequence().map(i64::from), Some(sequence));
        let status = if is_off { EventStatus::Cancelled } else { EventStatus::Confirmed };
        prop_assert_eq!(event.get_status(), Some(status));
        prop_assert_eq!(event.get_timestamp(), Some(written.changed_at));
        prop_assert_eq!(event.get_last_modified(), Some(written.changed_at));
        let Some(DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid })) = event.get_start() else {
            return Err(TestCaseError::fail("a time in a zone"));
        };
        prop_assert_eq!((date_time.to_string(), tzid), ("2026-11-03 09:00:00".to_owned(), "Asia/Shanghai".to_owned()));
    }
}
