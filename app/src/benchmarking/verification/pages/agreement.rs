//! How far self, evidence-capped and verified levels agree, over the firms of a round.

use std::collections::BTreeMap;
use std::fmt::Write;

use leptos::prelude::*;

use super::indicator_name;
use crate::benchmarking::rules::Framework;
use crate::benchmarking::rules::exact::{Exact, shown_percent, shown_signed, whole};
use crate::benchmarking::store::framework;
use crate::benchmarking::verification::policy;
use crate::benchmarking::verification::rules::{Agreement, FEW};
use crate::benchmarking::verification::store::{self, AgreementRound, Compared};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::PersonId;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, Choice, Crumbs, EmptyState, FormState, IconName, PageHeader, SelectField, Submit, TableWrap, Tone};

/// One line of a table: whose figures, and the figures.
struct Line {
    name: String,
    short: String,
    agreement: Agreement,
    /// Verdicts that could not be compared: N/A.
    apart: usize,
}

/// `/city/verifications`
pub async fn agreement(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    let scope = policy::compares(actor).ok_or(AppError::Forbidden)?;
    let rounds = store::rounds(&cx.app.db, &scope).await?;
    let title = t!(lang, "verification-agreement");
    let chosen = match cx.query("round") {
        None => rounds.first(),
        Some(id) => Some(rounds.iter().find(|round| round.id.to_string() == id).ok_or(AppError::NotFound)?),
    };
    let lead = if actor.is_city() {
        t!(lang, "verification-agreement-lead")
    } else {
        t!(lang, "verification-agreement-lead-county")
    };
    let content = match chosen {
        None => view! {
            <EmptyState icon=IconName::Chart title=t!(lang, "verification-agreement-none") text=t!(lang, "verification-agreement-none-text")>
                <ButtonLink href="/desk/programme" label=t!(lang, "bench-programme")/>
            </EmptyState>
        }
        .into_any(),
        Some(round) => {
            let framework = framework(&cx.app.db, round.framework_id).await?;
            let compared = store::compared(&cx.app.db, &scope, round.id).await?;
            round_view(lang, &rounds, round, &framework, &compared).into_any()
        }
    };
    let up = ("/desk/programme".to_owned(), t!(lang, "bench-programme"));
    let body = view! {
        <Crumbs items=vec![up]/>
        <PageHeader title=title.clone() lead=lead/>
        {content}
    };
    Ok(Page::new(title, body))
}

fn round_view(lang: Lang, rounds: &[AgreementRound], round: &AgreementRound, framework: &Framework, compared: &[Compared]) -> impl IntoView + use<> {
    let by_indicator = indicator_lines(lang, framework, compared);
    let by_verifier = verifier_lines(lang, compared);
    let all: Agreement = compared.iter().filter_map(|one| one.triple).collect();
    let whole_line = Line {
        name: t!(lang, "verification-agreement-all"),
        short: String::new(),
        agreement: all,
        apart: compared.len() - all.count,
    };
    view! {
        {choice(lang, rounds, round)}
        <p>{t!(lang, "verification-agreement-firms", n = round.firms)}</p>
        <section class="stack" aria-labelledby="by-indicator">
            <h2 id="by-indicator">{t!(lang, "verification-by-indicator")}</h2>
            {bars(lang, &by_indicator)}
            {table(lang, t!(lang, "verification-by-indicator"), t!(lang, "verification-indicator"), &by_indicator, Some(&whole_line))}
        </section>
        <section class="stack" aria-labelledby="by-verifier">
            <h2 id="by-verifier">{t!(lang, "verification-by-verifier")}</h2>
            {table(lang, t!(lang, "verification-by-verifier"), t!(lang, "verification-verifier"), &by_verifier, None)}
        </section>
        <p class="small muted">{t!(lang, "verification-agreement-note", few = FEW)}</p>
    }
}

fn choice(lang: Lang, rounds: &[AgreementRound], current: &AgreementRound) -> Option<impl IntoView + use<>> {
    (rounds.len() > 1).then(|| {
        let options = rounds
            .iter()
            .map(|round| {
                let name = t!(lang, "verification-round-named", n = round.number, name = round.name.clone());
                Choice::new(round.id.to_string(), format!("{} · {name}", round.cohort_name))
            })
            .collect();
        let form = FormState::default();
        view! {
            <form class="verification-choice" method="get" action="/city/verifications">
                <SelectField form=&form name="round" label=t!(lang, "verification-round") options=options value=current.id.to_string()/>
                <Submit tone=Tone::Plain label=t!(lang, "verification-show")/>
            </form>
        }
    })
}

fn indicator_lines(lang: Lang, framework: &Framework, compared: &[Compared]) -> Vec<Line> {
    framework
        .indicators()
        .map(|(_, indicator)| {
            let of = || compared.iter().filter(|one| one.indicator == indicator.id);
            let agreement: Agreement = of().filter_map(|one| one.triple).collect();
            Line {
                name: indicator_name(lang, indicator),
                short: indicator.id.clone(),
                apart: of().count() - agreement.count,
                agreement,
            }
        })
        .collect()
}

fn verifier_lines(lang: Lang, compared: &[Compared]) -> Vec<Line> {
    let mut lines: BTreeMap<Option<PersonId>, Line> = BTreeMap::new();
    for one in compared {
        let line = lines.entry(one.verifier).or_insert_with(|| {
            let name = one.verifier_name.clone().unwrap_or_else(|| t!(lang, "verification-unknown"));
            Line {
                short: name.clone(),
                name,
                agreement: Agreement::default(),
                apart: 0,
            }
        });
        match one.triple {
            Some(triple) => line.agreement.add(triple),
            None => line.apart += 1,
        }
    }
    lines.into_values().collect()
}

fn table(lang: Lang, title: String, label: String, lines: &[Line], total: Option<&Line>) -> impl IntoView + use<> {
    let rows = lines.iter().map(|line| row(lang, line)).collect_view();
    let total = total.map(|line| row(lang, line));
    view! {
        <TableWrap label=title.clone()>
            <table class="table table--stack">
                <caption class="visually-hidden">{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{label}</th>
                        <th scope="col" class="num">{t!(lang, "verification-compared")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-exact")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-own-minus")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-capped-minus")}</th>
                        <th scope="col" class="num">{t!(lang, "verification-apart")}</th>
                    </tr>
                </thead>
                <tbody>{rows}{total}</tbody>
            </table>
        </TableWrap>
    }
}

fn row(lang: Lang, line: &Line) -> impl IntoView + use<> {
    let figure = |value: Option<Exact>, text: fn(Exact) -> String| value.map_or_else(|| t!(lang, "verification-none"), text);
    let agreement = &line.agreement;
    let few = (agreement.count > 0 && agreement.is_few()).then(|| view! { <Badge tone=BadgeTone::Neutral label=t!(lang, "verification-few")/> });
    view! {
        <tr>
            <th scope="row"><span class="row">{line.name.clone()} {few}</span></th>
            <td class="num" data-label=t!(lang, "verification-compared")>{agreement.count}</td>
            <td class="num" data-label=t!(lang, "verification-exact")>{figure(agreement.exact_share(), shown_percent)}</td>
            <td class="num" data-label=t!(lang, "verification-own-minus")>{figure(agreement.own_minus_verified(), shown_signed)}</td>
            <td class="num" data-label=t!(lang, "verification-capped-minus")>{figure(agreement.capped_minus_verified(), shown_signed)}</td>
            <td class="num" data-label=t!(lang, "verification-apart")>{line.apart}</td>
        </tr>
    }
}

const LABEL: i64 = 44;
const TRACK: i64 = 270;
const WIDTH: i64 = LABEL + TRACK + 56;
const STEP: i64 = 24;

/// Exact agreement of each indicator as a bar from left to right; the same figures stand in the table below.
fn bars(lang: Lang, lines: &[Line]) -> impl IntoView + use<> {
    let mut svg = String::new();
    for (n, line) in (0..).zip(lines) {
        let top = n * STEP;
        let share = line.agreement.exact_share();
        let width = share.map_or(0, |share| i64::try_from((share * whole(TRACK)).to_integer()).unwrap_or(0));
        let text = share.map_or_else(|| "–".to_owned(), shown_percent);
        let _ = write!(
            svg,
            r#"<text class="agreement__label" x="0" y="{base}">{id}</text><rect class="agreement__track" x="{LABEL}" y="{bar}" width="{TRACK}" height="14" rx="2"/><rect class="agreement__bar" x="{LABEL}" y="{bar}" width="{width}" height="14" rx="2"/><text class="agreement__value" x="{end}" y="{base}">{text}</text>"#,
            base = top + 16,
            bar = top + 4,
            id = escape(&line.short),
            end = LABEL + TRACK + 6,
        );
    }
    let height = i64::try_from(lines.len()).unwrap_or(0) * STEP;
    view! {
        <figure class="chart">
            <figcaption>{t!(lang, "verification-bars")}</figcaption>
            <svg class="agreement" viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-label=t!(lang, "verification-bars") focusable="false" inner_html=svg></svg>
        </figure>
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
