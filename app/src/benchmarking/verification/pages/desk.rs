//! A verifier's own list: the firms assigned, what waits on top.

use leptos::prelude::*;

use crate::benchmarking::verification::policy;
use crate::benchmarking::verification::store::{self, Assigned, Turn};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, Crumbs, EmptyState, IconName, Meter, PageHeader, Tab, TableWrap, Tabs, time};

/// `/desk/verifications`
pub async fn list(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let desk = policy::own_desk(cx.actor()?).ok_or(AppError::Forbidden)?;
    let rows = store::assigned(&cx.app.db, desk).await?;
    let names = cx.regions().await?;
    let waiting = rows.iter().filter(|row| row.turn() == Turn::Waiting).count();
    let shows_all = cx.query("show").as_deref() == Some("all");
    let title = t!(lang, "verification-desk");
    let tabs = vec![
        Tab {
            href: "/desk/verifications".to_owned(),
            label: t!(lang, "verification-desk-waiting"),
            current: !shows_all,
            count: i64::try_from(waiting).ok(),
        },
        Tab {
            href: "/desk/verifications?show=all".to_owned(),
            label: t!(lang, "verification-desk-all"),
            current: shows_all,
            count: i64::try_from(rows.len()).ok(),
        },
    ];
    let shown: Vec<&Assigned> = rows.iter().filter(|row| shows_all || row.turn() == Turn::Waiting).collect();
    let content = if shown.is_empty() {
        nothing(lang, rows.len()).into_any()
    } else {
        table(&cx, &shown, &names).into_any()
    };
    let body = view! {
        <Crumbs items=vec![("/desk".to_owned(), t!(lang, "nav-desk"))]/>
        <PageHeader title=title.clone() lead=t!(lang, "verification-desk-lead", all = rows.len(), waiting = waiting)/>
        <Tabs items=tabs/>
        {content}
    };
    Ok(Page::new(title, body))
}

/// Nothing assigned, or nothing handed in yet: whom to ask, or where the firms are.
fn nothing(lang: Lang, assigned: usize) -> impl IntoView + use<> {
    if assigned == 0 {
        return view! {
            <EmptyState icon=IconName::Firm title=t!(lang, "verification-desk-none") text=t!(lang, "verification-desk-none-text")/>
        }
        .into_any();
    }
    view! {
        <EmptyState icon=IconName::Check title=t!(lang, "verification-desk-done") text=t!(lang, "verification-desk-done-text")>
            <ButtonLink href="/desk/verifications?show=all" label=t!(lang, "verification-desk-all")/>
        </EmptyState>
    }
    .into_any()
}

fn table(cx: &Cx, rows: &[&Assigned], names: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let lines = rows.iter().map(|row| line(cx, row, names)).collect_view();
    view! {
        <TableWrap label=t!(lang, "verification-desk")>
            <table class="table table--stack">
                <caption class="visually-hidden">{t!(lang, "verification-desk")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "verification-firm")}</th>
                        <th scope="col">{t!(lang, "verification-round")}</th>
                        <th scope="col">{t!(lang, "verification-state")}</th>
                        <th scope="col">{t!(lang, "verification-progress")}</th>
                        <th scope="col">{t!(lang, "verification-waits")}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </TableWrap>
    }
}

fn line(cx: &Cx, row: &Assigned, names: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let county = names
        .iter()
        .find(|name| name.region == row.region)
        .map(|name| name.name(lang).to_owned())
        .unwrap_or_default();
    let stage = row.stage().map(|stage| t!(lang, &format!("bench-stage-{}", stage.as_str())));
    let about: Vec<String> = [Some(county), stage].into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let round = match (row.round_number, row.round_name.clone()) {
        (Some(number), Some(name)) => t!(lang, "verification-round-named", n = number, name = name),
        _ => t!(lang, "verification-not-begun"),
    };
    let progress = row.assessment.map(|_| {
        view! { <Meter value=row.done max=row.indicators label=t!(lang, "verification-verdicts-given") /> }
    });
    view! {
        <tr>
            <th scope="row">
                <span><a href=format!("/firm/{}/verification", row.pilot)>{row.firm_name.clone()}</a><br/>
                <span class="small muted">{about.join(" · ")}</span></span>
            </th>
            <td data-label=t!(lang, "verification-round")>{round}</td>
            <td data-label=t!(lang, "verification-state")>{turn_badge(lang, row.turn())}</td>
            <td data-label=t!(lang, "verification-progress")><div class="verification-progress">{progress}</div></td>
            <td data-label=t!(lang, "verification-waits")>{waits(cx, row)}</td>
        </tr>
    }
}

fn turn_badge(lang: Lang, turn: Turn) -> impl IntoView + use<> {
    let (tone, label) = match turn {
        Turn::Waiting => (BadgeTone::Attention, t!(lang, "verification-turn-waiting")),
        Turn::WithTheFirm => (BadgeTone::Info, t!(lang, "verification-turn-firm")),
        Turn::Closed => (BadgeTone::Good, t!(lang, "verification-turn-closed")),
        Turn::Over => (BadgeTone::Neutral, t!(lang, "verification-turn-over")),
    };
    view! { <Badge tone=tone label=label/> }
}

/// What is to be done next, in words.
fn waits(cx: &Cx, row: &Assigned) -> String {
    let lang = cx.lang;
    match row.turn() {
        Turn::Waiting => {
            let since = row.submitted_at.map(|at| time::relative_days(lang, at, cx.now)).unwrap_or_default();
            let mut parts = vec![t!(lang, "verification-since", since = since)];
            if row.left() > 0 {
                parts.push(t!(lang, "verification-left", n = row.left()));
            }
            if row.undecided > 0 {
                parts.push(t!(lang, "verification-undecided", n = row.undecided));
            }
            if row.left() == 0 && row.undecided == 0 {
                parts.push(t!(lang, "verification-to-close"));
            }
            parts.join(lang.pick("，", "; "))
        }
        Turn::WithTheFirm => t!(lang, "verification-waits-firm"),
        Turn::Closed => row
            .verified_at
            .map(|at| t!(lang, "verification-closed-on", day = time::date(lang, at)))
            .unwrap_or_default(),
        Turn::Over => t!(lang, "verification-waits-nothing"),
    }
}
