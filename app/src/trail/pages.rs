//! The page on which the trail is looked up.

use axum::Router;
use axum::routing::post;
use leptos::prelude::*;

use super::policy::{self, TrailScope};
use super::rules::{ACTS, kind_of, kinds};
use super::store::{self, Filter, Line, MOST_EXPORTED, Names};
use super::wording::detail_words;
use crate::accounts::rules::search_words;
use crate::error::AppError;
use crate::firms::pages::{region_choices, region_name};
use crate::i18n::Lang;
use crate::ids::Region;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::routes::page;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{FormState, Hidden, SelectField, Submit, TextField};
use crate::ui::{ButtonLink, Choice, Crumbs, EmptyState, IconName, Notice, NoticeTone, PageHeader, Pager, TableWrap, Tone, time};

/// The pages of this slice.
pub fn routes() -> Router {
    Router::new().route("/city/audit", page(show)).route("/desk/audit", page(show))
}

/// Files.
pub fn endpoints() -> Router {
    Router::new()
        .route("/city/audit/export", post(super::export::send))
        .route("/desk/audit/export", post(super::export::send))
}

/// What the signed-in actor may read.
pub(super) fn scope(cx: &Cx) -> Result<TrailScope, AppError> {
    policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)
}

/// The filter of the address. Nonsense asks for nothing.
pub(super) fn asked(cx: &Cx) -> Filter {
    let words = |name| search_words(&cx.query(name).unwrap_or_default());
    let day = |name| cx.query(name).and_then(|text| time::parse_day(&text));
    let act = cx.query("act").unwrap_or_default();
    let is_known = ACTS.contains(&act.as_str()) || kinds().contains(&act.as_str());
    let subject = cx.query("subject").and_then(|subject| {
        let (kind, id) = subject.split_once(':')?;
        let id = uuid::Uuid::parse_str(id).map_or_else(|_| id.to_owned(), |id| id.simple().to_string());
        Some((kind.to_owned(), id))
    });
    Filter {
        by: words("by"),
        act: if is_known { act } else { String::new() },
        about: words("about"),
        subject,
        region: cx.query("county").map(Region::from),
        from: day("from").map(time::start_of),
        until: day("to").and_then(|day| day.succ_opt()).map(time::start_of),
    }
}

/// `/city/audit`, and the same for a county's coordinators under `/desk/audit`.
async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let scope = scope(&cx)?;
    let filter = asked(&cx);
    let lines = store::list(&cx.app.db, &scope, &filter, Step::of(&cx)).await?;
    let names = store::names(&cx.app.db, &lines.rows).await?;
    let regions = cx.regions().await?;
    let title = t!(lang, "trail-title");
    let (newer, older) = lines.links(&cx, |line| line.id.to_string());
    let hidden = (!scope.sees_all()).then(|| view! { <Notice tone=NoticeTone::Info><p>{t!(lang, "trail-hidden")}</p></Notice> });
    let export = export_form(&cx, lines.rows.is_empty());
    let form = filter_form(&cx, &scope, &filter, &regions);
    let one = filter.subject.is_some().then(|| one_subject(&cx, &lines.rows, &names));
    let list = if lines.rows.is_empty() {
        view! { <EmptyState title=t!(lang, "trail-none") text=t!(lang, "trail-none-text") icon=IconName::History/> }.into_any()
    } else {
        table(lang, &scope, &regions, &names, lines.rows).into_any()
    };
    let body = view! {
        <Crumbs items=vec![home(lang, &scope)]/>
        <PageHeader title=title.clone() lead=t!(lang, "trail-lead")/>
        {hidden}
        {form}
        {one}
        {list}
        <Pager newer=newer older=older/>
        {export}
    };
    Ok(Page::new(title, body))
}

fn home(lang: Lang, scope: &TrailScope) -> (String, String) {
    if scope.sees_all() {
        ("/city".to_owned(), t!(lang, "nav-city"))
    } else {
        ("/desk".to_owned(), t!(lang, "nav-desk"))
    }
}

/// Which one thing's entries these are, and the way to all others.
fn one_subject(cx: &Cx, lines: &[Line], names: &Names) -> impl IntoView + use<> {
    let name = lines.first().map(|line| subject_words(cx.lang, line, names)).unwrap_or_default();
    let all = cx.here_with("subject", None);
    view! { <p>{t!(cx.lang, "trail-only", name = name)} " " <a href=all>{t!(cx.lang, "trail-all")}</a></p> }
}

fn filter_form(cx: &Cx, scope: &TrailScope, filter: &Filter, regions: &[RegionName]) -> impl IntoView + use<> {
    let lang = cx.lang;
    let empty = FormState::default;
    let county = scope.sees_all().then(|| {
        let mut choices = vec![Choice::new("", t!(lang, "trail-everywhere"))];
        choices.extend(region_choices(lang, regions, |_| true));
        view! { <SelectField form=empty() name="county" label=t!(lang, "trail-region") options=choices value=cx.query("county")/> }
    });
    let subject = cx.query("subject").map(|subject| view! { <Hidden name="subject" value=subject/> });
    let path = cx.uri.path().to_owned();
    let reset = path.clone();
    view! {
        <form class="trail-filter" method="get" role="search" action=path aria-label=t!(lang, "trail-filter")>
            <TextField form=empty() name="by" label=t!(lang, "trail-who") value=cx.query("by") autocomplete="off" maxlength="40"/>
            <TextField form=empty() name="about" label=t!(lang, "trail-about") value=cx.query("about") autocomplete="off" maxlength="60"/>
            <SelectField form=empty() name="act" label=t!(lang, "trail-act") options=act_choices(lang) value=filter.act.clone()/>
            {county}
            <TextField form=empty() name="from" kind="date" label=t!(lang, "trail-from") value=cx.query("from")/>
            <TextField form=empty() name="to" kind="date" label=t!(lang, "trail-to") value=cx.query("to")/>
            {subject}
            <div class="actions">
                <Submit label=t!(lang, "ui-search") tone=Tone::Plain icon=IconName::Search/>
                <ButtonLink href=reset label=t!(lang, "trail-reset")/>
            </div>
        </form>
    }
}

/// Every kind, each followed by its acts.
fn act_choices(lang: Lang) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", t!(lang, "trail-every-act"))];
    for kind in kinds() {
        choices.push(Choice::new(kind, t!(lang, "trail-all-of-kind", kind = kind_words(lang, kind))));
        let acts = ACTS.iter().filter(|act| kind_of(act) == kind);
        choices.extend(acts.map(|act| Choice::new(*act, format!("　{}", act_words(lang, act)))));
    }
    choices
}

/// An act as a sentence without its object: 修改班次.
pub(super) fn act_words(lang: Lang, act: &str) -> String {
    if ACTS.contains(&act) {
        t!(lang, &format!("trail-act-{}", act.replace('.', "-")))
    } else {
        t!(lang, "trail-act-unknown", code = act.to_owned())
    }
}

fn kind_words(lang: Lang, kind: &str) -> String {
    t!(lang, &format!("trail-kind-{kind}"))
}

/// What a subject is called.
pub(super) fn subject_words(lang: Lang, line: &Line, names: &Names) -> String {
    let is_known = kinds().contains(&line.subject_kind.as_str());
    let kind = if is_known { kind_words(lang, &line.subject_kind) } else { String::new() };
    match names.get(&line.subject_id) {
        Some(name) => format!("{kind} {name}"),
        None => kind,
    }
}

/// The page of a subject, where it has one.
fn subject_link(line: &Line) -> Option<String> {
    let path = match line.subject_kind.as_str() {
        "person" => "/desk/people",
        "class" => "/desk/classes",
        "firm" => "/desk/firms",
        "venue" => "/desk/venues",
        "teacher" => "/desk/teachers",
        "pilot" => "/firm",
        "school" => "/schools",
        "cohort" => "/city/cohorts",
        "framework" => "/city/frameworks",
        "plan" => "/city/plans",
        "device" => return Some("/desk/devices".to_owned()),
        _ => return None,
    };
    Some(format!("{path}/{}", line.subject_id))
}

fn table(lang: Lang, scope: &TrailScope, regions: &[RegionName], names: &Names, lines: Vec<Line>) -> impl IntoView + use<> {
    let full = scope.sees_all();
    let rows = lines.into_iter().map(|line| row(lang, full, regions, names, line)).collect_view();
    let from_where = full.then(|| view! { <th scope="col">{t!(lang, "trail-where")}</th> });
    view! {
        <TableWrap label=t!(lang, "trail-title")>
            <table class="table table--stack">
                <thead><tr>
                    <th scope="col">{t!(lang, "trail-when")}</th>
                    <th scope="col">{t!(lang, "trail-who")}</th>
                    <th scope="col">{t!(lang, "trail-act")}</th>
                    <th scope="col">{t!(lang, "trail-about")}</th>
                    <th scope="col">{t!(lang, "trail-detail")}</th>
                    {from_where}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
}

fn row(lang: Lang, full: bool, regions: &[RegionName], names: &Names, line: Line) -> impl IntoView + use<> {
    let words = subject_words(lang, &line, names);
    let about = match subject_link(&line).filter(|_| names.contains_key(&line.subject_id)) {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    let detail = detail_words(lang, regions, &line);
    let county = line
        .region
        .as_ref()
        .map(|region| view! { <p class="muted">{region_name(lang, regions, region)}</p> });
    let from_where = full.then(|| {
        let request = line
            .request_id
            .map(|id| view! { <p class="muted">{t!(lang, "trail-request-id", id = id)}</p> });
        view! { <td data-label=t!(lang, "trail-where")>{line.network} {request}</td> }
    });
    view! {
        <tr>
            <td data-label=t!(lang, "trail-when")>{time::date_time(lang, line.at)}</td>
            <td class="nowrap" data-label=t!(lang, "trail-who")>{line.by_name.unwrap_or_else(|| t!(lang, "trail-by-itself"))}</td>
            <th scope="row">{act_words(lang, &line.what)}</th>
            <td data-label=t!(lang, "trail-about")><div>{about} {county}</div></td>
            <td data-label=t!(lang, "trail-detail")>{detail}</td>
            {from_where}
        </tr>
    }
}

/// A POST, since it leaves a trace itself.
fn export_form(cx: &Cx, is_empty: bool) -> Option<impl IntoView + use<>> {
    let lang = cx.lang;
    let query = cx.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let to = format!("{}/export{query}", cx.uri.path());
    (!is_empty).then(|| {
        view! {
            <form method="post" action=to>
                <p class="muted">{t!(lang, "trail-export-text", n = MOST_EXPORTED)}</p>
                <Submit label=t!(lang, "trail-export") tone=Tone::Plain icon=IconName::Download/>
            </form>
        }
    })
}
