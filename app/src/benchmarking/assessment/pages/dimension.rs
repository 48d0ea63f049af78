//! `/firm/{pilot}/assessment/{dimension}`: one dimension on a page. The firm answers here while the assessment is with it;
//! those who check write beside each answer; everybody else reads.

use leptos::prelude::*;

use super::overview::{changed_mark, na_word};
use super::review::{self, comments_list};
use super::{Sheet, dimension_name, evidence_badge, indicator_name, state_badge};
use crate::benchmarking::assessment::forms::{NA, raw};
use crate::benchmarking::assessment::islands::AutosavePage;
use crate::benchmarking::assessment::rules::{EvidenceKind, LONGEST_NOTE, LONGEST_REASON, Said, neighbours};
use crate::benchmarking::assessment::store::{Evidence, Stored};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::score::{MAX_NA_OF_DIMENSION, MAX_NA_OF_WHOLE};
use crate::benchmarking::rules::{Dimension, Indicator, LevelText};
use crate::benchmarking::store::Pilot;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PilotId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Choice, ErrorSummary, FormState, Hidden, RadioField, Submit, TextArea, Tone};
use crate::ui::{Badge, ButtonLink, Icon, IconName, StateMark, StateShape, Tab, TabButtons, Tabs, time};

/// Kilobytes and megabytes as people are told them.
const KB: i64 = 1024;

pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let sheet = Sheet::wanted(&cx, &pilot).await?;
    let wanted: String = cx.param("dimension")?;
    let dimension = sheet.framework.dimension(&wanted).cloned().ok_or(AppError::NotFound)?;
    let title = format!("{} {}", dimension.id, dimension_name(lang, &dimension));
    let is_editable = sheet.is_editable(&standing);
    let form = cx.form(if is_editable { "answers" } else { "check" });
    let inner = if is_editable {
        answering(&cx, &pilot, &sheet, &dimension, &form).into_any()
    } else {
        reading(&cx, &pilot, &standing, &sheet, &dimension, &form).into_any()
    };
    let (tone, state) = state_badge(lang, sheet.assessment.state());
    let body = view! {
        <ErrorSummary form=form/>
        {pilot_head(&cx, &pilot, &standing, View::Assessment)}
        {if is_editable {
            let items = dimension_tabs(lang, &pilot, &sheet, &dimension);
            view! { <TabButtons items=items form="answers" name="then" label=t!(lang, "assessment-tasks")/> }.into_any()
        } else {
            view! { <Tabs items=dimension_tabs(lang, &pilot, &sheet, &dimension) label=t!(lang, "assessment-tasks")/> }.into_any()
        }}
        <div class="row">
            <h2>{title.clone()}</h2>
            <Badge tone=tone label=state/>
            <span class="muted">{t!(lang, "assessment-dimension-weight", weight = dimension.weight)}</span>
        </div>
        {inner}
    };
    let page = Page::new(title, body);
    Ok(if is_editable { page.interactive() } else { page })
}

fn dimension_tabs(lang: Lang, pilot: &Pilot, sheet: &Sheet, current: &Dimension) -> Vec<Tab> {
    let missing = sheet.score().missing;
    let mut tabs = vec![Tab {
        href: sheet.address(pilot.id, ""),
        label: t!(lang, "assessment-overview"),
        current: false,
        count: None,
    }];
    tabs.extend(sheet.framework.dimensions.iter().map(|dimension| {
        let left = dimension.indicators.iter().filter(|indicator| missing.contains(&indicator.id)).count();
        Tab {
            href: sheet.address(pilot.id, &format!("/{}", dimension.id)),
            label: format!("{} {}", dimension.id, dimension_name(lang, dimension)),
            current: dimension.id == current.id,
            count: i64::try_from(left).ok().filter(|left| *left > 0),
        }
    }));
    tabs
}

/// The whole page is one form, so that whatever is pressed saves what was typed.
fn answering(cx: &Cx, pilot: &Pilot, sheet: &Sheet, dimension: &Dimension, form: &FormState) -> impl IntoView + use<> {
    let lang = cx.lang;
    let sections = dimension
        .indicators
        .iter()
        .map(|indicator| answer_section(cx, pilot, sheet, (&dimension.id, indicator), form).into_any())
        .collect_view();
    let onward = match neighbours(&sheet.framework, &dimension.id) {
        (_, Some(_)) => t!(lang, "assessment-save-next"),
        _ => t!(lang, "assessment-save-overview"),
    };
    view! {
        <p>{t!(lang, "assessment-answer-lead")}</p>
        <form
            id="answers"
            method="post"
            action="/api/save_answers"
            autocomplete="off"
            data-autosave=format!("/firm/{}/assessment/answers/save", pilot.id)
            data-saving=t!(lang, "assessment-auto-saving")
            data-unsaved=t!(lang, "assessment-auto-unsaved")
            data-failed=t!(lang, "assessment-auto-failed")
            data-conflict=t!(lang, "assessment-auto-conflict")
        >
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="assessment" value=sheet.assessment.id.to_string()/>
            <Hidden name="dimension" value=dimension.id.clone()/>
            <div class="actions answers__top"><Submit label=t!(lang, "assessment-save") tone=Tone::Plain icon=IconName::Check/></div>
            {sections}
            <div class="actions answers__end">
                <Submit label=onward name="then" value="next"/>
                <Submit label=t!(lang, "assessment-save") tone=Tone::Plain/>
            </div>
        </form>
        <AutosavePage/>
    }
}

fn answer_section(cx: &Cx, pilot: &Pilot, sheet: &Sheet, (dimension, indicator): (&str, &Indicator), form: &FormState) -> impl IntoView + use<> {
    let lang = cx.lang;
    let id = indicator.id.as_str();
    let stored = sheet.stored.get(id);
    let name = |part: &str| format!("{part}-{id}");
    let conflict = stored.and_then(|stored| {
        let typed = typed_answer(form, id)?;
        (typed.0 != stored.edition && typed.1 != as_typed(&stored.said))
            .then(|| conflict_box(lang, pilot.id, (dimension, indicator), stored, &typed.1))
    });
    let faults = ["level", "reason", "note"].iter().any(|part| form.error(&name(part)).is_some());
    let said = stored.map(|stored| as_typed(&stored.said)).unwrap_or_default();
    let edition = stored.map_or(0, |stored| stored.edition);
    view! {
        <section class="answer" id=id.to_owned() data-indicator=id.to_owned() data-dirty=faults.then_some("")>
            {section_head(lang, indicator)}
            {changed_mark(lang, sheet, id)}
            {comments_list(lang, sheet, id)}
            <div data-place="conflict">{conflict}</div>
            <div class="answer__parts">
                <div>
                    <div class="levels">
                        <RadioField form=form.clone() name=name("level") label=t!(lang, "assessment-level-question") options=level_choices(lang, indicator) value=said.level optional=false/>
                    </div>
                    <div class="answer__reason">
                        <TextArea form=form.clone() name=name("reason") label=t!(lang, "assessment-reason") hint=t!(lang, "assessment-reason-hint") rows="2" value=said.reason maxlength=LONGEST_REASON.to_string()/>
                        {stored.and_then(|stored| na_state_line(lang, stored))}
                    </div>
                    <TextArea form=form.clone() name=name("note") label=t!(lang, "assessment-note") hint=t!(lang, "assessment-note-hint") rows="3" value=said.note optional=true maxlength=LONGEST_NOTE.to_string()/>
                    <input type="hidden" name=name("edition") value=edition.to_string()/>
                    <div class="answer__foot">
                        <p class="answer__state" role="status" data-place="state">{saved_line(lang, stored)}</p>
                        <button class="button button--small" type="submit" name="then" value=format!("history:{id}")>
                            <Icon name=IconName::History/>{t!(lang, "assessment-history")}
                        </button>
                    </div>
                </div>
                <div class="answer__evidence">
                    <h4>{t!(lang, "assessment-evidence")}</h4>
                    <p class="small muted">{t!(lang, "assessment-evidence-cap")}</p>
                    {evidence_list(cx, pilot.id, sheet, id, Beside::Button)}
                    <button class="button" type="submit" name="then" value=format!("add:{id}")>
                        <Icon name=IconName::Plus/>{t!(lang, "assessment-evidence-add")}
                    </button>
                </div>
            </div>
        </section>
    }
}

fn section_head(lang: Lang, indicator: &Indicator) -> impl IntoView + use<> {
    view! {
        <div class="row answer__head">
            <h3>{indicator_name(lang, indicator)}</h3>
            <span class="muted">{t!(lang, "assessment-indicator-weight", weight = indicator.weight)}</span>
        </div>
    }
}

/// The text of a level in the reader's language, and in the other one.
fn both(lang: Lang, text: &LevelText) -> (String, String) {
    (lang.pick(&text.zh, &text.en).to_owned(), lang.pick(&text.en, &text.zh).to_owned())
}

fn level_choices(lang: Lang, indicator: &Indicator) -> Vec<Choice> {
    let mut choices: Vec<Choice> = indicator
        .levels
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let (own, other) = both(lang, text);
            Choice::new((at + 1).to_string(), format!("{} {own}", at + 1)).with_hint(other)
        })
        .collect();
    let hint = t!(lang, "assessment-na-hint", dimension = MAX_NA_OF_DIMENSION, whole = MAX_NA_OF_WHOLE);
    choices.push(Choice::new(NA, t!(lang, "assessment-na")).with_hint(hint));
    choices
}

/// An answer as the fields of the form hold it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedAnswer {
    pub level: String,
    pub reason: String,
    pub note: String,
}

fn as_typed(said: &Said) -> TypedAnswer {
    let level = if said.na {
        NA.to_owned()
    } else {
        said.level.map(|level| level.to_string()).unwrap_or_default()
    };
    TypedAnswer {
        level,
        reason: said.reason.clone(),
        note: said.note.clone(),
    }
}

/// What a form that came back holds for an indicator, with the edition that it was written upon.
fn typed_answer(form: &FormState, indicator: &str) -> Option<(i64, TypedAnswer)> {
    let edition = form.value(&format!("edition-{indicator}"))?.parse().unwrap_or(0);
    Some((edition, typed_fields(&form.values, indicator)))
}

/// The fields of one answer, tidied like what is stored.
pub fn typed_fields(typed: &crate::benchmarking::assessment::forms::Typed, indicator: &str) -> TypedAnswer {
    let tidy = |part: &str| raw(typed, &format!("{part}-{indicator}")).replace("\r\n", "\n").trim().to_owned();
    let level = tidy("level");
    TypedAnswer {
        reason: if level == NA { tidy("reason") } else { String::new() },
        note: tidy("note"),
        level,
    }
}

/// Two versions side by side: what somebody else saved, and what is typed here. The fields below keep the own one; saving
/// again stores it upon the other's. The buttons wait for scripts; without them the link takes the other's version.
pub fn conflict_box(lang: Lang, pilot: PilotId, (dimension, indicator): (&str, &Indicator), theirs: &Stored, mine: &TypedAnswer) -> AnyView {
    let who = theirs.changed_by.clone().unwrap_or_else(|| t!(lang, "assessment-somebody"));
    let title = t!(lang, "assessment-conflict-title", who = who, at = time::hour_minute(theirs.changed_at));
    let other = as_typed(&theirs.said);
    let level = |typed: &TypedAnswer| match typed.level.as_str() {
        "" => t!(lang, "assessment-level-none"),
        NA => t!(lang, "assessment-na"),
        level => {
            let text = level.parse::<usize>().ok().and_then(|level| indicator.levels.get(level.checked_sub(1)?));
            format!("{level} {}", text.map_or("", |text| lang.pick(&text.zh, &text.en)))
        }
    };
    let row = |label: String, theirs: String, mine: String| {
        let class = if theirs == mine { "" } else { "conflict__differs" };
        view! { <tr class=class><th scope="row">{label}</th><td class="lines">{theirs}</td><td class="lines">{mine}</td></tr> }
    };
    let reload = format!("/firm/{pilot}/assessment/{dimension}");
    view! {
        <div
            class="notice notice--warning conflict"
            role="alert"
            data-edition=theirs.edition.to_string()
            data-level=other.level.clone()
            data-reason=other.reason.clone()
            data-note=other.note.clone()
        >
            <Icon name=IconName::Alert/>
            <div class="notice__text">
                <p class="notice__title">{title}</p>
                <table class="table conflict__table">
                    <thead><tr>
                        <td></td>
                        <th scope="col">{t!(lang, "assessment-conflict-theirs")}</th>
                        <th scope="col">{t!(lang, "assessment-conflict-mine")}</th>
                    </tr></thead>
                    <tbody>
                        {row(t!(lang, "assessment-level"), level(&other), level(mine))}
                        {row(t!(lang, "assessment-reason"), other.reason.clone(), mine.reason.clone())}
                        {row(t!(lang, "assessment-note"), other.note.clone(), mine.note.clone())}
                    </tbody>
                </table>
                <p>{t!(lang, "assessment-conflict-how")}</p>
                <div class="actions" data-take="" hidden=true>
                    <button class="button" type="button" data-take="theirs">{t!(lang, "assessment-conflict-take-theirs")}</button>
                    <button class="button" type="button" data-take="mine">{t!(lang, "assessment-conflict-take-mine")}</button>
                </div>
                <p data-take="link"><a href=reload>{t!(lang, "assessment-conflict-reload")}</a></p>
            </div>
        </div>
    }
    .into_any()
}

fn na_state_line(lang: Lang, stored: &Stored) -> Option<impl IntoView + use<>> {
    let word = na_word(lang, stored.na_state)?;
    let decision = (!stored.na_decision.is_empty()).then(|| format!("：{}", stored.na_decision));
    Some(view! { <p class="small">{word}{decision}</p> })
}

fn saved_line(lang: Lang, stored: Option<&Stored>) -> String {
    stored.map_or_else(
        || t!(lang, "assessment-not-answered"),
        |stored| {
            let who = stored.changed_by.clone().unwrap_or_default();
            t!(
                lang,
                "assessment-saved-by",
                at = time::short_date_time(lang, stored.changed_at),
                who = who
            )
        },
    )
}

/// What stands beside each piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    /// A button to its own page, which saves what was typed first.
    Button,
    /// The fields of a judgement.
    Judgement,
}

/// What proves an answer.
fn evidence_list(cx: &Cx, pilot: PilotId, sheet: &Sheet, indicator: &str, beside: Beside) -> AnyView {
    let lang = cx.lang;
    let form = cx.form("check");
    let items = sheet
        .evidence_for(indicator)
        .map(|piece| {
            let more = match beside {
                Beside::Nothing => ().into_any(),
                Beside::Button => view! {
                    <button class="button button--small" type="submit" name="then" value=format!("item:{}", piece.id)>{t!(lang, "assessment-evidence-open")}</button>
                }
                .into_any(),
                Beside::Judgement => review::judgement(lang, &form, piece).into_any(),
            };
            view! { <li class="proof">{evidence_piece(lang, pilot, piece)} {more}</li> }
        })
        .collect::<Vec<_>>();
    if items.is_empty() {
        return view! { <p class="muted">{t!(lang, "assessment-evidence-none")}</p> }.into_any();
    }
    view! { <ul class="proofs">{items}</ul> }.into_any()
}

/// One piece of evidence: what it is, the day of the fact, the day of its entry, and what was said of it.
pub fn evidence_piece(lang: Lang, pilot: PilotId, piece: &Evidence) -> impl IntoView + use<> {
    let (tone, state) = evidence_badge(lang, piece.state);
    let title = match (piece.kind, piece.file_id) {
        (EvidenceKind::File, Some(file)) => {
            let href = format!("/firm/{pilot}/files/{file}");
            let size = size_in_words(piece.file_size.unwrap_or(0));
            let name = piece.file_name.clone().unwrap_or_default();
            let named = (name != piece.title).then(|| view! { <span class="small muted">{name}</span> });
            view! {
                <a href=href download="" target="_blank"><Icon name=IconName::Download/> {piece.title.clone()}</a>
                " " <span class="small muted">{size}</span> " " {named}
            }
            .into_any()
        }
        (EvidenceKind::Link, _) => view! {
            <a href=piece.body.clone() target="_blank" rel="noopener noreferrer nofollow"><Icon name=IconName::External/> {piece.title.clone()}</a>
            " " <span class="small muted">{piece.body.clone()}</span>
        }
        .into_any(),
        _ => view! { <strong>{piece.title.clone()}</strong> <span class="lines proof__text">{piece.body.clone()}</span> }.into_any(),
    };
    let who = piece.added_by.clone().unwrap_or_default();
    let dates = t!(
        lang,
        "assessment-evidence-dates",
        fact = time::day(lang, piece.fact_on),
        added = time::short_date(lang, piece.added_at),
        who = who
    );
    let reason = (!piece.reason.is_empty()).then(|| view! { <p class="small lines">{piece.reason.clone()}</p> });
    view! {
        <p class="proof__title">{title}</p>
        <p class="small muted">{dates}</p>
        <p><Badge tone=tone label=state/></p>
        {reason}
    }
}

fn size_in_words(bytes: i64) -> String {
    if bytes < KB * KB {
        format!("{} KB", (bytes + KB - 1) / KB)
    } else {
        let tenths = bytes * 10 / (KB * KB);
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

/// The page for those who do not answer: with the fields of a check where they may write.
fn reading(cx: &Cx, pilot: &Pilot, standing: &Standing, sheet: &Sheet, dimension: &Dimension, form: &FormState) -> impl IntoView + use<> {
    let lang = cx.lang;
    let is_checkable = sheet.is_checkable(standing);
    let is_decidable = sheet.is_decidable(standing);
    let beside = if is_checkable { Beside::Judgement } else { Beside::Nothing };
    let decides_here = is_decidable
        && dimension
            .indicators
            .iter()
            .any(|own| sheet.stored.get(&own.id).is_some_and(|stored| stored.said.na));
    let sections = dimension
        .indicators
        .iter()
        .map(|indicator| {
            let stored = sheet.stored.get(&indicator.id);
            let history = sheet.address(pilot.id, &format!("/indicators/{}/history", indicator.id));
            let decision = stored
                .filter(|stored| is_decidable && stored.said.na)
                .map(|stored| review::na_fields(lang, form, indicator, stored));
            let comment = is_checkable.then(|| review::comment_field(lang, form, indicator));
            view! {
                <section class="answer" id=indicator.id.clone()>
                    {section_head(lang, indicator)}
                    {changed_mark(lang, sheet, &indicator.id)}
                    {comments_list(lang, sheet, &indicator.id)}
                    <div class="answer__parts">
                        <div>
                            {levels_read(lang, indicator, stored)}
                            {stored.map(|stored| said_read(lang, stored))}
                            {decision}
                            <p class="answer__foot"><span class="small muted">{saved_line(lang, stored)}</span> <a href=history>{t!(lang, "assessment-history")}</a></p>
                        </div>
                        <div class="answer__evidence">
                            <h4>{t!(lang, "assessment-evidence")}</h4>
                            {evidence_list(cx, pilot.id, sheet, &indicator.id, beside)}
                            {comment}
                        </div>
                    </div>
                </section>
            }
        })
        .collect_view();
    if !is_checkable && !decides_here {
        let (before, after) = neighbours(&sheet.framework, &dimension.id);
        let link = |id: &str, label: String| view! { <ButtonLink href=sheet.address(pilot.id, &format!("/{id}")) label=label/> };
        return view! {
            {sections}
            <div class="actions">
                {before.map(|id| link(id, t!(lang, "ui-previous")))}
                {after.map(|id| link(id, t!(lang, "ui-next")))}
            </div>
        }
        .into_any();
    }
    view! {
        <p>{t!(lang, "assessment-check-lead")}</p>
        <form method="post" action="/api/save_check" autocomplete="off">
            <Hidden name="pilot" value=pilot.id.to_string()/>
            <Hidden name="assessment" value=sheet.assessment.id.to_string()/>
            <Hidden name="dimension" value=dimension.id.clone()/>
            {sections}
            <div class="actions answers__end"><Submit label=t!(lang, "assessment-check-save")/></div>
        </form>
    }
    .into_any()
}

/// The five levels with the chosen one marked.
fn levels_read(lang: Lang, indicator: &Indicator, stored: Option<&Stored>) -> impl IntoView + use<> {
    let chosen = stored.and_then(|stored| stored.said.level).map(|level| usize::from(level.get()));
    let items = indicator
        .levels
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let (own, other) = both(lang, text);
            let is_chosen = chosen == Some(at + 1);
            let mark = is_chosen.then(|| view! { <StateMark shape=StateShape::Done label=t!(lang, "assessment-chosen")/> });
            let class = if is_chosen { "level level--chosen" } else { "level" };
            view! { <li class=class>{mark} <span>{at + 1} " " {own} <span class="small muted">{other}</span></span></li> }
        })
        .collect_view();
    view! { <ol class="levels__read" role="list">{items}</ol> }
}

fn said_read(lang: Lang, stored: &Stored) -> impl IntoView + use<> {
    let na = stored.said.na.then(|| {
        let word = na_word(lang, stored.na_state).unwrap_or_default();
        let decision = (!stored.na_decision.is_empty()).then(|| view! { <p class="lines">{stored.na_decision.clone()}</p> });
        view! {
            <p><strong>{t!(lang, "assessment-na")}</strong> " · " {word}</p>
            <p class="lines">{stored.said.reason.clone()}</p>
            {decision}
        }
    });
    let note = (!stored.said.note.is_empty()).then(|| view! { <p class="lines answer__note">{stored.said.note.clone()}</p> });
    view! { {na} {note} }
}
