//! The proof: a later round against an earlier one, from gap to cause, action and verified change in one line each.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::{indicator_name, level_short};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::policy::Standing;
use crate::benchmarking::rules::closure::{Closure, Path, closure, falls};
use crate::benchmarking::rules::exact::{shown, shown_percent, shown_signed};
use crate::benchmarking::rules::level::answer_to;
use crate::benchmarking::rules::trend::{Change, Direction, change, rebase};
use crate::benchmarking::rules::{Answer, Answers, Framework, Indicator, Level};
use crate::benchmarking::store::scores::three_of_many;
use crate::benchmarking::store::{self, Assessment, Pilot};
use crate::benchmarking::verification::store::{self as rows, Chain, Deed};
use crate::clock::day_of;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{ButtonLink, Choice, EmptyState, Figure, FormState, IconName, Notice, NoticeTone, SelectField, Submit, TableWrap, Tone};

/// Two verified rounds of one firm, and what lies between them.
struct Pair {
    before: Assessment,
    after: Assessment,
    /// What the later round is measured by.
    framework: Framework,
    change: Change,
    /// Verified levels that can be compared: those of unchanged indicators where the framework changed.
    from: Answers,
    to: Answers,
    closure: Closure,
    chains: BTreeMap<String, Chain>,
}

/// `/firm/{pilot}/verification/proof`
pub async fn proof(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let verified = store::verified_of(&cx.app.db, pilot.id).await?;
    let baseline = store::baseline(&cx.app.db, pilot.id, &verified).await?;
    let title = t!(lang, "verification-proof-title", firm = pilot.firm_name.clone());
    let Some((before, after)) = chosen(&cx, &verified, baseline)? else {
        return Ok(not_yet(&cx, &pilot, &standing, title, &verified));
    };
    let pair = pair(&cx, &pilot, before, after).await?;
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Verification)}
        <h2>{t!(lang, "verification-proof")}</h2>
        {choice(&cx, &pilot, &verified, &pair)}
        {figures(lang, &pair)}
        {comparison(lang, &pair)}
        <section class="stack" aria-labelledby="chain">
            <h3 id="chain">{t!(lang, "verification-chain")}</h3>
            <p class="muted">{t!(lang, "verification-chain-text")}</p>
            {chain_table(lang, &pair)}
        </section>
        {regressions(lang, &pair)}
        <p><a href=format!("/firm/{}/verification", pilot.id)>{t!(lang, "verification-back")}</a></p>
    };
    Ok(Page::new(title, body))
}

/// The rounds that the address names, or the latest verified one against that which the targets started from, as the gate
/// 提升 compares them; none while there are not two.
fn chosen(cx: &Cx, verified: &[Assessment], baseline: Option<&Assessment>) -> Result<Option<(Assessment, Assessment)>, AppError> {
    let [first, .., last] = verified else { return Ok(None) };
    let first = baseline.filter(|known| known.number < last.number).unwrap_or(first);
    let named = |name: &str, otherwise: &Assessment| match cx.query(name) {
        None => Ok(otherwise.clone()),
        Some(number) => {
            let number: Option<i64> = number.parse().ok();
            verified.iter().find(|one| Some(one.number) == number).cloned().ok_or(AppError::NotFound)
        }
    };
    let (one, other) = (named("from", first)?, named("to", last)?);
    // The same round twice compares nothing: then the usual two are meant.
    Ok(Some(match one.number.cmp(&other.number) {
        std::cmp::Ordering::Less => (one, other),
        std::cmp::Ordering::Greater => (other, one),
        std::cmp::Ordering::Equal => (first.clone(), last.clone()),
    }))
}

async fn pair(cx: &Cx, pilot: &Pilot, before: Assessment, after: Assessment) -> Result<Pair, AppError> {
    let db = &cx.app.db;
    let earlier = store::framework(db, store::round(db, before.round_id).await?.framework_id).await?;
    let later = store::framework(db, store::round(db, after.round_id).await?.framework_id).await?;
    let mut levels = three_of_many(db, &[(&before, &earlier), (&after, &later)], day_of(cx.now)).await?;
    let mut verified = |one: &Assessment| levels.remove(&one.id).map(|levels| levels.verified).unwrap_or_default();
    let (from, to) = (verified(&before), verified(&after));
    let change = change(&earlier, &later, &from, &to);
    let (from, to) = if change.is_break {
        let rebased = rebase(&earlier, &later, &from, &to);
        (rebased.before, rebased.after)
    } else {
        (from, to)
    };
    let chains = rows::chain(db, pilot.id).await?;
    let closure = closure(&later, &paths(&later, &from, &to, &chains));
    Ok(Pair {
        before,
        after,
        framework: later,
        change,
        from,
        to,
        closure,
        chains,
    })
}

/// The ways of those indicators that have a target and a level in both rounds.
fn paths(framework: &Framework, from: &Answers, to: &Answers, chains: &BTreeMap<String, Chain>) -> Vec<Path> {
    framework
        .indicators()
        .filter_map(|(_, indicator)| {
            Some(Path {
                indicator: indicator.id.clone(),
                from: answer_to(from, &indicator.id).level()?,
                to: answer_to(to, &indicator.id).level()?,
                target: chains.get(&indicator.id)?.target.and_then(Level::new)?,
            })
        })
        .collect()
}

/// What is there before two rounds are verified, and what comes next.
fn not_yet(cx: &Cx, pilot: &Pilot, standing: &Standing, title: String, verified: &[Assessment]) -> Page {
    let lang = cx.lang;
    let text = match verified {
        [] => t!(lang, "verification-proof-none"),
        [only, ..] => t!(lang, "verification-proof-one", n = only.number),
    };
    let back = format!("/firm/{}/verification", pilot.id);
    let body = view! {
        {pilot_head(cx, pilot, standing, View::Verification)}
        <EmptyState icon=IconName::Chart title=t!(lang, "verification-proof-not-yet") text=text>
            <ButtonLink href=back label=t!(lang, "verification-back")/>
        </EmptyState>
    };
    Page::new(title, body)
}

/// Which two rounds are compared, where there are more than two.
fn choice(cx: &Cx, pilot: &Pilot, verified: &[Assessment], pair: &Pair) -> Option<impl IntoView + use<>> {
    let lang = cx.lang;
    (verified.len() > 2).then(|| {
        let options = || {
            verified
                .iter()
                .map(|one| Choice::new(one.number.to_string(), t!(lang, "verification-round-n", n = one.number)))
                .collect::<Vec<_>>()
        };
        let form = FormState::default();
        view! {
            <form class="search__row" method="get" action=format!("/firm/{}/verification/proof", pilot.id)>
                <SelectField form=&form name="from" label=t!(lang, "verification-proof-from") options=options() value=pair.before.number width="8"/>
                <SelectField form=&form name="to" label=t!(lang, "verification-proof-to") options=options() value=pair.after.number width="8"/>
                <Submit tone=Tone::Plain label=t!(lang, "verification-proof-compare")/>
            </form>
        }
    })
}

fn figures(lang: Lang, pair: &Pair) -> impl IntoView + use<> {
    let none = || t!(lang, "verification-none");
    let closure = pair.closure.overall.map_or_else(none, shown_percent);
    let counted = pair.closure.each.iter().filter(|closed| closed.closure.is_some()).count();
    view! {
        <div class="figures">
            <Figure value=pair.change.before.map_or_else(none, shown) label=t!(lang, "verification-total-of", n = pair.before.number)/>
            <Figure value=pair.change.after.map_or_else(none, shown) label=t!(lang, "verification-total-of", n = pair.after.number)/>
            <Figure value=pair.change.difference.map_or_else(none, shown_signed) label=t!(lang, "verification-difference")/>
            <Figure value=closure label=t!(lang, "verification-closure") hint=t!(lang, "verification-closure-hint", n = counted)/>
            <Figure value=falls_of(pair).len().to_string() label=t!(lang, "verification-regressions")/>
        </div>
    }
}

/// What the difference means, and what it may not be taken for.
fn comparison(lang: Lang, pair: &Pair) -> impl IntoView + use<> {
    let change = &pair.change;
    let direction = change.direction().map(|direction| match direction {
        Direction::Up => t!(lang, "verification-direction-up"),
        Direction::Level => t!(lang, "verification-direction-level"),
        Direction::Down => t!(lang, "verification-direction-down"),
    });
    let (tone, text) = if !change.is_break {
        (NoticeTone::Info, t!(lang, "verification-same-version"))
    } else if change.difference.is_some() {
        let common = shown_percent(change.common);
        (NoticeTone::Warning, t!(lang, "verification-break", common = common))
    } else {
        let common = shown_percent(change.common);
        (NoticeTone::Warning, t!(lang, "verification-break-too-far", common = common))
    };
    let direction = direction.map(|text| view! { <p><strong>{text}</strong></p> });
    view! { <Notice tone=tone title=t!(lang, "verification-comparison")>{direction}<p>{text}</p></Notice> }
}

/// Every indicator that fell and can be compared.
fn falls_of(pair: &Pair) -> Vec<crate::benchmarking::rules::closure::Fall> {
    falls(&pair.framework, &pair.from, &pair.to)
}

fn regressions(lang: Lang, pair: &Pair) -> impl IntoView + use<> {
    let rows: Vec<_> = falls_of(pair)
        .into_iter()
        .filter_map(|fall| {
            let (_, indicator) = pair.framework.indicator(&fall.indicator)?;
            let name = indicator_name(lang, indicator);
            let line = t!(
                lang,
                "verification-fell",
                indicator = name,
                from = i64::from(fall.from.get()),
                to = i64::from(fall.to.get())
            );
            Some(view! { <li>{line}</li> })
        })
        .collect();
    let content = if rows.is_empty() {
        view! { <p class="muted">{t!(lang, "verification-no-regressions")}</p> }.into_any()
    } else {
        view! { <ul>{rows}</ul> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="regressions">
            <h3 id="regressions">{t!(lang, "verification-regressions")}</h3>
            {content}
        </section>
    }
}

fn chain_table(lang: Lang, pair: &Pair) -> impl IntoView + use<> {
    let rows = pair
        .framework
        .indicators()
        .map(|(_, indicator)| chain_row(lang, pair, indicator))
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "verification-chain")>
            <table class="table table--stack">
                <caption class="visually-hidden">{t!(lang, "verification-chain")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "verification-indicator")}</th>
                        <th scope="col">{t!(lang, "verification-chain-gap")}</th>
                        <th scope="col">{t!(lang, "verification-chain-cause")}</th>
                        <th scope="col">{t!(lang, "verification-chain-actions")}</th>
                        <th scope="col">{t!(lang, "verification-chain-change")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-chain-closure")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

/// Gap → cause → action → verified change of one indicator.
fn chain_row(lang: Lang, pair: &Pair, indicator: &Indicator) -> impl IntoView + use<> {
    let none = || t!(lang, "verification-none");
    let chain = pair.chains.get(&indicator.id).cloned().unwrap_or_default();
    let from = answer_to(&pair.from, &indicator.id);
    let gap = match (&chain.gap, from.level()) {
        (Some(gap), Some(own)) => t!(
            lang,
            "verification-gap-line",
            benchmark = gap.benchmark.clone(),
            level = gap.level,
            own = i64::from(own.get()),
            gap = (gap.level - i64::from(own.get())).max(0)
        ),
        _ => none(),
    };
    let deeds = if chain.deeds.is_empty() {
        none().into_any()
    } else {
        let lines = chain.deeds.iter().map(|deed| view! { <li>{deed_text(lang, deed)}</li> }).collect_view();
        view! { <ul class="verdict__deeds">{lines}</ul> }.into_any()
    };
    let closed = pair
        .closure
        .each
        .iter()
        .find(|closed| closed.path.indicator == indicator.id)
        .and_then(|closed| closed.closure);
    view! {
        <tr>
            <th scope="row">{indicator_name(lang, indicator)}</th>
            <td data-label=t!(lang, "verification-chain-gap")>{gap}</td>
            <td data-label=t!(lang, "verification-chain-cause")>{chain.root.clone().unwrap_or_else(none)}</td>
            <td data-label=t!(lang, "verification-chain-actions")>{deeds}</td>
            <td data-label=t!(lang, "verification-chain-change")>{change_text(lang, pair, indicator, chain.target)}</td>
            <td class="num" data-label=t!(lang, "verification-chain-closure")>{closed.map_or_else(none, shown_percent)}</td>
        </tr>
    }
}

fn deed_text(lang: Lang, deed: &Deed) -> String {
    let state = t!(lang, &format!("verification-deed-{}", deed.state));
    let text = t!(lang, "verification-deed", title = deed.title.clone(), state = state);
    if deed.rule.is_empty() {
        text
    } else {
        format!("{text} · {}", t!(lang, "verification-deed-rule", rule = deed.rule.clone()))
    }
}

/// `2 级 → 4 级（目标 4 级）`, or why there is no change to show.
fn change_text(lang: Lang, pair: &Pair, indicator: &Indicator, target: Option<i64>) -> String {
    let (from, to) = (answer_to(&pair.from, &indicator.id), answer_to(&pair.to, &indicator.id));
    let text = match (from, to) {
        (Answer::Level(from), Answer::Level(to)) => format!("{} → {}", level_short(lang, from), level_short(lang, to)),
        _ if pair.change.is_break => return t!(lang, "verification-not-common"),
        (from, to) => format!("{} → {}", answer_text(lang, from), answer_text(lang, to)),
    };
    match target {
        Some(target) => t!(lang, "verification-with-target", change = text, target = target),
        None => text,
    }
}

fn answer_text(lang: Lang, answer: Answer) -> String {
    match answer {
        Answer::Level(level) => level_short(lang, level),
        Answer::NotApplicable => t!(lang, "verification-na"),
        Answer::Missing => t!(lang, "verification-missing"),
    }
}
