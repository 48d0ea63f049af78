//! From rows to appointments, in the reader's language.

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::{Bond, Entry, Fate, When, clean, clean_line, fate};
use super::store::{ActionRow, Contents, LessonRow, Standing};
use crate::classes::rules::hours_text;
use crate::i18n::Lang;
use crate::t;

/// The instant that is in an id (UUID v7): when its row was made.
fn made_at(id: uuid::Uuid) -> DateTime<Utc> {
    let stamp = id.get_timestamp().map(|stamp| stamp.to_unix());
    stamp
        .and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos))
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// Everything of a calendar, by time. Addresses on the site begin with `base`.
pub fn entries(lang: Lang, base: &str, contents: &Contents) -> Vec<Entry> {
    let lessons = contents.lessons.iter().filter_map(|row| lesson(lang, base, contents, row));
    let actions = contents.actions.iter().map(|row| action(lang, base, row));
    let mut entries: Vec<Entry> = lessons.chain(actions).collect();
    entries.sort_by(|a, b| (start(a), &a.uid).cmp(&(start(b), &b.uid)));
    entries
}

fn start(entry: &Entry) -> DateTime<Utc> {
    match entry.when {
        When::Hours { starts_at, .. } => starts_at,
        When::Day(day) => crate::ui::time::start_of(day),
    }
}

fn lesson(lang: Lang, base: &str, contents: &Contents, row: &LessonRow) -> Option<Entry> {
    let created_at = made_at(row.id.0);
    let standing = contents.standings.get(&row.class_id).copied().unwrap_or(Standing {
        bond: Bond::Belongs,
        changes: 0,
        changed_at: None,
    });
    let is_off = match fate(standing.bond, row.cancelled_at.is_some(), created_at, row.ends_at) {
        Fate::Absent => return None,
        Fate::Off => true,
        Fate::Shown => false,
    };
    let named = row.named();
    let renamed = named.iter().filter_map(|id| contents.name_changes.get(id)).max().copied();
    let edited = contents.class_changes.get(&row.class_id).copied();
    let changes = [row.changed_at, standing.changed_at, renamed, edited];
    let url = format!("{base}/classes/{}", row.class_id);
    Some(Entry {
        uid: format!("{}@heluo", row.id),
        when: When::Hours {
            starts_at: row.starts_at,
            // An end that is not after its start is no appointment to most programs.
            ends_at: row.ends_at.max(row.starts_at + TimeDelta::minutes(1)),
        },
        title: title(lang, is_off, &lesson_title(contents, row)),
        place: place(row),
        text: lesson_text(lang, row, &url),
        url,
        is_off,
        sequence: row.sequence + standing.changes,
        created_at,
        changed_at: changes.into_iter().flatten().fold(created_at, DateTime::max),
    })
}

/// A class's own calendar bears the class's name already.
fn lesson_title(contents: &Contents, row: &LessonRow) -> String {
    if contents.title.is_some() {
        row.topic.clone()
    } else {
        format!("{} · {}", row.topic, row.class)
    }
}

/// Many programs hide the state of an appointment; nobody overlooks its title.
fn title(lang: Lang, is_off: bool, plain: &str) -> String {
    let plain = clean_line(plain);
    if is_off { t!(lang, "calendar-off", title = plain) } else { plain }
}

fn place(row: &LessonRow) -> Option<String> {
    let venue = row.venue.as_deref()?;
    let address = row.address.as_deref().unwrap_or_default().trim();
    Some(clean_line(&if address.is_empty() {
        venue.to_owned()
    } else {
        format!("{venue} {address}")
    }))
}

/// What the public timetable says too; nobody else's name.
fn lesson_text(lang: Lang, row: &LessonRow, url: &str) -> String {
    let mut lines = vec![
        row.class.clone(),
        lang.pick(&row.school_zh, &row.school_en).to_owned(),
        t!(lang, "calendar-hours", hours = hours_text(row.half_hours)),
    ];
    lines.extend(row.teacher.as_ref().map(|name| t!(lang, "calendar-teacher", name = name.clone())));
    lines.extend(
        row.cancel_reason
            .as_ref()
            .map(|reason| t!(lang, "calendar-cancelled-because", reason = reason.clone())),
    );
    lines.push(url.to_owned());
    clean(&lines.join("\n"))
}

fn action(lang: Lang, base: &str, row: &ActionRow) -> Entry {
    let url = format!("{base}/firm/{}/actions/{}", row.pilot, row.id);
    let due = t!(lang, "calendar-action-due", title = clean_line(&row.title));
    let done = row.is_done.then(|| t!(lang, "calendar-action-done"));
    let lines = [Some(row.firm.clone()), done, Some(url.clone())];
    Entry {
        uid: format!("{}@heluo", row.id),
        when: When::Day(row.due_on),
        title: title(lang, row.is_off, &due),
        place: None,
        text: clean(&lines.into_iter().flatten().collect::<Vec<_>>().join("\n")),
        url,
        is_off: row.is_off,
        sequence: row.sequence,
        created_at: row.created_at,
        changed_at: row.changed_at.map_or(row.created_at, |at| at.max(row.created_at)),
    }
}
