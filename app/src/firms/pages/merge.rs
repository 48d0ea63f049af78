//! Merging two firms: find the other, compare and choose, look at what moves, confirm.

use leptos::prelude::*;

use super::parts::{crumbs, likeness_word, stored_value};
use super::{region_name, scope};
use crate::accounts::rules::search_words;
use crate::error::AppError;
use crate::firms::policy::{self, FirmScope};
use crate::firms::store::{self, Filter, Firm, Moves};
use crate::i18n::{Lang, say};
use crate::ids::FirmId;
use crate::paging::Step;
use crate::regions::RegionName;
use crate::request::Cx;
use crate::shell::Page;
use crate::t;
use crate::ui::form::{ErrorSummary, FormState, Hidden, RadioField, Submit, Tick, Tone};
use crate::ui::{ButtonLink, Choice, Crumbs, EmptyState, Facts, IconName, Notice, NoticeTone, PageHeader, SearchBox, TableWrap, time};

/// Fields whose value is chosen, in the order of the page.
const FIELDS: [&str; 7] = ["name", "code", "region", "category", "size", "industry", "about"];

/// `/desk/firms/{id}/merge`, `?with=` the other firm, `?confirm=` the last look.
pub async fn merge(cx: Cx) -> Result<Page, AppError> {
    let scope = scope(&cx)?;
    let one = store::visible(&cx.app.db, &scope, cx.param::<FirmId>("id")?).await?;
    let regions = cx.regions().await?;
    if one.merged_into.is_some() {
        return Err(AppError::refused("firms-merged-already"));
    }
    let Some(with) = cx.query("with") else {
        return find(&cx, &scope, &regions, one).await;
    };
    let other = store::visible(&cx.app.db, &scope, with.parse().map_err(|_| AppError::NotFound)?).await?;
    if other.merged_into.is_some() || policy::can_merge(cx.actor()?, &one, &other).is_none() {
        return Err(AppError::refused("firms-merged-already"));
    }
    let pair = Pair {
        moves: [store::moves(&cx.app.db, one.id).await?, store::moves(&cx.app.db, other.id).await?],
        firms: [one, other],
    };
    if cx.query("confirm").is_some() {
        last_look(&cx, &regions, &pair).await
    } else {
        compare(&cx, &regions, &pair).await
    }
}

/// The two firms side by side.
struct Pair {
    firms: [Firm; 2],
    moves: [Moves; 2],
}

impl Pair {
    /// Which of the two the address says for a choice: 0 for the first unless it says the second.
    fn chosen(cx: &Cx, name: &str, otherwise: usize) -> usize {
        match cx.query(name).as_deref() {
            Some("one") => 0,
            Some("other") => 1,
            _ => otherwise,
        }
    }

    /// A stored value of each.
    fn values(&self, field: &str) -> [String; 2] {
        self.firms.each_ref().map(|firm| stored(firm, field))
    }
}

fn stored(firm: &Firm, field: &str) -> String {
    match field {
        "name" => firm.name.clone(),
        "code" => firm.credit_code.clone().unwrap_or_default(),
        "region" => firm.region.to_string(),
        "category" => firm.category().map(|category| category.as_str().to_owned()).unwrap_or_default(),
        "size" => firm.size().map(|size| size.as_str().to_owned()).unwrap_or_default(),
        "industry" => firm.industry.clone().unwrap_or_default(),
        _ => firm.about.clone(),
    }
}

/// Looks for the other firm.
async fn find(cx: &Cx, scope: &FirmScope, regions: &[RegionName], firm: Firm) -> Result<Page, AppError> {
    let lang = cx.lang;
    let typed = cx.query("q").unwrap_or_default();
    let words = search_words(&typed);
    let title = t!(lang, "firms-merge-title");
    let action = format!("/desk/firms/{}/merge", firm.id);
    let filter = Filter {
        words: words.clone(),
        ..Filter::default()
    };
    let suspects = store::suspects(&cx.app.db, &firm).await?;
    let offered: Vec<(FirmId, String, String)> = if words.is_empty() {
        let kept = suspects.into_iter().filter(|suspect| scope.reach().covers(&suspect.region));
        kept.map(|suspect| {
            let why: Vec<String> = suspect.likenesses().into_iter().map(|likeness| likeness_word(lang, likeness)).collect();
            let place = region_name(lang, regions, &suspect.region);
            (suspect.id, suspect.name, format!("{place} · {}", why.join(lang.pick("、", ", "))))
        })
        .collect()
    } else {
        let found = store::directory(&cx.app.db, scope, &filter, Step::First).await?.rows;
        let others = found.into_iter().filter(|row| row.id != firm.id);
        others
            .map(|row| {
                let place = region_name(lang, regions, &row.region);
                (row.id, row.name, format!("{place} {}", row.credit_code.unwrap_or_default()))
            })
            .collect()
    };
    let list = if offered.is_empty() {
        view! { <EmptyState title=t!(lang, "firms-merge-none") text=t!(lang, "firms-merge-none-text") icon=IconName::Firm/> }.into_any()
    } else {
        let lines = offered
            .into_iter()
            .map(|(id, name, hint)| {
                let href = format!("{action}?with={id}");
                view! { <li class="task"><div class="task__text"><a href=href>{name}</a><p class="task__hint">{hint}</p></div></li> }
            })
            .collect_view();
        view! { <ul class="tasks">{lines}</ul> }.into_any()
    };
    let body = view! {
        <Crumbs items=crumbs(lang, Some(&firm))/>
        <PageHeader title=title.clone() caption=firm.name.clone() lead=t!(lang, "firms-merge-find-lead")/>
        <SearchBox name="q" value=typed label=t!(lang, "firms-merge-find") action=action.clone()/>
        {list}
    };
    Ok(Page::new(title, body))
}

/// Both side by side, with what is to be chosen.
async fn compare(cx: &Cx, regions: &[RegionName], pair: &Pair) -> Result<Page, AppError> {
    let lang = cx.lang;
    let [one, _] = &pair.firms;
    let title = t!(lang, "firms-merge-title");
    let refusal = refusal(cx, pair).await?;
    let choices = refusal.is_none().then(|| choice_form(cx, regions, pair));
    let body = view! {
        <Crumbs items=crumbs(lang, Some(one))/>
        <PageHeader title=title.clone() lead=t!(lang, "firms-merge-compare-lead")/>
        {refusal.map(|text| view! { <Notice tone=NoticeTone::Error><p>{text}</p></Notice> })}
        {side_by_side(lang, regions, pair)}
        {choices}
        <p><ButtonLink href=format!("/desk/firms/{}/merge", one.id) label=t!(lang, "firms-merge-another")/></p>
    };
    Ok(Page::new(title, body))
}

/// Why these two can't be merged, in words.
async fn refusal(cx: &Cx, pair: &Pair) -> Result<Option<String>, AppError> {
    let [one, other] = &pair.firms;
    match store::refuse_two_pilots(&cx.app.db, one.id, other.id).await {
        Ok(()) => Ok(None),
        Err(AppError::Refused(problem)) => Ok(Some(say(cx.lang, &problem))),
        Err(error) => Err(error),
    }
}

fn side_by_side(lang: Lang, regions: &[RegionName], pair: &Pair) -> impl IntoView + use<> {
    let unknown = || t!(lang, "firms-unknown");
    let field_rows = FIELDS
        .into_iter()
        .map(|field| {
            let [one, other] = pair.values(field);
            let cell = |stored: &str| stored_value(lang, regions, field, stored).unwrap_or_else(unknown);
            let class = (one != other).then_some("is-different");
            view! {
                <tr class=class>
                    <th scope="row">{t!(lang, &format!("firms-field-{field}"))}</th>
                    <td>{cell(&one)}</td>
                    <td>{cell(&other)}</td>
                </tr>
            }
        })
        .collect_view();
    let [one, other] = pair.moves.map(|moves| moves.each());
    let count_rows = one
        .into_iter()
        .zip(other)
        .map(|((kind, first), (_, second))| {
            view! {
                <tr>
                    <th scope="row">{t!(lang, &format!("firms-field-{kind}"))}</th>
                    <td>{first}</td>
                    <td>{second}</td>
                </tr>
            }
        })
        .collect_view();
    let entered = pair.firms.each_ref().map(|firm| time::date(lang, firm.created_at));
    let [first, second] = entered;
    view! {
        <TableWrap label=t!(lang, "firms-merge-title")>
            <table class="table compare">
                <caption class="visually-hidden">{t!(lang, "firms-merge-title")}</caption>
                <thead><tr>
                    <th scope="col">{t!(lang, "firms-merge-field")}</th>
                    <th scope="col">{t!(lang, "firms-merge-one")}</th>
                    <th scope="col">{t!(lang, "firms-merge-other")}</th>
                </tr></thead>
                <tbody>
                    {field_rows}
                    <tr><th scope="row">{t!(lang, "firms-entered-at")}</th><td>{first}</td><td>{second}</td></tr>
                    {count_rows}
                </tbody>
            </table>
        </TableWrap>
    }
}

fn choice_form(cx: &Cx, regions: &[RegionName], pair: &Pair) -> impl IntoView + use<> {
    let lang = cx.lang;
    let [one, other] = &pair.firms;
    let form = FormState::default();
    let words = ["one", "other"];
    let stays = vec![
        Choice::new("one", t!(lang, "firms-merge-stays-one", name = one.name.clone())).with_hint(t!(lang, "firms-merge-stays-hint")),
        Choice::new("other", t!(lang, "firms-merge-stays-other", name = other.name.clone())).with_hint(t!(lang, "firms-merge-stays-hint")),
    ];
    // The one with more behind it is the likelier to stay.
    let weight = |moves: &Moves| moves.each().iter().map(|(_, count)| count).sum::<i64>();
    let likelier = usize::from(weight(&pair.moves[1]) > weight(&pair.moves[0]));
    let fields = FIELDS
        .into_iter()
        .filter_map(|field| {
            let [first, second] = pair.values(field);
            if first == second {
                return None;
            }
            let unknown = || t!(lang, "firms-merge-nothing");
            let value = |stored: &str| stored_value(lang, regions, field, stored).unwrap_or_else(unknown);
            let options = vec![Choice::new("one", value(&first)), Choice::new("other", value(&second))];
            let chosen = if first.is_empty() {
                1
            } else if second.is_empty() {
                0
            } else {
                likelier
            };
            let label = t!(lang, "firms-merge-keep", field = t!(lang, &format!("firms-field-{field}")));
            Some(view! { <RadioField form=form.clone() name=field label=label options=options value=words[Pair::chosen(cx, field, chosen)]/> })
        })
        .collect_view();
    let chosen = words[Pair::chosen(cx, "survivor", likelier)];
    view! {
        <section class="stack">
            <h2>{t!(lang, "firms-merge-choose")}</h2>
            <form method="get" action=format!("/desk/firms/{}/merge", one.id) class="narrow">
                <Hidden name="with" value=other.id.to_string()/>
                <Hidden name="confirm" value="1"/>
                <RadioField form=form.clone() name="survivor" label=t!(lang, "firms-merge-stays") options=stays value=chosen/>
                {fields}
                <Submit label=t!(lang, "firms-merge-next")/>
            </form>
        </section>
    }
}

/// What will be written and what moves; only this page's form changes anything.
async fn last_look(cx: &Cx, regions: &[RegionName], pair: &Pair) -> Result<Page, AppError> {
    let lang = cx.lang;
    let survives = Pair::chosen(cx, "survivor", 0);
    let (survivor, goes) = (&pair.firms[survives], &pair.firms[1 - survives]);
    let taken: Vec<&str> = FIELDS.into_iter().filter(|field| Pair::chosen(cx, field, survives) != survives).collect();
    let result = FIELDS
        .into_iter()
        .map(|field| {
            let from = if taken.contains(&field) { goes } else { survivor };
            let value = stored_value(lang, regions, field, &stored(from, field));
            (
                t!(lang, &format!("firms-field-{field}")),
                value.unwrap_or_else(|| t!(lang, "firms-unknown")),
            )
        })
        .collect();
    let moved: Vec<(String, String)> = pair.moves[1 - survives]
        .each()
        .into_iter()
        .map(|(kind, count)| (t!(lang, &format!("firms-field-{kind}")), count.to_string()))
        .collect();
    let form = cx.form("merge-firms");
    let title = t!(lang, "firms-merge-last-look");
    let back = format!("/desk/firms/{}/merge?with={}", pair.firms[0].id, pair.firms[1].id);
    let refusal = refusal(cx, pair).await?;
    let post = refusal.is_none().then(|| post_form(lang, form.clone(), survivor, goes, &taken, &back));
    let body = view! {
        <Crumbs items=crumbs(lang, Some(&pair.firms[0]))/>
        <ErrorSummary form=form/>
        <PageHeader title=title.clone() lead=t!(lang, "firms-merge-final", goes = goes.name.clone(), stays = survivor.name.clone())/>
        {refusal.map(|text| view! { <Notice tone=NoticeTone::Error><p>{text}</p></Notice> })}
        <section class="stack"><h2>{t!(lang, "firms-merge-result")}</h2><Facts items=result/></section>
        <section class="stack"><h2>{t!(lang, "firms-merge-moves", name = goes.name.clone())}</h2><Facts items=moved/></section>
        {post}
    };
    Ok(Page::new(title, body))
}

fn post_form(lang: Lang, form: FormState, survivor: &Firm, goes: &Firm, taken: &[&str], back: &str) -> impl IntoView + use<> {
    let taken = taken.iter().map(|field| view! { <Hidden name="taken[]" value=*field/> }).collect_view();
    view! {
        <form method="post" action="/api/merge_firms" class="narrow">
            <Hidden name="survivor" value=survivor.id.to_string()/>
            <Hidden name="other" value=goes.id.to_string()/>
            <Hidden name="survivor_version" value=survivor.version.to_string()/>
            <Hidden name="other_version" value=goes.version.to_string()/>
            {taken}
            <Tick form=form name="sure" label=t!(lang, "firms-merge-sure")/>
            <div class="actions">
                <Submit label=t!(lang, "firms-merge-do") tone=Tone::Danger/>
                <ButtonLink href=back.to_owned() label=t!(lang, "firms-merge-back")/>
            </div>
        </form>
    }
}
