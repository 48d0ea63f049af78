//! What an answer is, what changed in it since it was handed in, and which saves belong together.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::benchmarking::rules::{Framework, Level};
use crate::ids::PersonId;

/// The longest note to an answer, in characters.
pub const LONGEST_NOTE: usize = 2000;
/// The longest reason for N/A or for a decision on it, in characters.
pub const LONGEST_REASON: usize = 500;
/// The longest title of a piece of evidence, in characters.
pub const LONGEST_TITLE: usize = 100;
/// The longest address of a page that is evidence, in characters.
pub const LONGEST_LINK: usize = 500;
/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 1000;
/// How many pieces of evidence one answer may have.
pub const MOST_EVIDENCE: i64 = 30;
/// Saves by one person that are no further apart belong together in the history.
const TOGETHER: TimeDelta = TimeDelta::minutes(10);

crate::words! {
    /// Where a wish for N/A (不适用) lies.
    pub enum NaState {
        None = "none",
        /// A coordinator has to decide; until then the answer counts as missing.
        Asked = "asked",
        Approved = "approved",
        Refused = "refused",
    }
}

crate::words! {
    /// How something is proven (佐证).
    pub enum EvidenceKind {
        File = "file",
        /// A fact in words, with its date.
        Note = "note",
        Link = "link",
    }
}

crate::words! {
    pub enum EvidenceState {
        /// Nobody has looked at it.
        Offered = "offered",
        Accepted = "accepted",
        Refused = "refused",
        /// Taken back by the firm before it was accepted.
        Removed = "removed",
    }
}

crate::words! {
    /// What is said of a wish for N/A or of a piece of evidence.
    pub enum Verdict {
        Accept = "accept",
        Refuse = "refuse",
    }
}

/// What a firm says to one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// 1 to 5; none while nothing is chosen, and with N/A.
    pub level: Option<Level>,
    pub na: bool,
    /// Why the indicator does not apply; empty without N/A.
    #[serde(default)]
    pub reason: String,
    pub note: String,
}

impl Said {
    /// Nothing is chosen and nothing is written.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a wish for N/A lies after somebody of the firm saved: a wish that was decided stays decided as long as its
/// reason is the same, and a new reason is a new wish.
pub fn na_after(before: Option<(&Said, NaState)>, now: &Said) -> NaState {
    match before {
        _ if !now.na => NaState::None,
        Some((said, state)) if said.na && said.reason == now.reason => state,
        _ => NaState::Asked,
    }
}

/// What was handed in, by indicator.
pub type Snapshot = BTreeMap<String, Said>;

/// One difference from what was handed in before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Level {
        from: Option<Level>,
        to: Option<Level>,
    },
    /// N/A was set or taken back, or its reason is another.
    NotApplicable,
    Note,
    /// So many pieces of evidence came, so many were taken back.
    Evidence {
        added: usize,
        removed: usize,
    },
}

/// What differs in an answer; `evidence` are the pieces that came and that went since.
pub fn changes(before: Option<&Said>, now: &Said, evidence: (usize, usize)) -> Vec<Change> {
    let nothing = Said::default();
    let before = before.unwrap_or(&nothing);
    let mut changes = Vec::new();
    if before.level != now.level {
        changes.push(Change::Level {
            from: before.level,
            to: now.level,
        });
    }
    if before.na != now.na || before.reason != now.reason {
        changes.push(Change::NotApplicable);
    }
    if before.note != now.note {
        changes.push(Change::Note);
    }
    if evidence != (0, 0) {
        let (added, removed) = evidence;
        changes.push(Change::Evidence { added, removed });
    }
    changes
}

/// One line of an answer's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by: Option<PersonId>,
    pub by_name: Option<String>,
    /// A word of the program, such as `answered`.
    pub what: String,
    /// The answer after the change; none where the line is about something else.
    pub said: Option<Said>,
    /// The reason or the title that belongs to it.
    pub about: String,
}

/// The word for a save of the answer itself.
pub const ANSWERED: &str = "answered";

/// The history as it is read: latest first, and of several saves that one person made in one go only the last.
pub fn in_one_go(latest_first: Vec<Event>) -> Vec<Event> {
    let mut kept: Vec<Event> = Vec::new();
    let mut last: Option<DateTime<Utc>> = None;
    for event in latest_first {
        let belongs = kept.last().is_some_and(|later| {
            later.what == ANSWERED && event.what == ANSWERED && later.by == event.by && last.is_some_and(|last| last - event.at <= TOGETHER)
        });
        last = Some(event.at);
        if !belongs {
            kept.push(event);
        }
    }
    kept
}

/// The dimension before and after this one, for going through them in order.
pub fn neighbours<'a>(framework: &'a Framework, dimension: &str) -> (Option<&'a str>, Option<&'a str>) {
    let ids: Vec<&str> = framework.dimensions.iter().map(|known| known.id.as_str()).collect();
    let Some(at) = ids.iter().position(|id| *id == dimension) else {
        return (None, None);
    };
    (at.checked_sub(1).and_then(|at| ids.get(at)).copied(), ids.get(at + 1).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(level: i64, note: &str) -> Said {
        Said {
            level: Level::new(level),
            note: note.to_owned(),
            ..Said::default()
        }
    }

    fn not_applicable(reason: &str) -> Said {
        Said {
            na: true,
            reason: reason.to_owned(),
            ..Said::default()
        }
    }

    #[test]
    fn a_wish_for_na_is_decided_once_for_each_reason() {
        let own = not_applicable("本企业无生产");
        assert_eq!(na_after(None, &own), NaState::Asked);
        assert_eq!(na_after(Some((&own, NaState::Approved)), &own), NaState::Approved);
        assert_eq!(
            na_after(Some((&own, NaState::Refused)), &own),
            NaState::Refused,
            "asking again takes a new reason"
        );
        assert_eq!(na_after(Some((&own, NaState::Approved)), &not_applicable("别的理由")), NaState::Asked);
        assert_eq!(na_after(Some((&own, NaState::Approved)), &said(3, "")), NaState::None);
        assert_eq!(na_after(Some((&said(3, ""), NaState::None)), &own), NaState::Asked);
    }

    #[test]
    fn each_difference_is_named() {
        let before = said(2, "旧");
        assert_eq!(changes(Some(&before), &before, (0, 0)), []);
        assert_eq!(
            changes(Some(&before), &said(3, "新"), (1, 0)),
            [
                Change::Level {
                    from: Level::new(2),
                    to: Level::new(3)
                },
                Change::Note,
                Change::Evidence { added: 1, removed: 0 }
            ]
        );
        assert_eq!(changes(None, &not_applicable("无"), (0, 0)), [Change::NotApplicable]);
        assert_eq!(
            changes(Some(&not_applicable("无")), &not_applicable("没有"), (0, 0)),
            [Change::NotApplicable]
        );
    }

    #[test]
    fn saves_in_one_go_are_one_line() {
        let start: DateTime<Utc> = "2026-11-03T01:00:00Z".parse().expect("an instant");
        let people = [PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2))];
        let event = |minutes, by: usize, what: &str| Event {
            at: start + TimeDelta::minutes(minutes),
            by: Some(people[by]),
            by_name: None,
            what: what.to_owned(),
            said: None,
            about: String::new(),
        };
        let latest_first = vec![
            event(40, 0, ANSWERED),
            event(31, 0, ANSWERED),
            event(22, 0, ANSWERED),
            event(21, 1, ANSWERED),
            event(20, 1, "evidence_added"),
            event(19, 1, ANSWERED),
            event(2, 1, ANSWERED),
        ];
        let minutes: Vec<i64> = in_one_go(latest_first).iter().map(|event| (event.at - start).num_minutes()).collect();
        assert_eq!(minutes, [40, 21, 20, 19, 2]);
    }

    #[test]
    fn dimensions_follow_each_other() {
        let framework = crate::benchmarking::testing::default_framework();
        assert_eq!(neighbours(&framework, "A"), (None, Some("B")));
        assert_eq!(neighbours(&framework, "D"), (Some("C"), None));
        assert_eq!(neighbours(&framework, "X"), (None, None));
    }
}
