//! The particulars of an entry as people say them. What is stored are words of the program (states, stages, roles, fields) and
//! what people wrote: the former are told in the reader's language, the latter as they are.

use std::str::FromStr;

use super::store::Line;
use crate::accounts::Role;
use crate::attendance::Status;
use crate::benchmarking::rules::Stage;
use crate::classes::ClassState;
use crate::firms::Change;
use crate::firms::pages::{change_words, region_name};
use crate::i18n::Lang;
use crate::ids::Region;
use crate::regions::RegionName;
use crate::t;

const ARROW: &str = " → ";

/// What a page and an export say of an entry's particulars.
pub(super) fn detail_words(lang: Lang, regions: &[RegionName], line: &Line) -> String {
    let detail = line.detail.as_str();
    let told = match line.what.as_str() {
        "class.state" => from_to(detail, |word| {
            is_a::<ClassState>(word).then(|| t!(lang, &format!("classes-state-{word}")))
        }),
        "class.lessons" => lessons(lang, detail),
        "attendance.corrected" => from_to(detail, |word| {
            is_a::<Status>(word).then(|| t!(lang, &format!("attendance-status-{word}")))
        }),
        "person.moved" => from_to(detail, |word| county(lang, regions, word)),
        "person.role-given" | "person.role-taken" => role(lang, regions, detail),
        "person.erased" => matches!(detail, "asked" | "over").then(|| t!(lang, &format!("privacy-reason-{detail}"))),
        "firm.entered" | "firm.imported" | "firm.changed" | "firm.code-added" | "firm.profile-kept" | "firm.merged-in" | "firm.merged-away" => {
            firm(lang, regions, detail)
        }
        act if act.starts_with("gate.") => stage(lang, detail),
        _ => None,
    };
    told.unwrap_or_else(|| detail.to_owned())
}

/// Whether a word is one of an enumeration's.
fn is_a<T: FromStr>(word: &str) -> bool {
    word.parse::<T>().is_ok()
}

fn county(lang: Lang, regions: &[RegionName], word: &str) -> Option<String> {
    let region = Region::from(word.to_owned());
    let is_known = regions.iter().any(|name| name.region == region);
    is_known.then(|| region_name(lang, regions, &region))
}

/// `… from → to …`: the two words beside the arrow.
fn from_to(detail: &str, say: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (before, after) = detail.split_once(ARROW)?;
    let from = before.rsplit(' ').next()?;
    let to = after.split([' ', ';']).next()?;
    let start = before.strip_suffix(from)?;
    let end = after.strip_prefix(to)?;
    Some(format!("{start}{}{ARROW}{}{end}", say(from)?, say(to)?))
}

/// `lesson_added: its topic`
fn lessons(lang: Lang, detail: &str) -> Option<String> {
    let (what, topic) = detail.split_once(": ")?;
    let is_known = matches!(what, "lesson_added" | "lesson_changed" | "lesson_cancelled" | "lesson_deleted");
    is_known.then(|| {
        let what = t!(lang, &format!("classes-event-{what}"));
        t!(lang, "trail-particular", what = what, text = topic.to_owned())
    })
}

/// A role with its county, or with its firm's id, which nobody can read.
fn role(lang: Lang, regions: &[RegionName], detail: &str) -> Option<String> {
    let (word, scope) = detail.split_once(' ').unwrap_or((detail, ""));
    match word.parse().ok()? {
        Role::County => Some(t!(lang, "accounts-role-county", name = county(lang, regions, scope)?)),
        role => Some(t!(lang, &format!("accounts-role-{}", role.as_str()))),
    }
}

/// `seek and why`
fn stage(lang: Lang, detail: &str) -> Option<String> {
    let (word, why) = detail.split_once(' ').unwrap_or((detail, ""));
    let stage = t!(lang, &format!("bench-stage-{}", Stage::parse(word)?.as_str()));
    Some(if why.is_empty() {
        stage
    } else {
        t!(lang, "trail-particular", what = stage, text = why.to_owned())
    })
}

/// `field: from → to; field: from → to`
fn firm(lang: Lang, regions: &[RegionName], detail: &str) -> Option<String> {
    let changes: Option<Vec<Change>> = detail
        .split("; ")
        .map(|change| {
            let (field, values) = change.split_once(": ")?;
            // What became nothing ends with the arrow.
            let (from, to) = values.split_once(ARROW.trim_end())?;
            let is_field = field.chars().all(|c| c.is_ascii_lowercase());
            is_field.then(|| Change::new(field, from, to.trim_start()))
        })
        .collect();
    let told: Vec<String> = changes?.iter().map(|change| change_words(lang, regions, change)).collect();
    Some(told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::ids::EventId;

    fn told(what: &str, detail: &str) -> String {
        let line = Line {
            id: EventId(uuid::Uuid::nil()),
            at: Clock::system().now(),
            by_person: None,
            by_name: None,
            what: what.to_owned(),
            subject_kind: String::new(),
            subject_id: String::new(),
            region: None,
            detail: detail.to_owned(),
            network: None,
            request_id: None,
        };
        detail_words(Lang::Zh, &[], &line)
    }

    #[test]
    fn words_of_the_program_are_told_in_the_readers_language() {
        assert_eq!(told("class.state", "draft → published"), "草稿 → 已发布");
        assert_eq!(
            told("class.state", "enrolling → cancelled 讲师因公 外出"),
            "报名中 → 已取消 讲师因公 外出"
        );
        assert_eq!(told("class.lessons", "lesson_added: 股权: 设计"), "增加课次：股权: 设计");
        assert_eq!(
            told("attendance.corrected", "第 3 讲 absent → excused 有假条"),
            "第 3 讲 缺勤 → 请假 有假条"
        );
        assert_eq!(told("person.role-given", "firm 01930000000070008000000000000000"), "企业联络员");
        assert_eq!(told("person.erased", "asked"), "本人要求");
        assert_eq!(told("gate.returned", "seek 材料不全"), "寻标：材料不全");
        assert_eq!(told("gate.passed", "uplift"), "提升");
        assert_eq!(told("firm.changed", "size: small → ; name: 甲 → 乙"), "规模：去掉 小型; 名称：甲 → 乙");
    }

    #[test]
    fn what_people_wrote_and_what_is_not_known_stays() {
        for (what, detail) in [
            ("class.state", "draft → somewhere"),
            ("class.state", "no arrow"),
            ("class.created", "draft → published"),
            ("attendance.corrected", ""),
            ("person.moved", "nowhere → elsewhere; moved"),
            ("person.role-taken", "emperor"),
            ("firm.changed", "Name: x"),
            ("gate.passed", "seeking"),
        ] {
            assert_eq!(told(what, detail), detail, "{what}");
        }
    }
}
