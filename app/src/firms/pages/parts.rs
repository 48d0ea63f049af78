//! Pieces of the pages of one firm.

use leptos::prelude::*;

use super::{category_name, region_name, size_name};
use crate::firms::policy::FirmScope;
use crate::firms::rules::{Category, Change, Missing, Profile, Size, missing};
use crate::firms::store::{Contact, Event, Firm, Likeness, Member, SignIn, Suspect};
use crate::i18n::Lang;
use crate::regions::RegionName;
use crate::t;
use crate::ui::{Badge, BadgeTone, ButtonLink, EmptyState, IconName, Notice, NoticeTone, TableWrap, time};

/// The way back to the directory, and to the firm from its sub-pages.
pub fn crumbs(lang: Lang, firm: Option<&Firm>) -> Vec<(String, String)> {
    let mut items = vec![
        ("/desk".to_owned(), t!(lang, "nav-desk")),
        ("/desk/firms".to_owned(), t!(lang, "firms-title")),
    ];
    items.extend(firm.map(|firm| (format!("/desk/firms/{}", firm.id), firm.name.clone())));
    items
}

/// What is known about a firm: code, county and category first, which only a coordinator changes.
pub fn facts(lang: Lang, regions: &[RegionName], firm: &Firm) -> Vec<(String, String)> {
    let known = |value: Option<String>| value.unwrap_or_else(|| t!(lang, "firms-unknown"));
    let mut facts = vec![
        (t!(lang, "firms-code"), known(firm.credit_code.clone())),
        (t!(lang, "firms-county"), region_name(lang, regions, &firm.region)),
        (
            t!(lang, "firms-category"),
            known(firm.category().map(|category| category_name(lang, category))),
        ),
        (t!(lang, "firms-size"), known(firm.size().map(|size| size_name(lang, size)))),
        (t!(lang, "firms-industry"), known(firm.industry.clone())),
    ];
    if !firm.about.is_empty() {
        facts.push((t!(lang, "firms-about"), firm.about.clone()));
    }
    facts
}

/// What the profile lacks, in words; nothing when it is whole.
pub fn wanting(lang: Lang, profile: &Profile, at_desk: bool) -> Option<impl IntoView + use<>> {
    let missing = missing(profile);
    (!missing.is_empty()).then(|| {
        let lines = missing
            .into_iter()
            .map(|part| {
                let word = t!(lang, &format!("firms-missing-{}", part.as_str()));
                let whose = (part.is_for_the_desk() && !at_desk).then(|| t!(lang, "firms-missing-desk"));
                view! { <li>{word}{whose}</li> }
            })
            .collect_view();
        view! {
            <Notice tone=NoticeTone::Warning title=t!(lang, "firms-missing-title")>
                <ul>{lines}</ul>
                <p class="small">{t!(lang, "firms-missing-why", all = Missing::ALL.len())}</p>
            </Notice>
        }
    })
}

/// Whom to call, and who signs in for the firm. The links lead to forms; `is_own` is for the firm's own contact.
pub fn contacts_section(lang: Lang, firm: &Firm, contacts: Vec<Contact>, sign_ins: Vec<SignIn>, is_own: bool) -> impl IntoView + use<> {
    let add = format!("/desk/firms/{}/contacts/new", firm.id);
    let list = if contacts.is_empty() {
        view! {
            <EmptyState title=t!(lang, "firms-no-contacts") text=t!(lang, "firms-no-contacts-text") icon=IconName::Phone>
                <ButtonLink href=add.clone() label=t!(lang, "firms-contact-add")/>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = contacts.into_iter().map(|contact| contact_row(lang, firm, contact)).collect_view();
        view! {
            <TableWrap label=t!(lang, "firms-contacts")>
                <table class="table table--stack">
                    <thead><tr>
                        <th scope="col">{t!(lang, "firms-person")}</th>
                        <th scope="col">{t!(lang, "firms-position")}</th>
                        <th scope="col">{t!(lang, "firms-contact-phone")}</th>
                        <th scope="col">{t!(lang, "firms-contact-email")}</th>
                        <th scope="col">{t!(lang, "firms-do")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
            <p><ButtonLink href=add label=t!(lang, "firms-contact-add") icon=IconName::Plus/></p>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="contacts">
            <h2 id="contacts">{t!(lang, "firms-contacts")}</h2>
            {list}
            <h3>{t!(lang, "firms-sign-ins")}</h3>
            {sign_in_list(lang, sign_ins, is_own)}
        </section>
    }
}

fn contact_row(lang: Lang, firm: &Firm, contact: Contact) -> impl IntoView + use<> {
    let href = format!("/desk/firms/{}/contacts/{}", firm.id, contact.id);
    let edit = t!(lang, "firms-contact-edit-of", name = contact.name.clone());
    view! {
        <tr>
            <th scope="row"><span class="row">{contact.name}{contact.is_main.then(|| view! { <Badge tone=BadgeTone::Info label=t!(lang, "firms-contact-main")/> })}</span></th>
            <td data-label=t!(lang, "firms-position")>{contact.position}</td>
            <td data-label=t!(lang, "firms-contact-phone")><a href=format!("tel:{}", contact.phone)>{contact.phone.clone()}</a></td>
            <td data-label=t!(lang, "firms-contact-email")>{contact.email.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
            <td><a href=href aria-label=edit>{t!(lang, "firms-contact-change")}</a></td>
        </tr>
    }
}

fn sign_in_list(lang: Lang, sign_ins: Vec<SignIn>, is_own: bool) -> AnyView {
    if sign_ins.is_empty() {
        return view! { <p class="muted">{t!(lang, "firms-no-sign-ins")}</p> }.into_any();
    }
    let lines = sign_ins
        .into_iter()
        .map(|sign_in| {
            let name = if is_own {
                sign_in.name.into_any()
            } else {
                view! { <a href=format!("/desk/people/{}", sign_in.person)>{sign_in.name}</a> }.into_any()
            };
            view! { <li>{name}<span class="muted">{t!(lang, "firms-sign-in-since", day = time::date(lang, sign_in.granted_at))}</span></li> }
        })
        .collect_view();
    view! { <ul class="plain-list">{lines}</ul> }.into_any()
}

/// The people of a firm.
pub fn people_section(lang: Lang, scope: &FirmScope, members: Vec<Member>) -> impl IntoView + use<> {
    let people = if members.is_empty() {
        view! { <EmptyState title=t!(lang, "firms-no-people") text=t!(lang, "firms-no-people-text") icon=IconName::People/> }.into_any()
    } else {
        let rows = members.into_iter().map(|member| member_row(lang, scope, member)).collect_view();
        view! {
            <TableWrap label=t!(lang, "firms-people")>
                <table class="table table--stack">
                    <thead><tr>
                        <th scope="col">{t!(lang, "firms-person")}</th>
                        <th scope="col">{t!(lang, "firms-position")}</th>
                        <th scope="col">{t!(lang, "firms-phone")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableWrap>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="people">
            <h2 id="people">{t!(lang, "firms-people")}</h2>
            {people}
        </section>
    }
}

fn member_row(lang: Lang, scope: &FirmScope, member: Member) -> impl IntoView + use<> {
    let name = if scope.reach().covers(&member.region) {
        view! { <a href=format!("/desk/people/{}", member.id)>{member.name}</a> }.into_any()
    } else {
        member.name.into_any()
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label=t!(lang, "firms-position")>{member.position.unwrap_or_default()}</td>
            <td data-label=t!(lang, "firms-phone")>{member.phone.unwrap_or_else(|| t!(lang, "firms-unknown"))}</td>
        </tr>
    }
}

/// Firms that may be this one again, with the way to merge those that the desk keeps.
pub fn suspects_section(lang: Lang, scope: &FirmScope, regions: &[RegionName], firm: &Firm, suspects: Vec<Suspect>) -> Option<impl IntoView + use<>> {
    (!suspects.is_empty()).then(|| {
        let lines = suspects
            .into_iter()
            .map(|suspect| suspect_line(lang, scope, regions, firm, suspect))
            .collect_view();
        view! {
            <Notice tone=NoticeTone::Warning title=t!(lang, "firms-suspects")>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

fn suspect_line(lang: Lang, scope: &FirmScope, regions: &[RegionName], firm: &Firm, suspect: Suspect) -> impl IntoView + use<> {
    let why: Vec<String> = suspect.likenesses().into_iter().map(|likeness| likeness_word(lang, likeness)).collect();
    let why = why.join(lang.pick("、", ", "));
    let place = region_name(lang, regions, &suspect.region);
    let act = if scope.reach().covers(&suspect.region) {
        let href = format!("/desk/firms/{}/merge?with={}", firm.id, suspect.id);
        view! { <a href=href>{t!(lang, "firms-suspect-compare")}</a> }.into_any()
    } else {
        t!(lang, "firms-suspect-elsewhere").into_any()
    };
    view! { <li><strong>{suspect.name}</strong>{t!(lang, "firms-suspect-why", place = place, why = why)}{act}</li> }
}

/// What two firms have in common, in words.
pub fn likeness_word(lang: Lang, likeness: Likeness) -> String {
    match likeness {
        Likeness::Name => t!(lang, "firms-same-name"),
        Likeness::Code => t!(lang, "firms-same-code"),
        Likeness::Phone => t!(lang, "firms-same-phone"),
    }
}

/// What happened to a firm.
pub fn history_section(lang: Lang, regions: &[RegionName], events: Vec<Event>) -> impl IntoView + use<> {
    let list = if events.is_empty() {
        view! { <p class="muted">{t!(lang, "firms-no-history")}</p> }.into_any()
    } else {
        let lines = events.into_iter().map(|event| event_line(lang, regions, event)).collect_view();
        view! { <ol class="history">{lines}</ol> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="history">
            <h2 id="history">{t!(lang, "firms-history")}</h2>
            {list}
        </section>
    }
}

fn event_line(lang: Lang, regions: &[RegionName], event: Event) -> impl IntoView + use<> {
    let by = match &event.by_name {
        Some(name) => t!(lang, "firms-by", name = name.clone()),
        None => t!(lang, "firms-by-itself"),
    };
    let changes = event
        .changes()
        .into_iter()
        .map(|change| view! { <p class="small">{change_words(lang, regions, &change)}</p> })
        .collect_view();
    view! {
        <li>
            <time>{time::date_time(lang, event.at)}</time>
            <p><strong>{t!(lang, &format!("firms-event-{}", event.what))}</strong></p>
            {changes}
            <p class="muted small">{by}</p>
        </li>
    }
}

/// One change in the reader's words.
pub fn change_words(lang: Lang, regions: &[RegionName], change: &Change) -> String {
    let value = |stored: &str| stored_value(lang, regions, &change.field, stored);
    let field = t!(lang, &format!("firms-field-{}", change.field));
    match (value(&change.from), value(&change.to)) {
        (None, Some(to)) => t!(lang, "firms-change-set", field = field, to = to),
        (Some(from), None) => t!(lang, "firms-change-cleared", field = field, from = from),
        (from, to) => t!(
            lang,
            "firms-change",
            field = field,
            from = from.unwrap_or_default(),
            to = to.unwrap_or_default()
        ),
    }
}

/// A stored value in words; none for nothing.
pub fn stored_value(lang: Lang, regions: &[RegionName], field: &str, stored: &str) -> Option<String> {
    if stored.is_empty() {
        return None;
    }
    let words = match field {
        "region" => Some(region_name(lang, regions, &stored.into())),
        "category" => Category::parse(stored).map(|category| category_name(lang, category)),
        "size" => Size::parse(stored).map(|size| size_name(lang, size)),
        _ => None,
    };
    Some(words.unwrap_or_else(|| stored.to_owned()))
}
