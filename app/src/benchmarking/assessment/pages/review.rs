//! What those who check write beside an answer, and what of it everybody reads.

use leptos::prelude::*;

use super::Sheet;
use crate::benchmarking::assessment::rules::{EvidenceState, LONGEST_COMMENT, LONGEST_REASON, NaState, Verdict};
use crate::benchmarking::assessment::store::{Evidence, Stored};
use crate::benchmarking::rules::Indicator;
use crate::i18n::Lang;
use crate::t;
use crate::ui::form::{Choice, FormState, Hidden, RadioField, TextArea, TextField};
use crate::ui::{Icon, IconName, time};

/// The comments on one indicator, those on the last submission first in weight.
pub fn comments_list(lang: Lang, sheet: &Sheet, indicator: &str) -> Option<impl IntoView + use<>> {
    let comments = sheet.comments_on(indicator);
    if comments.is_empty() {
        return None;
    }
    let last = sheet.submissions.last().map_or(0, |last| last.number);
    let items = comments
        .into_iter()
        .map(|comment| {
            let class = if comment.submission == last { "comment" } else { "comment comment--old" };
            let who = comment.by_name.clone().unwrap_or_default();
            let line = t!(
                lang,
                "assessment-comment-line",
                who = who,
                at = time::short_date_time(lang, comment.at),
                number = comment.submission
            );
            view! { <li class=class><p class="lines">{comment.text.clone()}</p><p class="small muted">{line}</p></li> }
        })
        .collect_view();
    Some(view! {
        <div class="comments">
            <p class="comments__title"><Icon name=IconName::Info/> {t!(lang, "assessment-comments")}</p>
            <ul>{items}</ul>
        </div>
    })
}

pub fn comment_field(lang: Lang, form: &FormState, indicator: &Indicator) -> impl IntoView + use<> {
    let name = format!("comment-{}", indicator.id);
    view! {
        <TextArea form=form.clone() name=name label=t!(lang, "assessment-comment") hint=t!(lang, "assessment-comment-hint") rows="2" optional=true maxlength=LONGEST_COMMENT.to_string()/>
    }
}

fn verdicts(accept: String, refuse: String) -> Vec<Choice> {
    vec![
        Choice::new(Verdict::Accept.as_str(), accept),
        Choice::new(Verdict::Refuse.as_str(), refuse),
    ]
}

/// The decision on a wish for N/A, with what stands now beside it, so that only a change is one.
pub fn na_fields(lang: Lang, form: &FormState, indicator: &Indicator, stored: &Stored) -> impl IntoView + use<> {
    let id = &indicator.id;
    let was = match stored.na_state {
        NaState::Approved => Verdict::Accept.as_str(),
        NaState::Refused => Verdict::Refuse.as_str(),
        NaState::None | NaState::Asked => "",
    };
    view! {
        <div class="decision">
            <Hidden name=format!("edition-{id}") value=stored.edition.to_string()/>
            <Hidden name=format!("na-was-{id}") value=was/>
            <Hidden name=format!("na-waswhy-{id}") value=stored.na_decision.clone()/>
            <RadioField
                form=form.clone()
                name=format!("na-{id}")
                label=t!(lang, "assessment-na-decide")
                options=verdicts(t!(lang, "assessment-na-approve"), t!(lang, "assessment-na-refuse"))
                value=was
                inline=true
            />
            <TextField
                form=form.clone()
                name=format!("na-why-{id}")
                label=t!(lang, "assessment-why")
                hint=t!(lang, "assessment-why-hint")
                value=stored.na_decision.clone()
                maxlength=LONGEST_REASON.to_string()
                optional=true
            />
        </div>
    }
}

/// The fields for judging a piece of evidence.
pub fn judgement(lang: Lang, form: &FormState, piece: &Evidence) -> impl IntoView + use<> {
    let id = piece.id;
    let was = match piece.state {
        EvidenceState::Accepted => Verdict::Accept.as_str(),
        EvidenceState::Refused => Verdict::Refuse.as_str(),
        EvidenceState::Offered | EvidenceState::Removed => "",
    };
    view! {
        <div class="decision">
            <Hidden name=format!("seen-{id}") value=piece.state.as_str()/>
            <Hidden name=format!("evidence-was-{id}") value=was/>
            <Hidden name=format!("evidence-waswhy-{id}") value=piece.reason.clone()/>
            <RadioField
                form=form.clone()
                name=format!("evidence-{id}")
                label=t!(lang, "assessment-evidence-decide", title = piece.title.clone())
                options=verdicts(t!(lang, "assessment-evidence-accept"), t!(lang, "assessment-evidence-refuse"))
                value=was
                inline=true
            />
            <TextField
                form=form.clone()
                name=format!("evidence-why-{id}")
                label=t!(lang, "assessment-why")
                hint=t!(lang, "assessment-why-hint")
                value=piece.reason.clone()
                maxlength=LONGEST_REASON.to_string()
                optional=true
            />
        </div>
    }
}
