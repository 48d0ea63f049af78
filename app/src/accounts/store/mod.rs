//! Rows of people, roles and sign-ins.

mod people;
pub mod throttle;

pub use people::{NewPerson, PersonBrief, create_person, people_by_qr, person, person_by_phone, person_of};

use chrono::{DateTime, TimeDelta, Utc};

use super::policy::{Actor, Grant};
use super::rules::Role;
use crate::audit;
use crate::db::{Db, Tx, sql};
use crate::error::AppError;
use crate::ids::{ClassId, FirmId, PersonId, Region, SignInId};
use crate::state::{App, sha256};

/// How long a sign-in lasts without being used.
pub const SIGN_IN_DAYS: i64 = 30;
/// `seen_at` is written at most this often, so that reading pages writes nothing.
const SEEN_MINUTES: i64 = 10;

#[derive(sqlx::FromRow)]
struct SignInRow {
    sign_in: SignInId,
    seen_at: DateTime<Utc>,
    person: PersonId,
    name: String,
    region: Region,
    firm_id: Option<FirmId>,
    must_change_password: bool,
    lang: Option<String>,
    theme: Option<String>,
}

/// A signed-in actor with the person's own choices.
pub struct SignedIn {
    pub actor: Actor,
    pub lang: Option<String>,
    pub theme: Option<String>,
}

/// Who holds this cookie's token, if the sign-in is alive and the person active.
pub async fn signed_in(app: &App, now: DateTime<Utc>, token: &str) -> Result<Option<SignedIn>, AppError> {
    let row: Option<SignInRow> = sql(
        "SELECT s.id AS sign_in, s.seen_at, p.id AS person, p.name, p.region, p.firm_id, p.must_change_password, p.lang, p.theme
         FROM sign_ins s JOIN people p ON p.id = s.person_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.active",
    )
    .bind(sha256(token.as_bytes()))
    .bind(now)
    .opt(&app.db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.seen_at > TimeDelta::minutes(SEEN_MINUTES) {
        // A disk that is full is no reason to turn a reader away.
        if let Err(error) = touch(app, now, row.sign_in).await {
            tracing::warn!(%error, "a sign-in was used, which can't be kept");
        }
    }
    let actor = Actor {
        person: row.person,
        sign_in: row.sign_in,
        name: row.name,
        region: row.region,
        firm: row.firm_id,
        grants: grants_of(&app.db, row.person).await?,
        must_change_password: row.must_change_password,
    };
    Ok(Some(SignedIn {
        actor,
        lang: row.lang,
        theme: row.theme,
    }))
}

/// The same actor with the roles of this moment, for a page that stays open.
///
/// # Errors
/// [`AppError::NotSignedIn`] once the sign-in was ended, in whichever process.
pub async fn anew(db: &Db, now: DateTime<Utc>, actor: &Actor) -> Result<Actor, AppError> {
    let lives = sql("SELECT COUNT(*) FROM sign_ins s JOIN people p ON p.id = s.person_id WHERE s.id = $1 AND s.expires_at > $2 AND p.active")
        .bind(actor.sign_in)
        .bind(now)
        .count(db)
        .await?;
    if lives == 0 {
        return Err(AppError::NotSignedIn);
    }
    Ok(Actor {
        grants: grants_of(db, actor.person).await?,
        ..actor.clone()
    })
}

async fn touch(app: &App, now: DateTime<Utc>, sign_in: SignInId) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    sql("UPDATE sign_ins SET seen_at = $1, expires_at = $2 WHERE id = $3")
        .bind(now)
        .bind(now + TimeDelta::days(SIGN_IN_DAYS))
        .bind(sign_in)
        .run(&mut tx)
        .await?;
    tx.commit().await
}

/// Role, and whichever scope the role has.
type RoleRow = (String, Option<Region>, Option<FirmId>, Option<ClassId>);

/// The roles of a person; classes looked after are one grant.
pub async fn grants_of(db: &Db, person: PersonId) -> Result<Vec<Grant>, AppError> {
    let rows: Vec<RoleRow> = sql("SELECT role, region, firm_id, NULL AS class_id FROM grants WHERE person_id = $1
         UNION ALL
         SELECT 'teacher' AS role, NULL AS region, NULL AS firm_id, class_id FROM class_staff WHERE person_id = $1")
    .bind(person)
    .all(db)
    .await?;
    let mut grants = Vec::new();
    let mut classes = Vec::new();
    let mut teaches = false;
    for (role, region, firm, class) in rows {
        match role.parse() {
            Ok(Role::City) => grants.push(Grant::City),
            Ok(Role::County) => grants.extend(region.map(Grant::County)),
            Ok(Role::Firm) => grants.extend(firm.map(Grant::Firm)),
            Ok(Role::Verifier) => grants.push(Grant::Verifier),
            Ok(Role::Teacher) => {
                teaches = true;
                classes.extend(class);
            }
            Err(error) => return Err(AppError::internal(&error)),
        }
    }
    if teaches {
        grants.push(Grant::Teacher(classes));
    }
    Ok(grants)
}

/// What sign-in needs of an account.
#[derive(sqlx::FromRow)]
pub struct Credentials {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub password_hash: Option<String>,
}

/// The active account with this phone number or user name.
pub async fn credentials(db: &Db, login: &str) -> Result<Option<Credentials>, AppError> {
    let found = sql("SELECT id, name, phone, password_hash FROM people WHERE active AND (phone = $1 OR user_name = $1)")
        .bind(login)
        .opt(db)
        .await?;
    Ok(found)
}

/// Whether what was compared with is still the password of an active account. Locks the person: a password that is reset at the
/// same moment either was reset before, or ends the sign-in that begins here.
pub async fn is_still_the_password(tx: &mut Tx, account: &Credentials) -> Result<bool, AppError> {
    let same = sql("UPDATE people SET active = active WHERE id = $1 AND active AND password_hash = $2")
        .bind(account.id)
        .bind(account.password_hash.clone())
        .run(tx)
        .await?;
    Ok(same == 1)
}

/// Begins a sign-in on a device and answers the token for its cookie.
pub async fn begin_sign_in(app: &App, tx: &mut Tx, now: DateTime<Utc>, person: PersonId, device: &str) -> Result<String, AppError> {
    let token = crate::request::hex(&app.chance.bytes::<32>());
    sql("INSERT INTO sign_ins (id, token_hash, person_id, device, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)")
        .bind(SignInId::new(&app.chance, now))
        .bind(sha256(token.as_bytes()))
        .bind(person)
        .bind(device)
        .bind(now)
        .bind(now + TimeDelta::days(SIGN_IN_DAYS))
        .run(tx)
        .await?;
    Ok(token)
}

/// Notes that somebody signed in, and from where.
pub async fn note_signed_in(tx: &mut Tx, app: &App, now: DateTime<Utc>, person: PersonId) -> Result<(), AppError> {
    let (region,): (Region,) = sql("SELECT region FROM people WHERE id = $1").bind(person).one(&mut *tx).await?;
    let entry = audit::Entry {
        by: Some(person),
        what: "person.signed-in",
        subject_kind: audit::PERSON,
        subject_id: person.to_string(),
        region: Some(&region),
        detail: String::new(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// Ends one sign-in.
pub async fn end_sign_in(tx: &mut Tx, sign_in: SignInId) -> Result<(), AppError> {
    sql("DELETE FROM sign_ins WHERE id = $1").bind(sign_in).run(tx).await?;
    Ok(())
}

/// The account of a signed-in person.
pub async fn own_credentials(db: &Db, person: PersonId) -> Result<Credentials, AppError> {
    let found = sql("SELECT id, name, phone, password_hash FROM people WHERE id = $1")
        .bind(person)
        .opt(db)
        .await?;
    found.ok_or(AppError::NotFound)
}

/// A device on which somebody is signed in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Device {
    pub id: SignInId,
    /// The browser's description of itself.
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

/// How many devices are listed; more than anybody has.
const DEVICES: i64 = 100;

/// The devices on which the actor is signed in, the last used first.
pub async fn own_devices(db: &Db, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<Device>, AppError> {
    let rows =
        sql("SELECT id, device, created_at, seen_at FROM sign_ins WHERE person_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id LIMIT $3")
            .bind(actor.person)
            .bind(now)
            .bind(DEVICES)
            .all(db)
            .await?;
    Ok(rows)
}

/// Ends one of the actor's own sign-ins.
pub async fn end_own_sign_in(tx: &mut Tx, actor: &Actor, sign_in: SignInId) -> Result<(), AppError> {
    let ended = sql("DELETE FROM sign_ins WHERE id = $1 AND person_id = $2")
        .bind(sign_in)
        .bind(actor.person)
        .run(tx)
        .await?;
    if ended == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Ends all of the actor's sign-ins but this one; answers how many.
pub async fn end_other_sign_ins(tx: &mut Tx, actor: &Actor) -> Result<u64, AppError> {
    let ended = sql("DELETE FROM sign_ins WHERE person_id = $1 AND id <> $2")
        .bind(actor.person)
        .bind(actor.sign_in)
        .run(tx)
        .await?;
    Ok(ended)
}

/// Ends every sign-in of a person.
pub async fn end_all_sign_ins(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    sql("DELETE FROM sign_ins WHERE person_id = $1").bind(person).run(tx).await?;
    Ok(())
}

/// Keeps the actor's new password and signs out every other device.
pub async fn keep_own_password(tx: &mut Tx, app: &App, now: DateTime<Utc>, actor: &Actor, hash: String) -> Result<(), AppError> {
    sql("UPDATE people SET password_hash = $2, must_change_password = FALSE WHERE id = $1")
        .bind(actor.person)
        .bind(hash)
        .run(tx)
        .await?;
    end_other_sign_ins(tx, actor).await?;
    let entry = audit::Entry {
        by: Some(actor.person),
        what: "person.password-changed",
        subject_kind: "person",
        subject_id: actor.person.to_string(),
        region: Some(&actor.region),
        detail: String::new(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// Removes what is out of date: sign-ins, counters of attempts and what forms left behind.
pub async fn sweep(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    let stale = sql(
        "SELECT (SELECT COUNT(*) FROM sign_ins WHERE expires_at <= $1) + (SELECT COUNT(*) FROM throttles WHERE window_ends_at <= $1)
             + (SELECT COUNT(*) FROM flashes WHERE expires_at <= $1)",
    )
    .bind(now)
    .count(&app.db)
    .await?;
    if stale == 0 {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    sql("DELETE FROM sign_ins WHERE expires_at <= $1").bind(now).run(&mut tx).await?;
    sql("DELETE FROM throttles WHERE window_ends_at <= $1").bind(now).run(&mut tx).await?;
    sql("DELETE FROM flashes WHERE expires_at <= $1").bind(now).run(&mut tx).await?;
    tx.commit().await
}

/// Keeps the person's choice of language or colours.
pub async fn keep_choice(tx: &mut Tx, person: PersonId, lang: Option<&str>, theme: Option<&str>) -> Result<(), AppError> {
    sql("UPDATE people SET lang = COALESCE($2, lang), theme = COALESCE($3, theme) WHERE id = $1")
        .bind(person)
        .bind(lang)
        .bind(theme)
        .run(tx)
        .await?;
    Ok(())
}

/// The roles that a person holds now, for work that goes on after the request that began it.
pub async fn actor_of(db: &Db, person: PersonId) -> Result<Actor, AppError> {
    let row: Option<(String, Region, Option<FirmId>)> = sql("SELECT name, region, firm_id FROM people WHERE id = $1 AND active")
        .bind(person)
        .opt(db)
        .await?;
    let (name, region, firm) = row.ok_or(AppError::Forbidden)?;
    let sign_in = SignInId::from(uuid::Uuid::nil());
    Ok(Actor {
        person,
        sign_in,
        name,
        region,
        firm,
        grants: grants_of(db, person).await?,
        must_change_password: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN};

    async fn sign_in(city: &TestCity, person: PersonId) -> String {
        let mut tx = city.begin().await;
        let token = begin_sign_in(&city.app, &mut tx, city.now(), person, "test").await.expect("signed in");
        tx.commit().await.expect("kept");
        token
    }

    async fn holder(city: &TestCity, token: &str) -> Option<Actor> {
        signed_in(&city.app, city.now(), token).await.expect("asked").map(|found| found.actor)
    }

    async fn a_sign_in_lasts_while_it_is_used(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("王小明", XINAN).await;
        let token = sign_in(&city, person).await;
        for _ in 0..3 {
            city.hand.advance(TimeDelta::days(SIGN_IN_DAYS - 1));
            assert!(holder(&city, &token).await.is_some());
        }
        city.hand.advance(TimeDelta::days(SIGN_IN_DAYS));
        assert!(holder(&city, &token).await.is_none());
        sweep(&city.app).await.expect("swept");
        assert_eq!(sql("SELECT COUNT(*) FROM sign_ins").count(&city.app.db).await.expect("counted"), 0);
    }

    async fn nobody_ends_the_sign_in_of_another(engine: Engine) {
        let city = TestCity::new(engine).await;
        let (own, other) = (city.person("甲", XINAN).await, city.person("乙", XINAN).await);
        let (token, second, foreign) = (sign_in(&city, own).await, sign_in(&city, own).await, sign_in(&city, other).await);
        let actor = holder(&city, &token).await.expect("signed in");
        let foreign_id = holder(&city, &foreign).await.expect("signed in").sign_in;
        let mut tx = city.begin().await;
        assert_eq!(end_own_sign_in(&mut tx, &actor, foreign_id).await, Err(AppError::NotFound));
        assert_eq!(end_other_sign_ins(&mut tx, &actor).await, Ok(1));
        tx.commit().await.expect("kept");
        assert!(holder(&city, &token).await.is_some());
        assert!(holder(&city, &second).await.is_none());
        assert!(holder(&city, &foreign).await.is_some());
    }

    async fn the_token_itself_is_not_in_the_database(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("甲", XINAN).await;
        let token = sign_in(&city, person).await;
        let (kept,): (Vec<u8>,) = sql("SELECT token_hash FROM sign_ins").one(&city.app.db).await.expect("a row");
        assert_eq!(kept, sha256(token.as_bytes()));
    }

    crate::on_both_engines!(
        a_sign_in_lasts_while_it_is_used,
        nobody_ends_the_sign_in_of_another,
        the_token_itself_is_not_in_the_database
    );
}
