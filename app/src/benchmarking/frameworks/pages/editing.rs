//! The editor of a draft: a page for the framework as a whole, and one for each dimension with its indicators.
//!
//! A draft may be unfinished: what is missing is shown beside its field and keeps it from being published, not from being
//! saved. The buttons that add, move and remove send the whole form along, so nothing that was typed is lost.

use leptos::prelude::*;

use super::{city_crumbs, dimension_name, draft_of_city, field_words, indicator_name, place_words};
use crate::benchmarking::frameworks::forms::{Typed, dimension_field, head_field, indicator_field};
use crate::benchmarking::frameworks::rules::{
    Field, Finding, LONGEST_FRAMEWORK_ID, LONGEST_ID, LONGEST_LEVEL, LONGEST_LEVEL_EN, LONGEST_NAME, LONGEST_NAME_EN, Place, WHOLE, unfinished,
};
use crate::benchmarking::frameworks::store::Stored;
use crate::benchmarking::islands::{LiveSum, Whole};
use crate::benchmarking::rules::{Dimension, Framework, Indicator};
use crate::error::AppError;
use crate::i18n::{Lang, say};
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::FieldError;
use crate::ui::{
    ButtonLink, ErrorSummary, FormState, Hidden, Icon, IconName, Notice, NoticeTone, PageHeader, Submit, Tab, TableWrap, Tabs, TextField, Tone,
};

/// The page and field where something of a draft is edited.
pub(super) fn address(stored: &Stored, place: Place) -> String {
    let dimension = match place {
        Place::Dimension(_, Field::Weight) => None,
        Place::Dimension(at, _) | Place::Indicator(at, _, _) => Some(at),
        _ => None,
    };
    let named = dimension.and_then(|at| stored.framework.dimensions.get(at).map(|own| (at, own)));
    let (page, field) = match named {
        Some((at, own)) => (format!("dimensions/{}", own.id), dimension_field(at, place)),
        None => ("edit".to_owned(), head_field(place)),
    };
    let anchor = field.map(|field| format!("#field-{field}")).unwrap_or_default();
    format!("/city/frameworks/{}/{page}{anchor}", stored.id)
}

/// Fields that say what a form is about.
const NOT_VALUES: [&str; 4] = ["framework", "dimension", "edition", "step"];

/// A value of a page: its field, its name in words, and what is stored.
struct Value {
    field: String,
    label: String,
    stored: String,
}

/// What came back from a save that somebody else's had overtaken: everything that was typed otherwise than it now stands.
struct Overtaken(Vec<(String, String, String)>);

/// The form as it is shown: what was typed with its faults, or what is stored with what is unfinished beside it. Where
/// somebody else saved in between, the stored values are shown, and what was typed stands apart.
fn state(cx: &Cx, name: &str, stored: &Stored, values: &[Value], open: Vec<(String, String)>) -> (FormState, FormState, Option<Overtaken>) {
    let form = cx.form(name);
    let is_overtaken = form.value("edition").is_some_and(|typed| typed != stored.edition.to_string());
    if !form.values.is_empty() && !is_overtaken {
        return (form.clone(), form, None);
    }
    let errors = open.into_iter().map(|(field, message)| FieldError { field, message }).collect();
    let shown = FormState {
        errors,
        ..FormState::default()
    };
    let overtaken = is_overtaken.then(|| overtaken(&form.values, values));
    (shown, FormState::default(), overtaken)
}

/// An indicator may have moved since: what was typed is compared with the stored values of the indicator of the same id.
fn overtaken(typed: &Typed, values: &[Value]) -> Overtaken {
    let typed_of = |field: &str| typed.get(field).and_then(|values| values.first()).map_or("", |text| text.trim());
    let mut differing = Vec::new();
    for (field, texts) in typed.iter().filter(|(field, _)| !NOT_VALUES.contains(&field.as_str())) {
        let text = texts.first().map_or("", |text| text.trim());
        let (part, end) = field.split_once('-').unwrap_or(("", field.as_str()));
        let id = typed_of(&format!("{part}-id"));
        let same_id = |value: &&Value| value.stored == id && value.field.starts_with('i') && value.field.ends_with("-id");
        let place = values.iter().find(same_id).filter(|_| !id.is_empty());
        let field_now = match place.and_then(|value| value.field.split_once('-')) {
            Some((now, _)) => format!("{now}-{end}"),
            None if part.starts_with('i') => String::new(),
            None => field.clone(),
        };
        let now = values.iter().find(|value| value.field == field_now);
        let (label, stored) = now.map_or((format!("{id} {end}"), String::new()), |value| {
            (value.label.clone(), value.stored.clone())
        });
        if text != stored {
            differing.push((label, text.to_owned(), stored));
        }
    }
    Overtaken(differing)
}

fn overtaken_notice(lang: Lang, overtaken: Option<Overtaken>) -> Option<AnyView> {
    let Overtaken(values) = overtaken?;
    let rows = values
        .into_iter()
        .map(|(label, typed, stored)| {
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td data-label=t!(lang, "frameworks-yours")>{typed}</td>
                    <td data-label=t!(lang, "frameworks-theirs")>{stored}</td>
                </tr>
            }
        })
        .collect_view();
    let view = view! {
        <Notice tone=NoticeTone::Warning title=t!(lang, "frameworks-overtaken")>
            <p>{t!(lang, "frameworks-overtaken-text")}</p>
        </Notice>
        <TableWrap label=t!(lang, "frameworks-overtaken")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-what")}</th>
                        <th scope="col">{t!(lang, "frameworks-yours")}</th>
                        <th scope="col">{t!(lang, "frameworks-theirs")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    };
    Some(view.into_any())
}

/// What is unfinished on a page, by field.
fn open_points(lang: Lang, findings: &[Finding], field: impl Fn(Place) -> Option<String>) -> Vec<(String, String)> {
    findings
        .iter()
        .filter_map(|finding| Some((field(finding.place)?, say(lang, &finding.problem))))
        .collect()
}

/// The message of a place that has no field of its own, such as a sum.
fn message(lang: Lang, findings: &[Finding], place: Place) -> Option<String> {
    let finding = findings.iter().find(|finding| finding.place == place)?;
    Some(say(lang, &finding.problem))
}

/// `/city/frameworks/{id}/edit`
pub(super) async fn head(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let stored = draft_of_city(&cx).await?;
    let findings = unfinished(&stored.framework);
    let values = head_values(lang, &stored.framework);
    let (form, returned, overtaken) = state(&cx, "framework", &stored, &values, open_points(lang, &findings, head_field));
    let title = t!(lang, "frameworks-edit-title", title = stored.title());
    let body = view! {
        {city_crumbs(lang, Some(&stored))}
        <ErrorSummary form=returned/>
        {overtaken_notice(lang, overtaken)}
        <PageHeader title=title.clone() lead=t!(lang, "frameworks-edit-lead")/>
        <form method="post" action="/api/save_framework" class="editor">
            <Hidden name="framework" value=stored.id.to_string()/>
            <Hidden name="edition" value=stored.edition.to_string()/>
            {save_bar(lang, &stored)}
            <div class="editor__pair">
                <TextField form=&form name="framework_id" label=t!(lang, "frameworks-framework-id") hint=t!(lang, "frameworks-framework-id-hint")
                    value=stored.framework.id.clone() maxlength=LONGEST_FRAMEWORK_ID autocomplete="off"/>
                <TextField form=&form name="version" label=t!(lang, "frameworks-version-number") hint=t!(lang, "frameworks-version-hint")
                    value=stored.framework.version.clone() maxlength=9 width="8" autocomplete="off"/>
            </div>
            <h2 id="dimensions">{t!(lang, "frameworks-dimensions")}</h2>
            {dimension_rows(lang, &form, &stored)}
            {sum_line(lang, stored.framework.dimensions.iter().map(|own| own.weight).sum(),
                message(lang, &findings, Place::Framework(Field::WeightSum)).or_else(|| message(lang, &findings, Place::Framework(Field::Parts))),
                "input[name^='d'][name$='-weight']")}
            <p><Submit label=t!(lang, "frameworks-dimension-add") tone=Tone::Plain icon=IconName::Plus name="step" value="add"/></p>
            <h2 id="grades">{t!(lang, "frameworks-grades")}</h2>
            <p class="muted">{t!(lang, "frameworks-grades-how")}</p>
            {grade_rows(lang, &form, &stored.framework)}
            <div class="actions"><Submit label=t!(lang, "frameworks-save") tone=Tone::Plain name="step" value="save"/></div>
        </form>
    };
    Ok(Page::new(title, body).interactive())
}

/// The first button of the form is the one that the enter key presses.
fn save_bar(lang: Lang, stored: &Stored) -> impl IntoView + use<> {
    view! {
        <div class="actions">
            <Submit label=t!(lang, "frameworks-save") name="step" value="save"/>
            <ButtonLink href=format!("/city/frameworks/{}", stored.id) label=t!(lang, "frameworks-to-draft")/>
        </div>
    }
}

fn head_values(lang: Lang, framework: &Framework) -> Vec<Value> {
    let mut places = vec![
        (Place::Framework(Field::Id), framework.id.clone()),
        (Place::Framework(Field::Version), framework.version.clone()),
    ];
    for (at, dimension) in framework.dimensions.iter().enumerate() {
        places.push((Place::Dimension(at, Field::Weight), dimension.weight.to_string()));
    }
    for (at, threshold) in framework.grades.iter().enumerate() {
        places.push((Place::Grade(at, Field::TotalMin), threshold.total_min.to_string()));
        places.push((Place::Grade(at, Field::WeakestMin), threshold.weakest_dimension_min.to_string()));
    }
    let value = |(place, stored): (Place, String)| {
        head_field(place).map(|field| Value {
            field,
            label: place_words(lang, framework, place),
            stored,
        })
    };
    places.into_iter().filter_map(value).collect()
}

/// The sum of the weights as stored, with what is wrong with it; as typed while somebody types. `parts` finds their fields.
fn sum_line(lang: Lang, sum: u32, problem: Option<String>, parts: &'static str) -> impl IntoView + use<> {
    // What is wrong although the sum is right is no matter of the sum.
    let id = (sum != WHOLE).then_some("live-sum-fault");
    let problem = problem.map(|problem| {
        view! { <p class="field__error" id=id><Icon name=IconName::Alert/><span class="visually-hidden">{t!(lang, "ui-error")}</span>{problem}</p> }
    });
    view! {
        <div class="editor__sum">
            <p id="live-sum" role="status">{t!(lang, "frameworks-sum", sum = sum, whole = WHOLE)}</p>
            {problem}
            <LiveSum parts=parts.to_owned() whole=Whole::Is(WHOLE.into()) sum=t!(lang, "frameworks-sum-now", sum = "#", whole = "@")
                fits=t!(lang, "frameworks-sum-fits", sum = "#")/>
        </div>
    }
}

/// A field in a table, named by its row and column.
fn cell(form: &FormState, field: String, label: String, stored: u32) -> impl IntoView + use<> {
    let value = form.value(&field).map_or_else(|| stored.to_string(), ToOwned::to_owned);
    let error = form.error(&field).map(ToOwned::to_owned);
    let error_id = error.is_some().then(|| format!("error-{field}"));
    let invalid = error.is_some().then_some("true");
    let message = error.map(|error| view! { <p class="field__error" id=error_id.clone()>{error}</p> });
    view! {
        <div>
            {message}
            <input class="input input--w4" id=format!("field-{field}") name=field inputmode="numeric" value=value maxlength="3"
                aria-label=label aria-invalid=invalid aria-describedby=error_id autocomplete="off"/>
        </div>
    }
}

fn dimension_rows(lang: Lang, form: &FormState, stored: &Stored) -> AnyView {
    let dimensions = &stored.framework.dimensions;
    let last = dimensions.len().saturating_sub(1);
    let rows = dimensions
        .iter()
        .enumerate()
        .map(|(at, dimension)| {
            let name = dimension_name(lang, dimension);
            let href = format!("/city/frameworks/{}/dimensions/{}", stored.id, dimension.id);
            let label = format!("{name} {}", t!(lang, "frameworks-weight"));
            view! {
                <tr>
                    <th scope="row"><a href=href>{name.clone()}</a></th>
                    <td class="num" data-label=t!(lang, "frameworks-indicators")>{dimension.indicators.len()}</td>
                    <td data-label=t!(lang, "frameworks-weight")>{cell(form, format!("d{at}-weight"), label, dimension.weight)}</td>
                    <td data-label=t!(lang, "frameworks-do")>{part_buttons(lang, at, last, name, t!(lang, "frameworks-dimension-remove-text"))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "frameworks-dimensions")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-dimension")}</th>
                        <th scope="col" class="num">{t!(lang, "frameworks-indicators")}</th>
                        <th scope="col">{t!(lang, "frameworks-weight-percent")}</th>
                        <th scope="col">{t!(lang, "frameworks-do")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// Up, down and away. Each sends the form along; only the last asks before it does.
fn part_buttons(lang: Lang, at: usize, last: usize, name: String, text: String) -> impl IntoView + use<> {
    let step = |word: &'static str, label: String| {
        let spoken = format!("{label} {name}");
        view! { <button class="button" type="submit" name="step" value=format!("{word}-{at}") aria-label=spoken>{label}</button> }
    };
    let up = (at > 0).then(|| step("up", t!(lang, "frameworks-up")));
    let down = (at < last).then(|| step("down", t!(lang, "frameworks-down")));
    view! {
        <div class="actions editor__steps">
            {up}
            {down}
            <details class="confirm">
                <summary class="button button--quiet-danger confirm__open">{t!(lang, "frameworks-remove")}<Icon name=IconName::Chevron/></summary>
                <div class="confirm__body" role="group">
                    <p class="confirm__title">{t!(lang, "frameworks-remove-sure", name = name.clone())}</p>
                    <p>{text}</p>
                    <Submit label=t!(lang, "frameworks-remove-yes") tone=Tone::Danger name="step" value=format!("remove-{at}")/>
                </div>
            </details>
        </div>
    }
}

fn grade_rows(lang: Lang, form: &FormState, framework: &Framework) -> AnyView {
    let rows = framework
        .grades
        .iter()
        .enumerate()
        .map(|(at, threshold)| {
            let grade = t!(lang, "frameworks-grade-n", n = threshold.grade);
            let (total, weakest) = (t!(lang, "frameworks-total-min"), t!(lang, "frameworks-weakest-min"));
            view! {
                <tr>
                    <th scope="row">{grade.clone()}</th>
                    <td data-label=total.clone()>{cell(form, format!("g{at}-total"), format!("{grade} {total}"), threshold.total_min)}</td>
                    <td data-label=weakest.clone()>
                        {cell(form, format!("g{at}-weakest"), format!("{grade} {weakest}"), threshold.weakest_dimension_min)}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <TableWrap label=t!(lang, "frameworks-grades")>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">{t!(lang, "frameworks-grade")}</th>
                        <th scope="col">{t!(lang, "frameworks-total-min")}</th>
                        <th scope="col">{t!(lang, "frameworks-weakest-min")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableWrap>
    }
    .into_any()
}

/// `/city/frameworks/{id}/dimensions/{dimension}`
pub(super) async fn dimension(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let stored = draft_of_city(&cx).await?;
    let wanted: String = cx.param("dimension")?;
    let dimensions = &stored.framework.dimensions;
    let at = dimensions.iter().position(|own| own.id == wanted).ok_or(AppError::NotFound)?;
    let dimension = dimensions.get(at).ok_or(AppError::NotFound)?;
    let findings = unfinished(&stored.framework);
    let values = dimension_values(lang, &stored.framework, at, dimension);
    let open = open_points(lang, &findings, |place| dimension_field(at, place));
    let (form, returned, overtaken) = state(&cx, "framework-dimension", &stored, &values, open);
    let title = dimension_name(lang, dimension);
    let sum = dimension.indicators.iter().map(|own| own.weight).sum();
    let problem =
        message(lang, &findings, Place::Dimension(at, Field::WeightSum)).or_else(|| message(lang, &findings, Place::Dimension(at, Field::Parts)));
    let last = dimension.indicators.len().saturating_sub(1);
    let indicators = dimension
        .indicators
        .iter()
        .enumerate()
        .map(|(number, indicator)| indicator_fields(lang, &form, (number, last), indicator))
        .collect_view();
    let body = view! {
        {city_crumbs(lang, Some(&stored))}
        <ErrorSummary form=returned/>
        {overtaken_notice(lang, overtaken)}
        <PageHeader title=title.clone() caption=t!(lang, "frameworks-edit-title", title = stored.title())/>
        {siblings(lang, &stored, at)}
        <form method="post" action="/api/save_dimension" class="editor">
            <Hidden name="framework" value=stored.id.to_string()/>
            <Hidden name="dimension" value=dimension.id.clone()/>
            <Hidden name="edition" value=stored.edition.to_string()/>
            {save_bar(lang, &stored)}
            <fieldset class="editor__part">
                <legend>{t!(lang, "frameworks-dimension")}</legend>
                {part_fields(lang, &form, "", &dimension.id, (&dimension.name, &dimension.name_en), dimension.weight)}
            </fieldset>
            {sum_line(lang, sum, problem, "input[name^='i'][name$='-weight']")}
            {indicators}
            <div class="actions">
                <Submit label=t!(lang, "frameworks-indicator-add") tone=Tone::Plain icon=IconName::Plus name="step" value="add"/>
                <Submit label=t!(lang, "frameworks-save") tone=Tone::Plain name="step" value="save"/>
            </div>
        </form>
    };
    Ok(Page::new(title, body).interactive())
}

/// The draft's dimensions, each with a page of its own.
fn siblings(lang: Lang, stored: &Stored, at: usize) -> impl IntoView + use<> {
    let dimensions = stored.framework.dimensions.iter().enumerate();
    let mut items = vec![Tab {
        href: format!("/city/frameworks/{}/edit", stored.id),
        label: t!(lang, "frameworks-whole"),
        current: false,
        count: None,
    }];
    items.extend(dimensions.map(|(place, own)| Tab {
        href: format!("/city/frameworks/{}/dimensions/{}", stored.id, own.id),
        label: dimension_name(lang, own),
        current: place == at,
        count: None,
    }));
    view! { <Tabs items=items label=t!(lang, "frameworks-dimensions")/> }
}

/// What a dimension and an indicator have alike: id, names and weight. `start` begins the names of the fields.
fn part_fields(lang: Lang, form: &FormState, start: &str, id: &str, names: (&str, &str), weight: u32) -> impl IntoView + use<> {
    let field = |end: &str| format!("{start}{end}");
    view! {
        <div class="editor__head">
            <TextField form=form name=field("id") label=t!(lang, "frameworks-field-id") value=id.to_owned() maxlength=LONGEST_ID width="8" autocomplete="off"/>
            <TextField form=form name=field("name") label=t!(lang, "frameworks-field-name") value=names.0.to_owned() maxlength=LONGEST_NAME autocomplete="off"/>
            <TextField form=form name=field("name_en") label=t!(lang, "frameworks-field-name_en") value=names.1.to_owned() maxlength=LONGEST_NAME_EN
                autocomplete="off"/>
            <TextField form=form name=field("weight") label=t!(lang, "frameworks-weight") value=weight.to_string() maxlength=3 width="4"
                inputmode="numeric" suffix="%" autocomplete="off"/>
        </div>
    }
}

fn indicator_fields(lang: Lang, form: &FormState, at: (usize, usize), indicator: &Indicator) -> impl IntoView + use<> {
    let (number, last) = at;
    let name = indicator_name(lang, indicator);
    let heading = format!("indicator-{number}");
    let id = heading.clone();
    let levels = indicator
        .levels
        .iter()
        .enumerate()
        .map(|(level, text)| {
            let field = |field| indicator_field(number, field).unwrap_or_default();
            view! {
                <div class="editor__pair">
                    <TextField form=form name=field(Field::Level(level)) label=field_words(lang, Field::Level(level)) value=text.zh.clone()
                        maxlength=LONGEST_LEVEL autocomplete="off"/>
                    <TextField form=form name=field(Field::LevelEn(level)) label=field_words(lang, Field::LevelEn(level)) value=text.en.clone()
                        maxlength=LONGEST_LEVEL_EN autocomplete="off"/>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="editor__part" aria-labelledby=heading>
            <h2 id=id>{name.clone()}</h2>
            {part_fields(lang, form, &format!("i{number}-"), &indicator.id, (&indicator.name, &indicator.name_en), indicator.weight)}
            {levels}
            {part_buttons(lang, number, last, name, t!(lang, "frameworks-indicator-remove-text"))}
        </section>
    }
}

fn dimension_values(lang: Lang, framework: &Framework, at: usize, dimension: &Dimension) -> Vec<Value> {
    let mut places = vec![
        (Place::Dimension(at, Field::Id), dimension.id.clone()),
        (Place::Dimension(at, Field::Name), dimension.name.clone()),
        (Place::Dimension(at, Field::NameEn), dimension.name_en.clone()),
        (Place::Dimension(at, Field::Weight), dimension.weight.to_string()),
    ];
    for (number, indicator) in dimension.indicators.iter().enumerate() {
        let place = |field| Place::Indicator(at, number, field);
        places.push((place(Field::Id), indicator.id.clone()));
        places.push((place(Field::Name), indicator.name.clone()));
        places.push((place(Field::NameEn), indicator.name_en.clone()));
        places.push((place(Field::Weight), indicator.weight.to_string()));
        for (level, text) in indicator.levels.iter().enumerate() {
            places.push((place(Field::Level(level)), text.zh.clone()));
            places.push((place(Field::LevelEn(level)), text.en.clone()));
        }
    }
    let value = |(place, stored): (Place, String)| {
        dimension_field(at, place).map(|field| Value {
            field,
            label: place_words(lang, framework, place),
            stored,
        })
    };
    places.into_iter().filter_map(value).collect()
}
