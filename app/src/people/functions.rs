//! Server functions of people.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::forms,
    super::policy::{self, Office, Subject},
    super::store::{self, NewDetails},
    crate::accounts::functions::begin,
    crate::accounts::rules::{local_path, one_time_password},
    crate::accounts::store::throttle::{self, Counter},
    crate::accounts::store::{NewPerson, PersonBrief, create_person, own_credentials, person, person_by_phone},
    crate::accounts::{Role, passwords},
    crate::db::Tx,
    crate::error::{FieldProblem, Problem},
    crate::firms::pick::{self, Glance, Pick, PickInput},
    crate::firms::{find_or_create, settled},
    crate::ids::{FirmId, PersonId, Region},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Registers an entrepreneur, signs them in and leads on. A firm that is not plain is asked for on the next page, when the
/// account is there already and no password has to be typed again.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "register")]
pub async fn register(
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] password: String,
    #[server(default)] repeat_password: String,
    #[server(default)] region: String,
    #[server(default)] firm: String,
    #[server(default)] position: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    form_action("register", async |cx| {
        if cx.actor.is_some() {
            return Err(AppError::refused("people-signed-in-already"));
        }
        let input = forms::RegisterInput {
            name: &name,
            phone: &phone,
            password: &password,
            repeated: &repeat_password,
            region: &region,
            position: &position,
        };
        let mut faults = Vec::new();
        let new = forms::register(&mut faults, &input, &all_regions(cx).await?);
        let glance = pick::glance(&cx.app.db, &mut faults, &firm).await?;
        if firm.trim().is_empty() {
            faults.push(FieldProblem::new("firm", "people-firm-missing"));
        }
        forms::refuse(faults)?;
        throttle::count(&cx.app, cx.now, &[Counter::registrations(&cx.app, &cx.network)]).await?;
        let hash = passwords::hash(new.password.clone()).await?;
        let known_firm = match &glance {
            Glance::Plain(firm) => Some(firm.id),
            Glance::Nothing | Glance::Unclear => None,
        };
        let mut tx = cx.app.db.begin().await?;
        let own = enter(cx, &mut tx, new, known_firm, hash).await?;
        begin(cx, &mut tx, own).await?;
        tx.commit().await?;
        let next = local_path(&next).unwrap_or("/me");
        Ok(if known_firm.is_some() {
            Done::to(next).saying(Problem::new("people-registered"))
        } else {
            Done::to(firm_address(&firm, next)).saying(Problem::new("people-registered-but-firm"))
        })
    })
    .await
}

/// Writes a person who registers, or hands over the account that others entered for them.
#[cfg(feature = "ssr")]
async fn enter(cx: &Cx, tx: &mut Tx, new: forms::Register, firm: Option<FirmId>, hash: String) -> Result<PersonId, AppError> {
    if person_by_phone(&mut *tx, &new.phone).await?.is_some() {
        return store::claim(tx, &cx.app, cx.now, &new.name, &new.phone, &hash, new.position.as_deref()).await;
    }
    let region = new.region.clone();
    let row = NewPerson {
        name: new.name,
        phone: Some(new.phone),
        region: new.region,
        firm,
        position: new.position,
        password_hash: Some(hash),
        must_change_password: false,
        created_by: None,
    };
    let id = create_person(tx, &cx.app, cx.now, row).await?;
    store::note_registered(tx, &cx.app, cx.now, id, &region).await?;
    Ok(id)
}

/// The page that asks for a firm again, and leads on.
#[cfg(feature = "ssr")]
pub(crate) fn firm_address(firm: &str, next: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("firm", firm.trim())
        .append_pair("next", next)
        .finish();
    format!("/me/firm?{query}")
}

/// Every region that somebody can be of today.
#[cfg(feature = "ssr")]
pub(crate) async fn all_regions(cx: &Cx) -> Result<Vec<Region>, AppError> {
    let all = cx.regions().await?;
    Ok(all.iter().map(|known| known.region.clone()).collect())
}

/// Chooses the firm that one is of.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "choose_firm")]
pub async fn choose_firm(
    #[server(default)] firm: String,
    #[server(default)] firm_asked: String,
    #[server(default)] firm_choice: String,
    #[server(default)] firm_name: String,
    #[server(default)] firm_code: String,
    #[server(default)] firm_region: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    form_action("choose-firm", async |cx| {
        let actor = cx.actor()?;
        let input = PickInput {
            firm: &firm,
            asked: &firm_asked,
            choice: &firm_choice,
            name: &firm_name,
            code: &firm_code,
            region: &firm_region,
        };
        let mut faults = Vec::new();
        let picked = pick::pick(&cx.app.db, &mut faults, &input, &all_regions(cx).await?).await?;
        if firm.trim().is_empty() {
            faults.push(FieldProblem::new("firm", "people-firm-missing"));
        }
        forms::refuse(faults)?;
        let mut tx = cx.app.db.begin().await?;
        if let Some((id, name)) = firm_of(cx, &mut tx, actor.person, picked).await? {
            store::choose_firm(&mut tx, &cx.app, cx.now, actor.person, id, &name).await?;
        }
        tx.commit().await?;
        Ok(Done::to(local_path(&next).unwrap_or("/me/profile")).saying(Problem::new("people-firm-kept")))
    })
    .await
}

/// The firm that was picked, written down if it is new.
#[cfg(feature = "ssr")]
async fn firm_of(cx: &Cx, tx: &mut Tx, by: PersonId, picked: Pick) -> Result<Option<(FirmId, String)>, AppError> {
    Ok(match picked {
        Pick::Nobody => None,
        Pick::Known(firm) => Some((settled(tx, firm.id).await?, firm.name)),
        Pick::New(new) => {
            let name = new.name.clone();
            Some((find_or_create(tx, &cx.app, cx.now, Some(by), new).await?, name))
        }
    })
}

/// Keeps what one says about oneself. A new phone number is a new way to sign in, so the password is asked for.
#[server(endpoint = "save_profile")]
pub async fn save_profile(
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] position: String,
    #[server(default)] old_password: String,
) -> Result<(), AppError> {
    form_action("save-profile", async |cx| {
        let actor = cx.actor()?;
        let before = person(&cx.app.db, actor.person).await?;
        let mut faults = Vec::new();
        let new = forms::details(&mut faults, &name, &phone, &position, before.phone.is_none());
        let is_new_phone = new.phone != before.phone;
        let account = own_credentials(&cx.app.db, actor.person).await?;
        if is_new_phone && account.password_hash.is_none() {
            faults.push(FieldProblem::new("old_password", "people-password-first"));
        } else if is_new_phone && old_password.is_empty() {
            faults.push(FieldProblem::new("old_password", "people-password-for-phone"));
        }
        forms::refuse(faults)?;
        if is_new_phone {
            let counters = [Counter::own_password(&cx.app, actor.person)];
            throttle::count(&cx.app, cx.now, &counters).await?;
            if !passwords::verify(old_password, account.password_hash).await? {
                return Err(AppError::field("old_password", "accounts-old-password-wrong"));
            }
        }
        let details = NewDetails {
            name: new.name,
            phone: new.phone,
            position: new.position,
            firm: before.firm_id,
        };
        let mut tx = cx.app.db.begin().await?;
        store::keep_profile(&mut tx, &cx.app, cx.now, actor.person, details).await?;
        tx.commit().await?;
        Ok(Done::to("/me/profile").saying(Problem::new("people-saved")))
    })
    .await
}

/// Invites a person: an account with a password for one use, which is shown once.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "invite_person")]
pub async fn invite_person(
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] region: String,
    #[server(default)] position: String,
    #[server(default)] firm: String,
    #[server(default)] firm_asked: String,
    #[server(default)] firm_choice: String,
    #[server(default)] firm_name: String,
    #[server(default)] firm_code: String,
    #[server(default)] firm_region: String,
) -> Result<(), AppError> {
    form_action("invite-person", async |cx| {
        let actor = cx.actor()?;
        policy::visible_to(actor).ok_or(AppError::Forbidden)?;
        let regions = all_regions(cx).await?;
        let mut faults = Vec::new();
        let new = forms::details(&mut faults, &name, &phone, &position, false);
        let region = crate::firms::forms::region(&mut faults, "region", &region, &regions);
        let input = PickInput {
            firm: &firm,
            asked: &firm_asked,
            choice: &firm_choice,
            name: &firm_name,
            code: &firm_code,
            region: &firm_region,
        };
        let picked = pick::pick(&cx.app.db, &mut faults, &input, &regions).await?;
        forms::refuse(faults)?;
        let permit = policy::can_invite(actor, &region).ok_or(AppError::Forbidden)?;
        let (password, hash) = fresh_password(cx).await?;
        let mut tx = cx.app.db.begin().await?;
        let firm = firm_of(cx, &mut tx, actor.person, picked).await?.map(|(id, _)| id);
        let details = NewDetails {
            name: new.name.clone(),
            phone: new.phone,
            position: new.position,
            firm,
        };
        let id = store::invite(&mut tx, &cx.app, cx.now, &permit, details, hash).await?;
        tx.commit().await?;
        let said = Problem::new("people-invited").with("name", new.name).with("password", password);
        Ok(Done::to(format!("/desk/people/{id}")).confiding(said))
    })
    .await
}

/// A password for one use and its hash.
#[cfg(feature = "ssr")]
async fn fresh_password(cx: &Cx) -> Result<(String, String), AppError> {
    let password = one_time_password(cx.app.chance.bytes());
    let hash = passwords::hash(password.clone()).await?;
    Ok((password, hash))
}

/// The person that a desk acts upon, if the actor may look them up.
#[cfg(feature = "ssr")]
async fn subject(cx: &Cx, id: &str) -> Result<(PersonBrief, Subject), AppError> {
    let scope = policy::visible_to(cx.actor()?).ok_or(AppError::Forbidden)?;
    store::visible(&cx.app.db, &scope, id.parse().map_err(|_| AppError::NotFound)?).await
}

/// Changes a person's details.
#[allow(clippy::too_many_arguments)] // the fields of the form
#[server(endpoint = "edit_person")]
pub async fn edit_person(
    #[server(default)] person: String,
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] position: String,
    #[server(default)] firm: String,
    #[server(default)] firm_asked: String,
    #[server(default)] firm_choice: String,
    #[server(default)] firm_name: String,
    #[server(default)] firm_code: String,
    #[server(default)] firm_region: String,
) -> Result<(), AppError> {
    form_action("edit-person", async |cx| {
        let (before, subject) = subject(cx, &person).await?;
        let permit = policy::can_change(cx.actor()?, &subject).ok_or(AppError::Forbidden)?;
        let mut faults = Vec::new();
        let new = forms::details(&mut faults, &name, &phone, &position, before.phone.is_none());
        let input = PickInput {
            firm: &firm,
            asked: &firm_asked,
            choice: &firm_choice,
            name: &firm_name,
            code: &firm_code,
            region: &firm_region,
        };
        let is_same_firm = before.firm_name.as_deref() == Some(firm.trim());
        let picked = if is_same_firm {
            Pick::Nobody
        } else {
            pick::pick(&cx.app.db, &mut faults, &input, &all_regions(cx).await?).await?
        };
        forms::refuse(faults)?;
        let mut tx = cx.app.db.begin().await?;
        let picked = firm_of(cx, &mut tx, cx.actor()?.person, picked).await?.map(|(id, _)| id);
        let details = NewDetails {
            name: new.name,
            phone: new.phone,
            position: new.position,
            firm: if is_same_firm { before.firm_id } else { picked },
        };
        store::change(&mut tx, &cx.app, cx.now, &permit, details).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/people/{}", subject.person)).saying(Problem::new("people-saved")))
    })
    .await
}

/// Moves a person to another county.
#[server(endpoint = "move_person")]
pub async fn move_person(
    #[server(default)] person: String,
    #[server(default)] new_region: String,
    #[server(default)] move_reason: String,
) -> Result<(), AppError> {
    form_action("move-person", async |cx| {
        let (_, subject) = subject(cx, &person).await?;
        let actor = cx.actor()?;
        let permit = policy::can_change(actor, &subject).ok_or(AppError::Forbidden)?;
        let reason = forms::reason("move_reason", &move_reason)?;
        let mut faults = Vec::new();
        let region = crate::firms::forms::region(&mut faults, "new_region", &new_region, &all_regions(cx).await?);
        forms::refuse(faults)?;
        let mut tx = cx.app.db.begin().await?;
        store::move_to(&mut tx, &cx.app, cx.now, &permit, &region, &reason).await?;
        tx.commit().await?;
        let to = if actor.coordinates(&region) {
            format!("/desk/people/{}", subject.person)
        } else {
            "/desk/people".to_owned()
        };
        Ok(Done::to(to).saying(Problem::new("people-moved")))
    })
    .await
}

/// Ends a person's access, with a reason.
#[server(endpoint = "deactivate_person")]
pub async fn deactivate_person(#[server(default)] person: String, #[server(default)] reason: String) -> Result<(), AppError> {
    form_action("deactivate-person", async |cx| {
        let (_, subject) = subject(cx, &person).await?;
        let permit = policy::can_change(cx.actor()?, &subject).ok_or(AppError::Forbidden)?;
        let reason = forms::reason("reason", &reason)?;
        let mut tx = cx.app.db.begin().await?;
        store::deactivate(&mut tx, &cx.app, cx.now, &permit, &reason).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("people-deactivated")))
    })
    .await
}

/// Gives a person access again.
#[server(endpoint = "reactivate_person")]
pub async fn reactivate_person(#[server(default)] person: String) -> Result<(), AppError> {
    form_action("reactivate-person", async |cx| {
        let (_, subject) = subject(cx, &person).await?;
        let permit = policy::can_change(cx.actor()?, &subject).ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::reactivate(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::back().saying(Problem::new("people-reactivated")))
    })
    .await
}

/// Gives a person a password for one use, shown once.
#[server(endpoint = "reset_password")]
pub async fn reset_password(#[server(default)] person: String) -> Result<(), AppError> {
    form_action("reset-password", async |cx| {
        let (before, subject) = subject(cx, &person).await?;
        let permit = policy::can_change(cx.actor()?, &subject).ok_or(AppError::Forbidden)?;
        let (password, hash) = fresh_password(cx).await?;
        let mut tx = cx.app.db.begin().await?;
        store::reset_password(&mut tx, &cx.app, cx.now, &permit, hash).await?;
        tx.commit().await?;
        let said = Problem::new("people-password-reset").with("name", before.name).with("password", password);
        Ok(Done::to(format!("/desk/people/{}", subject.person)).confiding(said))
    })
    .await
}

/// Gives a person a role. A firm contact is of the person's own firm.
#[server(endpoint = "give_role")]
pub async fn give_role(
    #[server(default)] person: String,
    #[server(default)] role: String,
    #[server(default)] role_region: String,
) -> Result<(), AppError> {
    form_action("give-role", async |cx| {
        let (before, subject) = subject(cx, &person).await?;
        let office = match role.parse() {
            Ok(Role::City) => Office::City,
            Ok(Role::Teacher) => Office::Teacher,
            Ok(Role::Verifier) => Office::Verifier,
            Ok(Role::County) => county_office(cx, &role_region).await?,
            Ok(Role::Firm) => firm_office(cx, &before).await?,
            Err(_) => return Err(AppError::field("role", "people-role-missing")),
        };
        let permit = policy::can_name(cx.actor()?, &subject, office).ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::give(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/people/{}", subject.person)).saying(Problem::new("people-role-given")))
    })
    .await
}

#[cfg(feature = "ssr")]
async fn county_office(cx: &Cx, region: &str) -> Result<Office, AppError> {
    let mut faults = Vec::new();
    let counties = all_regions(cx).await?.into_iter().filter(|region| !region.is_city()).collect::<Vec<_>>();
    let region = crate::firms::forms::region(&mut faults, "role_region", region, &counties);
    forms::refuse(faults)?;
    Ok(Office::County(region))
}

#[cfg(feature = "ssr")]
async fn firm_office(cx: &Cx, person: &PersonBrief) -> Result<Office, AppError> {
    let id = person.firm_id.ok_or_else(|| AppError::field("role", "people-role-needs-firm"))?;
    let firm = crate::firms::store::firm(&cx.app.db, id).await?;
    Ok(Office::Firm(id, firm.region))
}

/// Takes a role from a person.
#[server(endpoint = "take_role")]
pub async fn take_role(#[server(default)] person: String, #[server(default)] grant: String) -> Result<(), AppError> {
    form_action("take-role", async |cx| {
        let (_, subject) = subject(cx, &person).await?;
        let grant = grant.parse().map_err(|_| AppError::NotFound)?;
        let office = store::office_of(&cx.app.db, &subject, grant).await?;
        let permit = policy::can_name(cx.actor()?, &subject, office).ok_or(AppError::Forbidden)?;
        let mut tx = cx.app.db.begin().await?;
        store::take(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/people/{}", subject.person)).saying(Problem::new("people-role-taken")))
    })
    .await
}
