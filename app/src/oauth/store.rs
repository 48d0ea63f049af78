//! Rows of ways to a provider and back, of linked accounts, and of people who came back without an account here.

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::{ARRIVAL_MINUTES, Profile, Purpose, Trouble, WAY_MINUTES};
use crate::accounts::Actor;
use crate::accounts::store::person;
use crate::audit;
use crate::db::{Db, On, Tx, sql};
use crate::error::AppError;
use crate::ids::{IdentityId, PersonId, SignInId};
use crate::request::hex;
use crate::state::{App, sha256};

/// A finished or forgotten way is remembered for so long, to say what became of it.
const REMEMBERED_HOURS: i64 = 24;

/// A way that somebody begins.
#[derive(Debug, Clone)]
pub struct NewWay<'a> {
    pub provider: &'a str,
    /// The sign-in that wants to link an account; none to sign in.
    pub link_for: Option<SignInId>,
    /// Where it leads in the end: a place on this site.
    pub next: &'a str,
}

/// The two halves of a way: the state goes through the provider, the other stays in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halves {
    pub state: String,
    pub browser: String,
}

/// A way that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub purpose: Purpose,
    pub sign_in: Option<SignInId>,
    pub next: String,
}

#[derive(sqlx::FromRow)]
struct WayRow {
    browser_hash: Vec<u8>,
    provider: String,
    purpose: String,
    sign_in_id: Option<SignInId>,
    next: String,
    ends_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

/// Begins a way.
pub async fn begin_way(tx: &mut Tx, app: &App, now: DateTime<Utc>, new: NewWay<'_>) -> Result<Halves, AppError> {
    let halves = Halves {
        state: hex(&app.chance.bytes::<32>()),
        browser: hex(&app.chance.bytes::<32>()),
    };
    let purpose = if new.link_for.is_some() { Purpose::Link } else { Purpose::SignIn };
    sql(
        "INSERT INTO oauth_ways (state_hash, browser_hash, provider, purpose, sign_in_id, next, begun_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(sha256(halves.state.as_bytes()))
    .bind(sha256(halves.browser.as_bytes()))
    .bind(new.provider)
    .bind(purpose.as_str())
    .bind(new.link_for)
    .bind(new.next)
    .bind(now)
    .bind(now + TimeDelta::minutes(WAY_MINUTES))
    .run(tx)
    .await?;
    Ok(halves)
}

/// Whether this browser is on this way, and may still go on.
pub async fn look_at_way(on: impl Into<On<'_>>, now: DateTime<Utc>, provider: &str, halves: &Halves) -> Result<Result<Way, Trouble>, AppError> {
    let row: Option<WayRow> = sql("SELECT browser_hash, provider, purpose, sign_in_id, next, ends_at, used_at FROM oauth_ways WHERE state_hash = $1")
        .bind(sha256(halves.state.as_bytes()))
        .opt(on)
        .await?;
    let Some(row) = row else { return Ok(Err(Trouble::Unknown)) };
    let is_ours = row.browser_hash == sha256(halves.browser.as_bytes()) && row.provider == provider;
    Ok(if !is_ours {
        Err(Trouble::Unknown)
    } else if row.used_at.is_some() {
        Err(Trouble::Replayed)
    } else if row.ends_at <= now {
        Err(Trouble::Expired)
    } else {
        let purpose = row.purpose.parse().map_err(|error: String| AppError::internal(&error))?;
        Ok(Way {
            purpose,
            sign_in: row.sign_in_id,
            next: row.next,
        })
    })
}

/// Ends a way, once: of two that come at the same time one is told that it has been used.
pub async fn take_way(tx: &mut Tx, now: DateTime<Utc>, provider: &str, halves: &Halves) -> Result<Result<Way, Trouble>, AppError> {
    let way = match look_at_way(&mut *tx, now, provider, halves).await? {
        Ok(way) => way,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let taken = sql("UPDATE oauth_ways SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL")
        .bind(sha256(halves.state.as_bytes()))
        .bind(now)
        .run(tx)
        .await?;
    Ok(if taken == 1 { Ok(way) } else { Err(Trouble::Replayed) })
}

/// Whose a provider's account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Owner {
    pub identity: IdentityId,
    pub person: PersonId,
    pub active: bool,
}

/// The person here that an account of a provider is linked to.
pub async fn owner_of(on: impl Into<On<'_>>, provider: &str, subject: &str) -> Result<Option<Owner>, AppError> {
    let found = sql(
        "SELECT i.id AS identity, p.id AS person, p.active FROM identities i JOIN people p ON p.id = i.person_id
         WHERE i.provider = $1 AND i.subject = $2",
    )
    .bind(provider)
    .bind(subject)
    .opt(on)
    .await?;
    Ok(found)
}

/// Writes down that somebody came in by a linked account.
///
/// # Errors
/// [`AppError::NotSignedIn`] when it was unlinked meanwhile.
pub async fn note_sign_in(tx: &mut Tx, app: &App, now: DateTime<Utc>, owner: Owner, provider: &str) -> Result<(), AppError> {
    let linked = sql("UPDATE identities SET used_at = $2 WHERE id = $1")
        .bind(owner.identity)
        .bind(now)
        .run(tx)
        .await?;
    if linked == 0 {
        return Err(AppError::NotSignedIn);
    }
    note(tx, app, now, owner.person, "person.signed-in-through", provider).await
}

/// Links an account of a provider to a person. One that is theirs already stays so.
pub async fn link(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    person: PersonId,
    provider: &str,
    profile: &Profile,
) -> Result<Result<(), Trouble>, AppError> {
    // Locks the person, so that linking and unlinking come one after the other.
    let locked = sql("UPDATE people SET active = active WHERE id = $1 AND active")
        .bind(person)
        .run(tx)
        .await?;
    if locked == 0 {
        return Ok(Err(Trouble::Closed));
    }
    let written = sql(
        "INSERT INTO identities (id, person_id, provider, subject, shown, linked_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(IdentityId::new(&app.chance, now))
    .bind(person)
    .bind(provider)
    .bind(&profile.subject)
    .bind(profile.shown())
    .bind(now)
    .run(tx)
    .await?;
    if written == 1 {
        note(tx, app, now, person, "person.linked", provider).await?;
        return Ok(Ok(()));
    }
    let owner = owner_of(&mut *tx, provider, &profile.subject).await?;
    Ok(match owner {
        Some(owner) if owner.person == person => Ok(()),
        Some(_) => Err(Trouble::Taken),
        None => Err(Trouble::Second),
    })
}

/// An account of another site that is linked to one's own.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Identity {
    pub id: IdentityId,
    pub provider: String,
    /// What its owner recognises it by; may be empty.
    pub shown: String,
    pub linked_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

/// The actor's linked accounts: at most one of each provider.
pub async fn own_identities(on: impl Into<On<'_>>, actor: &Actor) -> Result<Vec<Identity>, AppError> {
    let rows = sql("SELECT id, provider, shown, linked_at, used_at FROM identities WHERE person_id = $1 ORDER BY provider")
        .bind(actor.person)
        .all(on)
        .await?;
    Ok(rows)
}

/// Unlinks one of the actor's own accounts, and answers the name of its provider.
///
/// # Errors
/// A refusal when it is the last way in: there is no password, and no other account of a provider that is still `offered`.
pub async fn unlink(
    tx: &mut Tx,
    app: &App,
    now: DateTime<Utc>,
    actor: &Actor,
    identity: IdentityId,
    offered: impl Fn(&str) -> bool,
) -> Result<String, AppError> {
    sql("UPDATE people SET active = active WHERE id = $1").bind(actor.person).run(tx).await?;
    let own = own_identities(&mut *tx, actor).await?;
    let goes = own.iter().find(|linked| linked.id == identity).ok_or(AppError::NotFound)?;
    let others = own.iter().any(|linked| linked.id != identity && offered(&linked.provider));
    if !others && !has_password(&mut *tx, actor.person).await? {
        return Err(AppError::refused("oauth-last-way"));
    }
    sql("DELETE FROM identities WHERE id = $1 AND person_id = $2")
        .bind(identity)
        .bind(actor.person)
        .run(tx)
        .await?;
    note(tx, app, now, actor.person, "person.unlinked", &goes.provider).await?;
    Ok(goes.provider.clone())
}

/// Whether a person can sign in with a password.
pub async fn has_password(on: impl Into<On<'_>>, person: PersonId) -> Result<bool, AppError> {
    let found: Option<(bool,)> = sql("SELECT password_hash IS NOT NULL FROM people WHERE id = $1")
        .bind(person)
        .opt(on)
        .await?;
    Ok(found.is_some_and(|(has,)| has))
}

async fn note(tx: &mut Tx, app: &App, now: DateTime<Utc>, own: PersonId, what: &'static str, provider: &str) -> Result<(), AppError> {
    let region = person(&mut *tx, own).await?.region;
    let entry = audit::Entry {
        by: Some(own),
        what,
        subject_kind: "person",
        subject_id: own.to_string(),
        region: Some(&region),
        detail: provider.to_owned(),
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// Somebody who came back from a provider and has no account here yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Arrival {
    pub provider: String,
    pub subject: String,
    pub shown: String,
    pub name: Option<String>,
    /// 11 digits.
    pub phone: Option<String>,
    pub phone_is_verified: bool,
    pub next: String,
}

impl Arrival {
    /// What is needed to link it.
    pub fn profile(&self) -> Profile {
        Profile {
            subject: self.subject.clone(),
            // What is shown was chosen when the provider told it.
            name: Some(self.shown.clone()),
            phone: None,
            phone_is_verified: false,
            email: None,
        }
    }
}

/// Keeps what a provider told of somebody until they say what is missing, and answers the token for their cookie.
pub async fn keep_arrival(tx: &mut Tx, app: &App, now: DateTime<Utc>, provider: &str, profile: &Profile, next: &str) -> Result<String, AppError> {
    let token = hex(&app.chance.bytes::<32>());
    sql(
        "INSERT INTO oauth_arrivals (token_hash, provider, subject, shown, name, phone, phone_is_verified, next, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(sha256(token.as_bytes()))
    .bind(provider)
    .bind(&profile.subject)
    .bind(profile.shown())
    .bind(profile.name.clone())
    .bind(profile.phone.clone())
    .bind(profile.phone_is_verified)
    .bind(next)
    .bind(now + TimeDelta::minutes(ARRIVAL_MINUTES))
    .run(tx)
    .await?;
    Ok(token)
}

/// What is kept under a token, if it is not too old.
pub async fn arrival(on: impl Into<On<'_>>, now: DateTime<Utc>, token: &str) -> Result<Option<Arrival>, AppError> {
    let found =
        sql("SELECT provider, subject, shown, name, phone, phone_is_verified, next FROM oauth_arrivals WHERE token_hash = $1 AND ends_at > $2")
            .bind(sha256(token.as_bytes()))
            .bind(now)
            .opt(on)
            .await?;
    Ok(found)
}

/// Takes what is kept under a token, once.
pub async fn take_arrival(tx: &mut Tx, now: DateTime<Utc>, token: &str) -> Result<Option<Arrival>, AppError> {
    let Some(found) = arrival(&mut *tx, now, token).await? else {
        return Ok(None);
    };
    let taken = sql("DELETE FROM oauth_arrivals WHERE token_hash = $1")
        .bind(sha256(token.as_bytes()))
        .run(tx)
        .await?;
    Ok((taken == 1).then_some(found))
}

/// Removes ways and arrivals that are out of date.
pub async fn sweep(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    let forgotten = now - TimeDelta::hours(REMEMBERED_HOURS);
    let stale = sql("SELECT (SELECT COUNT(*) FROM oauth_ways WHERE ends_at <= $1) + (SELECT COUNT(*) FROM oauth_arrivals WHERE ends_at <= $2)")
        .bind(forgotten)
        .bind(now)
        .count(&app.db)
        .await?;
    if stale == 0 {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    sql("DELETE FROM oauth_ways WHERE ends_at <= $1").bind(forgotten).run(&mut tx).await?;
    sql("DELETE FROM oauth_arrivals WHERE ends_at <= $1").bind(now).run(&mut tx).await?;
    tx.commit().await
}

/// A person's password and linked accounts, for the page about them.
pub struct WaysIn {
    pub has_password: bool,
    pub linked: Vec<Identity>,
}

/// The actor's own ways in.
pub async fn own_ways_in(db: &Db, actor: &Actor) -> Result<WaysIn, AppError> {
    Ok(WaysIn {
        has_password: has_password(db, actor.person).await?,
        linked: own_identities(db, actor).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Grant;
    use crate::db::testing::Engine;
    use crate::ids::Region;
    use crate::testing::{TestCity, XINAN};

    const NEW: NewWay<'static> = NewWay {
        provider: "city",
        link_for: None,
        next: "/me",
    };

    fn profile(subject: &str) -> Profile {
        Profile {
            subject: subject.to_owned(),
            name: Some("李建国".to_owned()),
            phone: Some("13800000001".to_owned()),
            phone_is_verified: true,
            email: None,
        }
    }

    async fn begun(city: &TestCity, new: NewWay<'_>) -> Halves {
        let mut tx = city.begin().await;
        let halves = begin_way(&mut tx, &city.app, city.now(), new).await.expect("begun");
        tx.commit().await.expect("kept");
        halves
    }

    async fn taken(city: &TestCity, provider: &str, halves: &Halves) -> Result<Way, Trouble> {
        let mut tx = city.begin().await;
        let outcome = take_way(&mut tx, city.now(), provider, halves).await.expect("asked");
        tx.commit().await.expect("kept");
        outcome
    }

    async fn linked(city: &TestCity, person: PersonId, provider: &str, subject: &str) -> Result<(), Trouble> {
        let mut tx = city.begin().await;
        let outcome = link(&mut tx, &city.app, city.now(), person, provider, &profile(subject))
            .await
            .expect("asked");
        tx.commit().await.expect("kept");
        outcome
    }

    async fn unlinked(city: &TestCity, actor: &Actor, identity: IdentityId) -> Result<String, AppError> {
        let mut tx = city.begin().await;
        let provider = unlink(&mut tx, &city.app, city.now(), actor, identity, |slug| slug != "gone").await?;
        tx.commit().await.expect("kept");
        Ok(provider)
    }

    async fn give_password(city: &TestCity, person: PersonId) {
        let mut tx = city.begin().await;
        sql("UPDATE people SET password_hash = 'x' WHERE id = $1")
            .bind(person)
            .run(&mut tx)
            .await
            .expect("given");
        tx.commit().await.expect("kept");
    }

    async fn a_way_is_gone_once_by_one_browser_and_in_time(engine: Engine) {
        let city = TestCity::new(engine).await;
        let halves = begun(&city, NEW).await;
        let stranger = Halves {
            browser: "0".repeat(64),
            ..halves.clone()
        };
        let unknown = Halves {
            state: "0".repeat(64),
            ..halves.clone()
        };
        assert_eq!(taken(&city, "city", &stranger).await, Err(Trouble::Unknown), "another browser");
        assert_eq!(taken(&city, "city", &unknown).await, Err(Trouble::Unknown), "another state");
        assert_eq!(taken(&city, "other", &halves).await, Err(Trouble::Unknown), "another provider");
        let way = taken(&city, "city", &halves).await.expect("the right one");
        assert_eq!((way.purpose, way.sign_in, way.next.as_str()), (Purpose::SignIn, None, "/me"));
        assert_eq!(taken(&city, "city", &halves).await, Err(Trouble::Replayed));

        let late = begun(&city, NEW).await;
        city.hand.advance(TimeDelta::minutes(WAY_MINUTES));
        assert_eq!(taken(&city, "city", &late).await, Err(Trouble::Expired));
        assert_eq!(taken(&city, "city", &halves).await, Err(Trouble::Replayed), "still told from a late one");
    }

    async fn of_two_at_the_same_time_one_is_taken(engine: Engine) {
        let city = TestCity::new(engine).await;
        let halves = begun(&city, NEW).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (app, now, halves) = (city.app.clone(), city.now(), halves.clone());
            tasks.spawn(async move {
                let mut tx = app.db.begin().await.expect("a transaction");
                let outcome = take_way(&mut tx, now, "city", &halves).await.expect("asked");
                tx.commit().await.expect("kept");
                outcome.is_ok()
            });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
    }

    async fn neither_half_stands_in_the_database(engine: Engine) {
        let city = TestCity::new(engine).await;
        let halves = begun(&city, NEW).await;
        let row: (Vec<u8>, Vec<u8>) = sql("SELECT state_hash, browser_hash FROM oauth_ways")
            .one(&city.app.db)
            .await
            .expect("a row");
        assert_eq!(
            row,
            (sha256(halves.state.as_bytes()).to_vec(), sha256(halves.browser.as_bytes()).to_vec())
        );
    }

    async fn an_account_there_opens_one_account_here(engine: Engine) {
        let city = TestCity::new(engine).await;
        let (own, other) = (city.person("甲", XINAN).await, city.person("乙", XINAN).await);
        assert_eq!(linked(&city, own, "city", "1").await, Ok(()));
        assert_eq!(linked(&city, own, "city", "1").await, Ok(()), "again changes nothing");
        assert_eq!(linked(&city, other, "city", "1").await, Err(Trouble::Taken));
        assert_eq!(linked(&city, own, "city", "2").await, Err(Trouble::Second));
        assert_eq!(
            linked(&city, other, "elsewhere", "1").await,
            Ok(()),
            "the same subject of another provider is somebody else"
        );
        let owner = owner_of(&city.app.db, "city", "1").await.expect("asked").expect("an owner");
        assert_eq!((owner.person, owner.active), (own, true));
        assert_eq!(owner_of(&city.app.db, "city", "2").await.expect("asked"), None);
        let trail = sql("SELECT COUNT(*) FROM audit_entries WHERE what = 'person.linked'")
            .count(&city.app.db)
            .await;
        assert_eq!(trail.expect("counted"), 2);
    }

    async fn two_who_link_the_same_account_at_once_do_not_both_get_it(engine: Engine) {
        let city = TestCity::new(engine).await;
        let people = [city.person("甲", XINAN).await, city.person("乙", XINAN).await];
        let mut tasks = tokio::task::JoinSet::new();
        for person in people {
            let (app, now) = (city.app.clone(), city.now());
            tasks.spawn(async move {
                let mut tx = app.db.begin().await.expect("a transaction");
                let outcome = link(&mut tx, &app, now, person, "city", &profile("1")).await.expect("asked");
                tx.commit().await.expect("kept");
                outcome
            });
        }
        let mut outcomes = tasks.join_all().await;
        outcomes.sort_by_key(Result::is_err);
        assert_eq!(outcomes, [Ok(()), Err(Trouble::Taken)]);
    }

    async fn who_is_not_active_links_nothing(engine: Engine) {
        let city = TestCity::new(engine).await;
        let person = city.person("甲", XINAN).await;
        let mut tx = city.begin().await;
        sql("UPDATE people SET active = FALSE").run(&mut tx).await.expect("closed");
        tx.commit().await.expect("kept");
        assert_eq!(linked(&city, person, "city", "1").await, Err(Trouble::Closed));
    }

    async fn the_last_way_in_stays(engine: Engine) {
        let city = TestCity::new(engine).await;
        let actor = city.entrepreneur(XINAN).await;
        linked(&city, actor.person, "city", "1").await.expect("linked");
        let first = own_identities(&city.app.db, &actor).await.expect("asked")[0].id;
        assert_eq!(unlinked(&city, &actor, first).await, Err(AppError::refused("oauth-last-way")));
        linked(&city, actor.person, "gone", "1").await.expect("linked");
        assert_eq!(
            unlinked(&city, &actor, first).await,
            Err(AppError::refused("oauth-last-way")),
            "a provider that is not offered is no way in"
        );
        linked(&city, actor.person, "other", "1").await.expect("linked");
        assert_eq!(unlinked(&city, &actor, first).await, Ok("city".to_owned()));
        let ways = own_ways_in(&city.app.db, &actor).await.expect("asked");
        assert!(!ways.has_password && ways.linked.len() == 2);
        give_password(&city, actor.person).await;
        for identity in ways.linked {
            unlinked(&city, &actor, identity.id).await.expect("a password is left");
        }
        assert!(own_identities(&city.app.db, &actor).await.expect("asked").is_empty());
    }

    async fn whatever_the_role_only_ones_own_is_unlinked(engine: Engine) {
        let city = TestCity::new(engine).await;
        let victim = city.person("甲", XINAN).await;
        give_password(&city, victim).await;
        linked(&city, victim, "city", "victim").await.expect("linked");
        let owner = owner_of(&city.app.db, "city", "victim").await.expect("asked").expect("an owner");
        let roles = [
            Vec::new(),
            vec![Grant::City],
            vec![Grant::County(Region::from(XINAN))],
            vec![Grant::Teacher(Vec::new())],
            vec![Grant::Firm(city.firm("厂", XINAN).await)],
            vec![Grant::Verifier],
        ];
        for (n, grants) in roles.into_iter().enumerate() {
            let actor = city.actor("某", XINAN, grants.clone()).await;
            give_password(&city, actor.person).await;
            linked(&city, actor.person, "city", &n.to_string()).await.expect("linked");
            assert_eq!(
                unlinked(&city, &actor, owner.identity).await,
                Err(AppError::NotFound),
                "{grants:?}: another's"
            );
            let own = own_identities(&city.app.db, &actor).await.expect("asked");
            assert_eq!(own.len(), 1, "{grants:?}: sees the own one only");
            assert_eq!(unlinked(&city, &actor, own[0].id).await, Ok("city".to_owned()), "{grants:?}: the own one");
        }
        assert!(owner_of(&city.app.db, "city", "victim").await.expect("asked").is_some());
    }

    async fn an_arrival_is_taken_once_and_in_time(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tx = city.begin().await;
        let token = keep_arrival(&mut tx, &city.app, city.now(), "city", &profile("1"), "/classes")
            .await
            .expect("kept");
        let late = keep_arrival(&mut tx, &city.app, city.now(), "city", &profile("2"), "/me")
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        let found = arrival(&city.app.db, city.now(), &token).await.expect("asked").expect("an arrival");
        assert_eq!(
            (found.next.as_str(), found.phone.as_deref(), found.phone_is_verified),
            ("/classes", Some("13800000001"), true)
        );
        assert_eq!(arrival(&city.app.db, city.now(), "x").await.expect("asked"), None);
        let mut tx = city.begin().await;
        assert_eq!(take_arrival(&mut tx, city.now(), &token).await.expect("asked"), Some(found));
        assert_eq!(take_arrival(&mut tx, city.now(), &token).await.expect("asked"), None);
        tx.commit().await.expect("kept");
        city.hand.advance(TimeDelta::minutes(ARRIVAL_MINUTES));
        assert_eq!(arrival(&city.app.db, city.now(), &late).await.expect("asked"), None);
    }

    async fn what_is_out_of_date_is_swept(engine: Engine) {
        let city = TestCity::new(engine).await;
        let halves = begun(&city, NEW).await;
        let mut tx = city.begin().await;
        keep_arrival(&mut tx, &city.app, city.now(), "city", &profile("1"), "/me")
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        city.hand.advance(TimeDelta::hours(2));
        sweep(&city.app).await.expect("swept");
        assert_eq!(sql("SELECT COUNT(*) FROM oauth_arrivals").count(&city.app.db).await.expect("counted"), 0);
        assert_eq!(taken(&city, "city", &halves).await, Err(Trouble::Expired), "a late one is still told why");
        city.hand.advance(TimeDelta::hours(REMEMBERED_HOURS));
        sweep(&city.app).await.expect("swept");
        assert_eq!(sql("SELECT COUNT(*) FROM oauth_ways").count(&city.app.db).await.expect("counted"), 0);
    }

    crate::on_both_engines!(
        a_way_is_gone_once_by_one_browser_and_in_time,
        of_two_at_the_same_time_one_is_taken,
        neither_half_stands_in_the_database,
        an_account_there_opens_one_account_here,
        two_who_link_the_same_account_at_once_do_not_both_get_it,
        who_is_not_active_links_nothing,
        the_last_way_in_stays,
        whatever_the_role_only_ones_own_is_unlinked,
        an_arrival_is_taken_once_and_in_time,
        what_is_out_of_date_is_swept
    );
}
