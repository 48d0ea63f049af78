//! `/desk/classes/new`, `…/edit`, `…/duplicate`

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{class_crumbs, managed};
use crate::classes::forms::{LONGEST_SUMMARY, LONGEST_TERM, LONGEST_TITLE, MOST_SEATS, QUOTA_FIELD};
use crate::classes::store::choices::{self, ThemeChoice};
use crate::classes::store::{self, Quota};
use crate::classes::{Approval, Class};
use crate::error::AppError;
use crate::i18n::Lang;
use crate::regions::{self, RegionName};
use crate::request::Cx;
use crate::schools::{self, Plan};
use crate::shell::Page;
use crate::t;
use crate::ui::form::FormState;
use crate::ui::{Choice, ErrorSummary, Facts, Hidden, Notice, NoticeTone, PageHeader, RadioField, SelectField, Submit, TextArea, TextField, time};

/// What the class form chooses from.
struct Choices {
    plans: Vec<Plan>,
    themes: Vec<ThemeChoice>,
    counties: Vec<RegionName>,
}

async fn choices(cx: &Cx) -> Result<Choices, AppError> {
    let db = &cx.app.db;
    Ok(Choices {
        plans: schools::plan::all(db).await?,
        themes: choices::themes(db).await?,
        counties: regions::counties(db, time::day_of(cx.now)).await?,
    })
}

/// A form for a new class.
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let actor = cx.actor()?;
    if !actor.is_coordinator() {
        return Err(AppError::Forbidden);
    }
    let reach = actor.coordinated();
    let schools = schools::store::all(&cx.app.db).await?;
    let own: Vec<Choice> = schools
        .into_iter()
        .filter(|school| reach.covers(&school.region))
        .map(|school| Choice::new(school.region.to_string(), school.name(lang)))
        .collect();
    let choices = choices(&cx).await?;
    let form = cx.form("class");
    let title = t!(lang, "classes-new");
    let school = match own.as_slice() {
        [only] => view! { <Hidden name="region" value=only.value.clone()/> }.into_any(),
        _ => view! { <SelectField form=&form name="region" label=t!(lang, "classes-school") options=own/> }.into_any(),
    };
    let no_plan = choices
        .plans
        .is_empty()
        .then(|| view! { <Notice tone=NoticeTone::Warning><p>{t!(lang, "classes-no-plan")}</p></Notice> });
    let body = view! {
        {class_crumbs(lang, None)}
        <ErrorSummary form=&form/>
        <PageHeader title=title.clone() lead=t!(lang, "classes-new-lead")/>
        {no_plan}
        <form method="post" action="/api/create_class" class="form narrow">
            {school}
            {fields(lang, &form, &choices, None, &[])}
            <Submit label=t!(lang, "classes-create")/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// The form of a class that exists.
pub async fn edit(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _) = managed(&cx).await?;
    if !class.state.takes_changes() {
        return Err(AppError::refused("classes-frozen"));
    }
    let choices = choices(&cx).await?;
    let quotas = store::quotas(&cx.app.db, class.id).await?;
    let around = store::surroundings(&cx.app.db, class.id).await?;
    let form = cx.form("class");
    let stale = form.value("edition").is_some_and(|typed| typed != around.edition.to_string());
    let conflict = stale.then(|| conflict(lang, stored(lang, &class, &quotas, &choices)));
    let title = t!(lang, "classes-edit");
    let people = t!(lang, "classes-capacity-now", approved = around.approved, waitlisted = around.waitlisted);
    let body = view! {
        {class_crumbs(lang, Some(&class))}
        <ErrorSummary form=&form/>
        {conflict}
        <PageHeader title=title.clone() caption=class.title.clone() lead=people/>
        <form method="post" action="/api/edit_class" class="form narrow">
            <Hidden name="class" value=class.id.to_string()/>
            <Hidden name="edition" value=around.edition.to_string()/>
            {fields(lang, &form, &choices, Some(&class), &quotas)}
            <Submit label=t!(lang, "classes-save")/>
        </form>
    };
    Ok(Page::new(title, body))
}

/// Somebody saved in between: what stands now, above what was typed.
pub(super) fn conflict(lang: Lang, stored: Vec<(String, String)>) -> impl IntoView {
    view! {
        <Notice tone=NoticeTone::Warning title=t!(lang, "classes-conflict-title")>
            <p>{t!(lang, "classes-conflict-text")}</p>
            <Facts items=stored/>
        </Notice>
    }
}

fn stored(lang: Lang, class: &Class, quotas: &[Quota], choices: &Choices) -> Vec<(String, String)> {
    let at = |at: Option<DateTime<Utc>>| at.map_or_else(|| t!(lang, "classes-not-set"), |at| time::date_time(lang, at));
    let county = |quota: &Quota| {
        let name = choices.counties.iter().find(|county| county.region == quota.region);
        format!("{} {}", name.map_or("", |county| county.name(lang)), quota.seats)
    };
    vec![
        (t!(lang, "classes-name"), class.title.clone()),
        (t!(lang, "classes-term"), class.term.clone()),
        (t!(lang, "classes-capacity"), class.capacity.to_string()),
        (t!(lang, "classes-enrol-opens"), at(class.enrol_opens_at)),
        (t!(lang, "classes-enrol-closes"), at(class.enrol_closes_at)),
        (t!(lang, "classes-cutoff"), at(class.cutoff_at)),
        (t!(lang, "classes-quotas"), quotas.iter().map(county).collect::<Vec<_>>().join(" · ")),
    ]
}

fn fields(lang: Lang, form: &FormState, choices: &Choices, class: Option<&Class>, quotas: &[Quota]) -> impl IntoView + use<> {
    let plans: Vec<Choice> = choices
        .plans
        .iter()
        .map(|plan| Choice::new(plan.id.to_string(), format!("{} {}", plan.year, plan.name(lang))))
        .collect();
    let first_plan = choices.plans.first().map(|plan| plan.id.to_string());
    let mut themes = vec![Choice::new("", t!(lang, "classes-not-set"))];
    themes.extend(choices.themes.iter().map(|theme| {
        Choice::new(
            theme.id.to_string(),
            format!("{} {}", theme.year, lang.pick(&theme.name_zh, &theme.name_en)),
        )
    }));
    let plan = class.map(|class| class.plan_id.to_string()).or(first_plan);
    let theme = class.and_then(|class| class.theme_id).map(|id| id.to_string());
    view! {
        <TextField form=form name="title" label=t!(lang, "classes-name") hint=t!(lang, "classes-name-hint") value=class.map(|class| class.title.clone())
            maxlength=LONGEST_TITLE autocomplete="off"/>
        <TextArea form=form name="summary" label=t!(lang, "classes-summary") hint=t!(lang, "classes-summary-hint") optional=true
            value=class.map(|class| class.summary.clone()) maxlength=LONGEST_SUMMARY/>
        <SelectField form=form name="plan" label=t!(lang, "classes-plan") options=plans value=plan/>
        <SelectField form=form name="theme" label=t!(lang, "classes-theme") options=themes optional=true value=theme/>
        <TextField form=form name="term" label=t!(lang, "classes-term") hint=t!(lang, "classes-term-hint") width="12" value=class.map(|class| class.term.clone())
            maxlength=LONGEST_TERM autocomplete="off"/>
        {enrolment_fields(lang, form, class)}
        {quota_fields(lang, form, choices, class, quotas)}
        {attendance_fields(lang, form, class)}
    }
}

fn local(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(time::local_input)
}

fn enrolment_fields(lang: Lang, form: &FormState, class: Option<&Class>) -> impl IntoView + use<> {
    let approvals = [Approval::Automatic, Approval::ByHand]
        .iter()
        .map(|approval| {
            let word = approval.as_str();
            Choice::new(word, t!(lang, &format!("classes-approval-{word}"))).with_hint(t!(lang, &format!("classes-approval-{word}-hint")))
        })
        .collect::<Vec<_>>();
    let approval = class.map_or(Approval::Automatic, |class| class.approval).as_str();
    view! {
        <h2>{t!(lang, "classes-part-enrolment")}</h2>
        <TextField form=form name="capacity" kind="number" label=t!(lang, "classes-capacity") width="4" min="1" max=MOST_SEATS
            value=class.map(|class| class.capacity) autocomplete="off"/>
        <RadioField form=form name="approval" label=t!(lang, "classes-approval") options=approvals value=approval/>
        <TextField form=form name="enrol_opens_at" kind="datetime-local" label=t!(lang, "classes-enrol-opens") hint=t!(lang, "classes-enrol-opens-hint")
            optional=true value=local(class.and_then(|class| class.enrol_opens_at))/>
        <TextField form=form name="enrol_closes_at" kind="datetime-local" label=t!(lang, "classes-enrol-closes") optional=true
            hint=t!(lang, "classes-enrol-closes-hint") value=local(class.and_then(|class| class.enrol_closes_at))/>
        <TextField form=form name="cutoff_at" kind="datetime-local" label=t!(lang, "classes-cutoff") hint=t!(lang, "classes-cutoff-hint")
            optional=true value=local(class.and_then(|class| class.cutoff_at))/>
    }
}

fn quota_fields(lang: Lang, form: &FormState, choices: &Choices, class: Option<&Class>, quotas: &[Quota]) -> impl IntoView + use<> {
    let fields: Vec<_> = choices
        .counties
        .iter()
        .map(|county| {
            let kept = quotas.iter().find(|quota| quota.region == county.region).map(|quota| quota.seats);
            view! {
                <TextField form=form name=format!("{QUOTA_FIELD}{}", county.region) kind="number" label=county.name(lang) width="4" min="0" max=MOST_SEATS
                    value=kept autocomplete="off"/>
            }
        })
        .collect();
    view! {
        <h2>{t!(lang, "classes-quotas")}</h2>
        <p class="muted">{t!(lang, "classes-quotas-hint")}</p>
        <div class="grid">{fields}</div>
        <TextField form=form name="quota_reclaim_at" kind="datetime-local" label=t!(lang, "classes-reclaim") hint=t!(lang, "classes-reclaim-hint")
            optional=true value=local(class.and_then(|class| class.quota_reclaim_at))/>
    }
}

fn attendance_fields(lang: Lang, form: &FormState, class: Option<&Class>) -> impl IntoView + use<> {
    view! {
        <h2>{t!(lang, "classes-part-attendance")}</h2>
        <TextField form=form name="opens_before_min" kind="number" label=t!(lang, "classes-opens-before") width="4" min="0" max="240"
            suffix=t!(lang, "classes-minutes") value=class.map_or(30, |class| class.opens_before_min) autocomplete="off"/>
        <TextField form=form name="late_after_min" kind="number" label=t!(lang, "classes-late-after") width="4" min="0" max="120"
            suffix=t!(lang, "classes-minutes") value=class.map_or(10, |class| class.late_after_min) autocomplete="off"/>
        <TextField form=form name="pass_rate" kind="number" label=t!(lang, "classes-pass-rate") hint=t!(lang, "classes-pass-rate-hint") width="4" min="1"
            max="100" suffix="%" value=class.map_or(80, |class| class.pass_rate) autocomplete="off"/>
    }
}

/// A form for the same class in another term.
pub async fn duplicate(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (class, _) = managed(&cx).await?;
    let form = cx.form("class-copy");
    let title = t!(lang, "classes-duplicate");
    let first_day = class.starts_at.map(|at| time::day_of(at).to_string());
    let body = view! {
        {class_crumbs(lang, Some(&class))}
        <ErrorSummary form=&form/>
        <PageHeader title=title.clone() caption=class.title.clone() lead=t!(lang, "classes-duplicate-lead")/>
        <form method="post" action="/api/duplicate_class" class="form narrow">
            <Hidden name="class" value=class.id.to_string()/>
            <TextField form=&form name="title" label=t!(lang, "classes-name") value=class.title.clone() maxlength=LONGEST_TITLE autocomplete="off"/>
            <TextField form=&form name="term" label=t!(lang, "classes-term") hint=t!(lang, "classes-term-hint") width="12" maxlength=LONGEST_TERM
                autocomplete="off"/>
            <TextField form=&form name="first_day" kind="date" label=t!(lang, "classes-first-day") hint=t!(lang, "classes-first-day-hint") value=first_day/>
            <Submit label=t!(lang, "classes-duplicate-yes")/>
        </form>
    };
    Ok(Page::new(title, body))
}
