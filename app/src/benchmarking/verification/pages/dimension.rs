//! One dimension on the verifier's desk: what the firm says, what proves it, and the verdict beside it.

use leptos::prelude::*;

use super::{Case, case, dimension_name, finding_short, finding_text, indicator_name, level_short, level_text, obstacle_text};
use crate::benchmarking::pages::{View, pilot_head};
use crate::benchmarking::rules::{Dimension, Indicator, Level};
use crate::benchmarking::verification::forms;
use crate::benchmarking::verification::rules::{Finding, LONGEST_REASON, obstacles};
use crate::benchmarking::verification::store::{Evidence, Verdict};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{
    Badge, BadgeTone, ButtonLink, Choice, ErrorSummary, FormState, Hidden, Notice, NoticeTone, SelectField, Submit, Tab, Tabs, TextArea, TextField,
    time,
};

/// What the cards of a page have in common.
struct Desk<'a> {
    lang: Lang,
    case: &'a Case,
    form: FormState,
    /// Empty levels are shown filled with the capped ones, without being kept.
    fills: bool,
}

/// `/firm/{pilot}/verification/dimensions/{dimension}`
pub async fn dimension(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let case = case(&cx).await?;
    let id: String = cx.param("dimension")?;
    let dimension = case.framework.dimension(&id).ok_or(AppError::NotFound)?;
    let desk = Desk {
        lang,
        case: &case,
        form: cx.form("verification"),
        fills: case.verifies() && cx.query("fill").as_deref() == Some("capped"),
    };
    let cards = dimension.indicators.iter().map(|indicator| card(&desk, indicator)).collect_view();
    let name = dimension_name(lang, dimension);
    let title = t!(
        lang,
        "verification-dimension-title",
        dimension = name.clone(),
        firm = case.pilot.firm_name.clone()
    );
    let content = if case.judges() {
        view! {
            <form method="post" action="/api/save_verification" class="stack">
                <Hidden name="assessment" value=case.assessment.id.to_string()/>
                <Hidden name="dimension" value=dimension.id.clone()/>
                {cards}
                <div class="verification-save"><Submit label=t!(lang, "verification-save")/><p class="small muted">{t!(lang, "verification-save-hint")}</p></div>
            </form>
        }
        .into_any()
    } else {
        view! { <div class="stack">{cards}</div> }.into_any()
    };
    let body = view! {
        {pilot_head(&cx, &case.pilot, &case.standing, View::Verification)}
        <ErrorSummary form=&desk.form/>
        {dimension_tabs(lang, &case, dimension)}
        <h2>{name}</h2>
        {explanation(&desk, dimension)}
        {content}
        <p><a href=case.href("")>{t!(lang, "verification-back")}</a></p>
    };
    Ok(Page::new(title, body))
}

/// The dimensions as views, each with how many of its indicators are still open.
fn dimension_tabs(lang: Lang, case: &Case, current: &Dimension) -> impl IntoView + use<> {
    let items = case
        .framework
        .dimensions
        .iter()
        .map(|dimension| {
            let open = dimension
                .indicators
                .iter()
                .filter(|one| !obstacles(&case.sheet.subject(&one.id)).is_empty())
                .count();
            Tab {
                href: case.href(&format!("/dimensions/{}", dimension.id)),
                label: dimension_name(lang, dimension),
                current: dimension.id == current.id,
                count: case.judges().then(|| i64::try_from(open).unwrap_or(0)),
            }
        })
        .collect();
    view! { <Tabs items=items label=t!(lang, "verification-dimensions")/> }
}

/// Why the page is as it is: read only, prefilled, or ready to be filled in.
fn explanation(desk: &Desk<'_>, dimension: &Dimension) -> Option<AnyView> {
    let lang = desk.lang;
    let case = desk.case;
    if desk.fills {
        return Some(
            view! {
                <Notice tone=NoticeTone::Warning title=t!(lang, "verification-filled-title")><p>{t!(lang, "verification-filled-text")}</p></Notice>
            }
            .into_any(),
        );
    }
    if !case.reads_verdicts() {
        return Some(view! { <Notice><p>{t!(lang, "verification-hidden")}</p></Notice> }.into_any());
    }
    let is_empty = |one: &Indicator| !case.sheet.verdicts.contains_key(&one.id) && case.sheet.capped(&one.id).is_some();
    if case.verifies() && dimension.indicators.iter().any(is_empty) {
        let href = format!("{}?fill=capped", case.href(&format!("/dimensions/{}", dimension.id)));
        return Some(
            view! {
                <div class="row">
                    <ButtonLink href=href label=t!(lang, "verification-fill")/>
                    <p class="small muted">{t!(lang, "verification-fill-hint")}</p>
                </div>
            }
            .into_any(),
        );
    }
    None
}

/// One indicator: the three levels, the firm's side and the verifier's.
fn card(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    let anchor = format!("indicator-{}", indicator.id);
    let heading = anchor.clone();
    let verdict_side = if desk.case.verifies() {
        verdict_fields(desk, indicator).into_any()
    } else {
        verdict_read(desk, indicator).into_any()
    };
    view! {
        <section class="verdict" aria-labelledby=anchor>
            <div class="row row--between">
                <h3 id=heading>{indicator_name(lang, indicator)}</h3>
                {card_state(desk, indicator)}
            </div>
            {levels(desk, indicator)}
            <div class="verdict__sides">
                <div class="verdict__side">
                    <h4>{t!(lang, "verification-firm-side")}</h4>
                    {note(desk, indicator)}
                    {evidence(desk, indicator)}
                    {comments(desk, indicator)}
                </div>
                <div class="verdict__side">
                    <h4>{t!(lang, "verification-verifier-side")}</h4>
                    {verdict_side}
                </div>
            </div>
        </section>
    }
}

/// What is still in the way here, or that nothing is; only for those who read verdicts.
fn card_state(desk: &Desk<'_>, indicator: &Indicator) -> Option<impl IntoView + use<>> {
    let lang = desk.lang;
    desk.case.reads_verdicts().then(|| {
        let found = obstacles(&desk.case.sheet.subject(&indicator.id));
        if desk.case.is_verified() || found.is_empty() {
            return view! { <Badge tone=BadgeTone::Good label=t!(lang, "verification-given")/> }.into_any();
        }
        let badges = found
            .into_iter()
            .map(|obstacle| view! { <Badge tone=BadgeTone::Attention label=obstacle_text(lang, obstacle)/> })
            .collect_view();
        view! { <div class="row">{badges}</div> }.into_any()
    })
}

/// Self, evidence-capped and verified, side by side.
fn levels(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    let sheet = &desk.case.sheet;
    let own = match sheet.answers.get(&indicator.id) {
        Some(answer) if answer.na => (t!(lang, "verification-na"), na_state(lang, answer.is_na_approved())),
        Some(answer) => answer.level.and_then(Level::new).map_or_else(
            || (t!(lang, "verification-missing"), String::new()),
            |level| (level_short(lang, level), level_words(lang, indicator, level)),
        ),
        None => (t!(lang, "verification-missing"), String::new()),
    };
    let capped = sheet
        .capped(&indicator.id)
        .map_or_else(|| t!(lang, "verification-none"), |level| level_short(lang, level));
    let verdict = sheet
        .verdicts
        .get(&indicator.id)
        .filter(|_| desk.case.reads_verdicts())
        .and_then(Verdict::finding);
    let verified = match verdict {
        Some(finding) => (
            finding_short(lang, finding),
            finding.level().map(|level| level_words(lang, indicator, level)).unwrap_or_default(),
        ),
        None if desk.case.reads_verdicts() => (t!(lang, "verification-not-yet"), String::new()),
        None => (t!(lang, "verification-not-shown"), String::new()),
    };
    let proof = sheet.proof(&indicator.id);
    let cells = [
        (t!(lang, "verification-self"), own.0, own.1),
        (
            t!(lang, "verification-capped"),
            capped,
            cap_words(lang, proof.accepted, sheet.cap(&indicator.id)),
        ),
        (t!(lang, "verification-verified"), verified.0, verified.1),
    ];
    let cells = cells
        .into_iter()
        .map(|(name, value, more)| {
            view! { <div><dt>{name}</dt><dd><strong>{value}</strong><span class="small muted">{more}</span></dd></div> }
        })
        .collect_view();
    view! { <dl class="verdict__levels">{cells}</dl> }
}

fn level_words(lang: Lang, indicator: &Indicator, level: Level) -> String {
    let text = indicator.levels.get(usize::from(level.get()) - 1);
    text.map(|text| lang.pick(&text.zh, &text.en).to_owned()).unwrap_or_default()
}

fn na_state(lang: Lang, is_approved: bool) -> String {
    if is_approved {
        t!(lang, "verification-na-approved")
    } else {
        t!(lang, "verification-na-asked")
    }
}

/// How far the accepted evidence carries.
fn cap_words(lang: Lang, accepted: i64, cap: Level) -> String {
    let highest = i64::from(cap.get());
    if cap.get() == 5 {
        t!(lang, "verification-cap-none", n = accepted)
    } else if accepted == 0 {
        t!(lang, "verification-cap-empty", cap = highest)
    } else {
        t!(lang, "verification-cap-some", n = accepted, cap = highest)
    }
}

fn note(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    let answer = desk.case.sheet.answers.get(&indicator.id);
    let text = answer.map(|answer| if answer.na { answer.na_reason.clone() } else { answer.note.clone() });
    match text.filter(|text| !text.is_empty()) {
        Some(text) => view! { <p class="verdict__words">{text}</p> }.into_any(),
        None => view! { <p class="muted">{t!(lang, "verification-no-note")}</p> }.into_any(),
    }
}

fn comments(desk: &Desk<'_>, indicator: &Indicator) -> Option<impl IntoView + use<>> {
    let lang = desk.lang;
    let rows: Vec<_> = desk
        .case
        .sheet
        .comments
        .iter()
        .filter(|comment| comment.indicator == indicator.id)
        .map(|comment| {
            let by = comment.by_name.clone().unwrap_or_default();
            let when = time::short_date_time(lang, comment.at);
            view! { <li><p class="verdict__words">{comment.text.clone()}</p><p class="small muted">{format!("{by} · {when}")}</p></li> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h5>{t!(lang, "verification-comments")}</h5>
            <ul class="verdict__list">{rows}</ul>
        }
    })
}

fn evidence(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    let pieces: Vec<_> = desk.case.sheet.evidence_of(&indicator.id).map(|piece| piece_of(desk, piece)).collect();
    let list = if pieces.is_empty() {
        view! { <p class="muted">{t!(lang, "verification-no-evidence")}</p> }.into_any()
    } else {
        view! { <ul class="verdict__list">{pieces}</ul> }.into_any()
    };
    view! {
        <h5>{t!(lang, "verification-evidence")}</h5>
        {list}
    }
}

/// One piece of evidence with its decision, or the fields to decide.
fn piece_of(desk: &Desk<'_>, piece: &Evidence) -> impl IntoView + use<> {
    let lang = desk.lang;
    let (tone, key) = match piece.state.as_str() {
        "accepted" => (BadgeTone::Good, "verification-accepted"),
        "refused" => (BadgeTone::Bad, "verification-refused"),
        _ => (BadgeTone::Attention, "verification-offered"),
    };
    let dates = t!(
        lang,
        "verification-evidence-dates",
        fact = time::day(lang, piece.fact_on),
        added = time::date(lang, piece.added_at)
    );
    let decided = piece.decided_at.map(|at| {
        let by = piece.decided_by.clone().unwrap_or_default();
        let line = t!(
            lang,
            "verification-decided",
            by = by,
            day = time::date(lang, at),
            reason = piece.reason.clone()
        );
        view! { <p class="small">{line}</p> }
    });
    view! {
        <li>
            <div class="row"><span class="verdict__piece">{piece_name(desk, piece)}</span><Badge tone=tone label=t!(lang, key)/></div>
            {piece_body(piece)}
            <p class="small muted">{dates}</p>
            {decided}
            {desk.case.judges().then(|| judge_fields(desk, piece))}
        </li>
    }
}

fn piece_name(desk: &Desk<'_>, piece: &Evidence) -> AnyView {
    match piece.file_id {
        Some(file) => {
            let name = piece.file_name.clone().filter(|name| *name != piece.title);
            let label = [Some(piece.title.clone()), name].into_iter().flatten().filter(|text| !text.is_empty());
            let label = label.collect::<Vec<_>>().join(" · ");
            view! { <a href=format!("/firm/{}/files/{file}", desk.case.pilot.id)>{label}</a> }.into_any()
        }
        None if piece.kind == "link" && is_web(&piece.body) => {
            view! { <a href=piece.body.clone() rel="noopener noreferrer nofollow">{piece.title.clone()}</a> }.into_any()
        }
        None => view! { <span>{piece.title.clone()}</span> }.into_any(),
    }
}

/// Only addresses of the web become links.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn piece_body(piece: &Evidence) -> Option<impl IntoView + use<>> {
    (!piece.body.is_empty()).then(|| view! { <p class="verdict__words small">{piece.body.clone()}</p> })
}

fn judge_fields(desk: &Desk<'_>, piece: &Evidence) -> impl IntoView + use<> {
    let lang = desk.lang;
    let is_decided = piece.state != "offered";
    let options = vec![
        Choice::new(
            "",
            if is_decided {
                t!(lang, "verification-judge-leave")
            } else {
                t!(lang, "verification-judge-later")
            },
        ),
        Choice::new("accepted", t!(lang, "verification-judge-accept")),
        Choice::new("refused", t!(lang, "verification-judge-refuse")),
    ];
    let fields = view! {
        <Hidden name=forms::was_field(piece.id) value=piece.state.clone()/>
        <div class="verdict__judge">
            <SelectField form=&desk.form name=forms::judge_field(piece.id) label=t!(lang, "verification-judge", title = piece.title.clone()) options=options width="12"/>
            <TextField form=&desk.form name=forms::why_field(piece.id) label=t!(lang, "verification-why") hint=t!(lang, "verification-judge-why-hint") maxlength=LONGEST_REASON autocomplete="off"/>
        </div>
    };
    let is_faulty = desk.form.error(&forms::judge_field(piece.id)).is_some() || desk.form.error(&forms::why_field(piece.id)).is_some();
    if is_decided {
        view! { <details open=is_faulty><summary class="verdict__more">{t!(lang, "verification-judge-again")}</summary>{fields}</details> }.into_any()
    } else {
        fields.into_any()
    }
}

/// The fields of a verdict, with what the level may be and why.
fn verdict_fields(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    let sheet = &desk.case.sheet;
    let stored = sheet.verdicts.get(&indicator.id);
    let edition = sheet.edition(&indicator.id);
    let (level, edition_name) = (forms::level_field(&indicator.id), forms::edition_field(&indicator.id));
    let ground = sheet.ground(&indicator.id);
    let finding = stored.and_then(Verdict::finding).map(Finding::word);
    let filled = desk
        .fills
        .then(|| sheet.capped(&indicator.id).map(|level| level.get().to_string()))
        .flatten();
    let mut options = vec![Choice::new("", t!(lang, "verification-choose"))];
    options.extend(
        (1..=5)
            .filter_map(Level::new)
            .map(|level| Choice::new(level.get().to_string(), level_text(lang, indicator, level))),
    );
    if ground.is_na_approved {
        options.push(Choice::new("na", t!(lang, "verification-na-confirm")));
    }
    let add_visit = (ground.cap.get() < 5 && !ground.is_visited).then(|| {
        let href = format!("/firm/{}/verification/visits/new?indicator={}", desk.case.pilot.id, indicator.id);
        view! { <p class="small"><a href=href>{t!(lang, "verification-visit-add-for", indicator = indicator.id.clone())}</a></p> }
    });
    let meanwhile = desk.form.value(&edition_name).is_some_and(|typed| typed != edition.to_string());
    view! {
        {meanwhile.then(|| stored_now(lang, indicator, stored))}
        <Hidden name=edition_name value=edition.to_string()/>
        <SelectField form=&desk.form name=level label=t!(lang, "verification-level-field", indicator = indicator.id.clone())
            hint=cap_hint(desk, indicator) options=options value=finding.or(filled)/>
        {add_visit}
        <TextArea form=&desk.form name=forms::reason_field(&indicator.id) label=t!(lang, "verification-reason-field", indicator = indicator.id.clone())
            value=stored.map(|verdict| verdict.reason.clone()) rows="3" maxlength=LONGEST_REASON/>
        {given_by(lang, stored)}
    }
}

/// What the level may be, and why.
fn cap_hint(desk: &Desk<'_>, indicator: &Indicator) -> String {
    let lang = desk.lang;
    let sheet = &desk.case.sheet;
    let cap = sheet.cap(&indicator.id);
    match sheet.visit_of(&indicator.id) {
        _ if cap.get() == 5 => t!(lang, "verification-hint-uncapped"),
        Some(visit) => t!(
            lang,
            "verification-hint-visited",
            cap = i64::from(cap.get()),
            day = time::day(lang, visit.visited_on)
        ),
        None => t!(lang, "verification-hint-capped", cap = i64::from(cap.get())),
    }
}

/// What stands there now, when the form was made from something older.
fn stored_now(lang: Lang, indicator: &Indicator, stored: Option<&Verdict>) -> impl IntoView + use<> {
    let text = match stored.and_then(|verdict| verdict.finding().map(|finding| (verdict, finding))) {
        Some((verdict, finding)) => t!(
            lang,
            "verification-meanwhile",
            by = verdict.by_name.clone().unwrap_or_default(),
            at = time::short_date_time(lang, verdict.at),
            finding = finding_text(lang, indicator, finding),
            reason = verdict.reason.clone()
        ),
        None => t!(lang, "verification-meanwhile-gone"),
    };
    view! { <Notice tone=NoticeTone::Warning title=t!(lang, "verification-meanwhile-title")><p>{text}</p></Notice> }
}

fn given_by(lang: Lang, stored: Option<&Verdict>) -> Option<impl IntoView + use<>> {
    stored.map(|verdict| {
        let by = verdict.by_name.clone().unwrap_or_default();
        view! { <p class="small muted">{t!(lang, "verification-given-by", by = by, at = time::date_time(lang, verdict.at))}</p> }
    })
}

/// A verdict to read.
fn verdict_read(desk: &Desk<'_>, indicator: &Indicator) -> impl IntoView + use<> {
    let lang = desk.lang;
    if !desk.case.reads_verdicts() {
        return view! { <p class="muted">{t!(lang, "verification-not-shown")}</p> }.into_any();
    }
    let stored = desk.case.sheet.verdicts.get(&indicator.id);
    match stored.and_then(|verdict| verdict.finding().map(|finding| (verdict, finding))) {
        Some((verdict, finding)) => view! {
            <p><strong>{finding_text(lang, indicator, finding)}</strong></p>
            <p class="verdict__words">{verdict.reason.clone()}</p>
            {given_by(lang, stored)}
        }
        .into_any(),
        None => view! { <p class="muted">{t!(lang, "verification-not-yet")}</p> }.into_any(),
    }
}
