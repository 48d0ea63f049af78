//! The roster desk: filter, select many, decide, see the quotas fill.

use std::collections::HashMap;

use leptos::prelude::*;

use super::parts::{RegionNames, desk_head, link, seat_meters, state_badge};
use crate::accounts::rules::search_words;
use crate::classes::{Class, store as classes};
use crate::db::sql;
use crate::enrolment::islands::RosterKeys;
use crate::enrolment::policy::{self, DeskPermit, RosterScope};
use crate::enrolment::roster::{self, Edge, Filter, RosterPage, Row, Sort, View};
use crate::enrolment::rules::{EnrolmentState, PRIORITIES};
use crate::enrolment::store;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ids::{ClassId, EnrolmentId, EventId, FirmId, Region};
use crate::live::LivePage;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::time::{hour_minute, short_date};
use crate::ui::{
    ButtonLink, Choice, EmptyState, ErrorSummary, FormState, Hidden, IconName, Notice, NoticeTone, Pager, SearchBox, SelectField, Submit, Tab,
    TableWrap, Tabs, TextArea, Tone,
};

/// What the address asks for; anything that cannot be read is left at its beginning.
fn filter(cx: &Cx) -> Filter {
    fn word<T: std::str::FromStr>(cx: &Cx, name: &str) -> Option<T> {
        cx.query(name).and_then(|word| word.parse().ok())
    }
    let county = cx.query("county").filter(|key| key.len() == 6 && key.bytes().all(|b| b.is_ascii_digit()));
    let after = word(cx, "after").map(Edge::After);
    Filter {
        words: search_words(&cx.query("q").unwrap_or_default()),
        view: word(cx, "state").unwrap_or(View::Live),
        county: county.map(Region),
        sort: word(cx, "sort").unwrap_or(Sort::Queue),
        from: after.or_else(|| word(cx, "before").map(Edge::Before)),
    }
}

/// Everything that the page shows.
struct Desk {
    class: Class,
    scope: RosterScope,
    permit: Option<DeskPermit>,
    filter: Filter,
    page: RosterPage,
    counts: Counts,
    places: HashMap<EnrolmentId, i64>,
    names: RegionNames,
    undo: Option<EventId>,
}

impl Desk {
    async fn load(cx: &Cx) -> Result<Self, AppError> {
        let actor = cx.actor()?;
        let db = &cx.app.db;
        let class = classes::class(db, cx.param::<ClassId>("id")?).await?;
        let scope = policy::seeing(actor, &class)?;
        let permit = policy::can_run_roster(actor, &class);
        let filter = filter(cx);
        let page = roster::page(db, scope, &filter).await?;
        let batch = cx.query("undo").and_then(|id| id.parse::<EventId>().ok());
        let undo = match (permit, batch) {
            (Some(permit), Some(batch)) if !store::undoable(db, cx.now, permit, batch).await?.is_empty() => Some(batch),
            _ => None,
        };
        Ok(Self {
            counts: roster::counts(db, scope).await?,
            places: roster::places(db, scope, &page.rows).await?,
            names: RegionNames::load(cx).await?,
            class,
            scope,
            permit,
            filter,
            page,
            undo,
        })
    }

    fn count(&self, view: View) -> i64 {
        view.states().iter().filter_map(|state| self.counts.get(state)).sum()
    }
}

/// How many rows there are in each state.
pub(super) type Counts = HashMap<EnrolmentState, i64>;

/// How full the class is, as it is sent again by the live stream.
pub(super) async fn fullness(cx: &Cx, scope: RosterScope, class: &Class, counts: &Counts) -> Result<impl IntoView + use<>, AppError> {
    let names = RegionNames::load(cx).await?;
    let firms: Vec<(FirmId, String)> = sql("SELECT f.id, f.name FROM seat_holds h JOIN firms f ON f.id = h.firm_id WHERE h.class_id = $1")
        .bind(scope.class())
        .all(&cx.app.db)
        .await?;
    let seats = store::seats_of(&cx.app.db, class).await?;
    let n = |state| counts.get(&state).copied().unwrap_or(0);
    let (submitted, waiting) = (n(EnrolmentState::Submitted), n(EnrolmentState::Waitlisted));
    let lang = cx.lang;
    Ok(view! {
        {seat_meters(lang, &seats, &names, &firms.into_iter().collect())}
        <p class="small muted" role="status">{t!(lang, "enrolment-in-line", submitted = submitted, waiting = waiting)}</p>
    })
}

/// `/desk/classes/{id}/roster`
pub async fn roster(cx: Cx) -> Result<Page, AppError> {
    let desk = Desk::load(&cx).await?;
    let lang = cx.lang;
    let form = cx.form("roster");
    let title = format!("{} · {}", t!(lang, "enrolment-tab-roster"), desk.class.title);
    let full = fullness(&cx, desk.scope, &desk.class, &desk.counts).await?;
    let live = format!("/desk/classes/{}/roster/live", desk.class.id);
    let body = view! {
        <ErrorSummary form=form.clone()/>
        {undo_notice(lang, &desk)}
        {desk_head(&cx, &desk.class, desk.permit, "enrolment-tab-roster")}
        <div data-live=live>
            <div id="fullness">{full}</div>
            <LivePage/>
        </div>
        {toolbar(&cx, &desk)}
        {view_tabs(&cx, &desk)}
        {rows(&cx, &desk, &form)}
        {help(lang)}
        <dialog class="drawer" id="drawer" aria-label=t!(lang, "enrolment-drawer")>
            <form method="dialog" class="drawer__close"><Submit label=t!(lang, "enrolment-drawer-close") tone=Tone::Plain icon=IconName::Cross/></form>
            <div id="drawer-place"></div>
        </dialog>
    };
    Ok(Page::new(title, body).interactive())
}

fn undo_notice(lang: Lang, desk: &Desk) -> Option<impl IntoView + use<>> {
    let batch = desk.undo?;
    let class = desk.class.id.to_string();
    Some(view! {
        <Notice tone=NoticeTone::Info>
            <form method="post" action="/api/undo_decision" class="row">
                <Hidden name="class" value=class/>
                <Hidden name="batch" value=batch.to_string()/>
                <span>{t!(lang, "enrolment-undo-text", minutes = store::UNDO_MINUTES)}</span>
                <Submit label=t!(lang, "enrolment-undo") tone=Tone::Plain icon=IconName::Undo/>
            </form>
        </Notice>
    })
}

/// Search, county and order: an address that can be kept.
fn toolbar(cx: &Cx, desk: &Desk) -> impl IntoView + use<> {
    let lang = cx.lang;
    let mut counties = vec![Choice::new("", t!(lang, "enrolment-all-counties"))];
    counties.extend(desk.names.all().iter().map(|(region, name)| Choice::new(region.as_str(), name)));
    let sorts = Sort::ALL
        .iter()
        .map(|sort| Choice::new(sort.as_str(), t!(lang, &format!("enrolment-sort-{}", sort.as_str()))))
        .collect();
    let here = format!("/desk/classes/{}/roster", desk.class.id);
    let county = desk.filter.county.as_ref().map(ToString::to_string);
    let (sort, view) = (desk.filter.sort.as_str(), desk.filter.view.as_str());
    view! {
        <div class="toolbar">
            <SearchBox name="q" value=cx.query("q") label=t!(lang, "enrolment-search") action=here>
                <SelectField form=FormState::default() name="county" label=t!(lang, "enrolment-county") options=counties value=county width="12"/>
                <SelectField form=FormState::default() name="sort" label=t!(lang, "enrolment-sort") options=sorts value=sort width="12"/>
                <Hidden name="state" value=view/>
            </SearchBox>
        </div>
    }
}

fn view_tabs(cx: &Cx, desk: &Desk) -> impl IntoView + use<> {
    let items = View::ALL
        .iter()
        .map(|view| Tab {
            href: link(cx, &[("state", Some(view.as_str())), ("after", None), ("before", None)]),
            label: t!(cx.lang, &format!("enrolment-view-{}", view.as_str())),
            current: *view == desk.filter.view,
            count: Some(desk.count(*view)),
        })
        .collect();
    view! { <Tabs items=items label=t!(cx.lang, "enrolment-views")/> }
}

fn rows(cx: &Cx, desk: &Desk, form: &FormState) -> AnyView {
    let lang = cx.lang;
    if desk.page.rows.is_empty() {
        return nobody(cx, desk).into_any();
    }
    let all = cx.query("all").is_some();
    let lines = desk
        .page
        .rows
        .iter()
        .map(|row| line(cx, desk, row, all || form.has("ids[]", &row.id.to_string())))
        .collect_view();
    let edge = |name: &str, row: Option<&Row>| {
        let other = if name == "after" { "before" } else { "after" };
        row.map(|row| link(cx, &[(name, Some(&row.id.to_string())), (other, None)]))
    };
    let newer = edge("before", desk.page.rows.first().filter(|_| desk.page.before));
    let older = edge("after", desk.page.rows.last().filter(|_| desk.page.after));
    let bar = desk.permit.is_some().then(|| selection(cx, form));
    let tick_head = desk
        .permit
        .is_some()
        .then(|| view! { <th scope="col"><span class="visually-hidden">{t!(lang, "enrolment-select")}</span></th> });
    let head = move |key: &'static str| view! { <th scope="col">{t!(lang, key)}</th> };
    let keys = desk
        .permit
        .is_some()
        .then(|| view! { <RosterKeys selected=t!(lang, "enrolment-selected", n = "#")/> });
    view! {
        <form method="post" action="/api/decide_enrolments" id="roster" class="roster">
            // Enter in a field must not press the first button: a disabled one stands before it.
            <button type="submit" disabled=true hidden=true></button>
            <Hidden name="class" value=desk.class.id.to_string()/>
            <TableWrap label=t!(lang, "enrolment-tab-roster") tall=true>
                <table class="table table--stack roster__table">
                    <thead>
                        <tr>
                            {tick_head}
                            {head("enrolment-name")}
                            {head("enrolment-phone")}
                            {head("enrolment-firm")}
                            {head("enrolment-county")}
                            {head("enrolment-state")}
                            {head("enrolment-priority")}
                            {head("enrolment-applied")}
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </TableWrap>
            {bar}
            {keys}
        </form>
        <Pager newer=newer older=older/>
    }
    .into_any()
}

fn nobody(cx: &Cx, desk: &Desk) -> impl IntoView + use<> {
    let lang = cx.lang;
    let base = format!("/desk/classes/{}/roster", desk.class.id);
    let filtered = !desk.filter.words.is_empty() || desk.filter.county.is_some() || desk.filter.from.is_some();
    let (title, text, href, label) = if filtered || desk.filter.view != View::Live {
        ("enrolment-nobody-found", "enrolment-nobody-found-text", base, "enrolment-show-all")
    } else {
        ("enrolment-nobody", "enrolment-nobody-text", format!("{base}/add"), "enrolment-tab-add")
    };
    view! {
        <EmptyState title=t!(lang, title) text=t!(lang, text) icon=IconName::People>
            <ButtonLink href=href label=t!(lang, label)/>
        </EmptyState>
    }
}

fn line(cx: &Cx, desk: &Desk, row: &Row, ticked: bool) -> impl IntoView + use<> {
    let lang = cx.lang;
    let id = row.id.to_string();
    let tick = desk.permit.is_some().then(|| {
        let label = t!(lang, "enrolment-select-one", name = row.name.clone());
        view! {
            <td><label class="pick"><input class="check" type="checkbox" name="ids[]" value=id.clone() checked=ticked aria-label=label/></label></td>
        }
    });
    let href = format!("/desk/classes/{}/roster/{id}", desk.class.id);
    let position = row
        .position
        .clone()
        .map(|position| view! { <span class="muted small">" "{position}</span> });
    let priority = (row.priority != 0).then(|| row.priority.to_string());
    let applied = format!("{} {}", short_date(lang, row.queued_at), hour_minute(row.queued_at));
    let held = row
        .held_by
        .map(|_| view! { <span class="muted small">" "{t!(lang, "enrolment-held")}</span> });
    view! {
        <tr>
            {tick}
            <th scope="row"><a href=href data-drawer="">{row.name.clone()}</a>{position}</th>
            <td data-label=t!(lang, "enrolment-phone")>{row.phone.clone()}</td>
            <td data-label=t!(lang, "enrolment-firm")>{row.firm.clone()}</td>
            <td data-label=t!(lang, "enrolment-county") class="nowrap">{desk.names.of(&row.region)}</td>
            <td data-label=t!(lang, "enrolment-state")>{state_badge(lang, row.state, desk.places.get(&row.id).copied())}{held}</td>
            <td data-label=t!(lang, "enrolment-priority")>{priority}</td>
            <td data-label=t!(lang, "enrolment-applied") class="nowrap">{applied}</td>
        </tr>
    }
}

/// What can be done with the rows selected.
fn selection(cx: &Cx, form: &FormState) -> impl IntoView + use<> {
    let lang = cx.lang;
    let all = link(cx, &[("all", Some("1"))]);
    view! {
        <div class="selection" id="field-ids">
            <span class="selection__count" id="selected" role="status">{t!(lang, "enrolment-selected-plain")}</span>
            <a class="button" href=all data-all="">{t!(lang, "enrolment-select-all")}</a>
            <Submit label=t!(lang, "enrolment-approve") name="decision" value="approve" icon=IconName::Check/>
            {reasoned(lang, form, "reject")}
            {reasoned(lang, form, "withdraw")}
            <details class="confirm">
                <summary class="button confirm__open">{t!(lang, "enrolment-priority-set")}</summary>
                <div class="confirm__body" role="group">{priority_fields(lang, form, 0)}</div>
            </details>
        </div>
    }
}

/// A decision that takes something away: it folds out to ask why.
pub(super) fn reasoned(lang: Lang, form: &FormState, decision: &'static str) -> impl IntoView + use<> {
    let field = format!("{decision}_reason");
    let open = form.error(&field).is_some();
    let text = |part: &str| match decision {
        "reject" => t!(lang, &format!("enrolment-reject-{part}")),
        _ => t!(lang, &format!("enrolment-takeoff-{part}")),
    };
    view! {
        <details class="confirm" open=open>
            <summary class="button button--quiet-danger confirm__open">{text("open")}</summary>
            <div class="confirm__body" role="group">
                <p>{text("text")}</p>
                <TextArea form=form name=field label=text("reason") rows="2" maxlength="200"/>
                <Submit label=text("yes") tone=Tone::Danger name="decision" value=decision/>
            </div>
        </details>
    }
}

/// The choice of a priority.
pub(super) fn priority_fields(lang: Lang, form: &FormState, now: i64) -> impl IntoView + use<> {
    let options = PRIORITIES.rev().map(|n| Choice::new(n.to_string(), n.to_string())).collect();
    view! {
        <SelectField form=form name="priority" label=t!(lang, "enrolment-priority") hint=t!(lang, "enrolment-priority-hint") options=options value=now width="4"/>
        <Submit label=t!(lang, "enrolment-priority-yes") tone=Tone::Plain name="decision" value="priority"/>
    }
}

fn help(lang: Lang) -> impl IntoView + use<> {
    let keys = ["j", "k", "x", "shift", "a", "enter", "slash", "help"]
        .map(|key| {
            let text = t!(lang, &format!("enrolment-key-{key}"));
            let name = match key {
                "j" => "J / ↓",
                "k" => "K / ↑",
                "x" => "X / Space",
                "shift" => "Shift + click",
                "a" => "A",
                "enter" => "Enter",
                "slash" => "/",
                _ => "?",
            };
            view! { <div><dt><kbd>{name}</kbd></dt><dd>{text}</dd></div> }
        })
        .collect_view();
    view! {
        <details id="keys" class="keys">
            <summary>{t!(lang, "enrolment-keys")}</summary>
            <dl class="facts">{keys}</dl>
        </details>
    }
}
