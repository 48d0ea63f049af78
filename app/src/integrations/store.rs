//! Rows of tokens.

use chrono::{DateTime, TimeDelta, Utc};

use super::policy::{Place, Scope, TokenPermit};
use super::rules::{Lifetime, Schools, TokenScope, TokenState, scopes, stored_scopes};
use crate::accounts::policy::Reach;
use crate::audit;
use crate::db::{On, Query, Tx, sql};
use crate::error::AppError;
use crate::ids::{PersonId, Region, SchoolId, TokenId};
use crate::paging::{Paged, Step};
use crate::state::{App, sha256};

/// What every token of an integration begins with; those of scanners do not.
pub const PREFIX: &str = "heluo_api_";
/// Rows on one page of the list.
const PAGE: usize = 50;
/// `seen_at` is written at most this often.
const SEEN_MINUTES: i64 = 5;

/// A token that calls, or stands in the list. The secret is not in it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    school_id: Option<SchoolId>,
    /// None is the whole city, as with the names.
    region: Option<Region>,
    pub school_zh: Option<String>,
    pub school_en: Option<String>,
    scopes: String,
    pub created_at: DateTime<Utc>,
    pub created_by: PersonId,
    pub maker: String,
    pub expires_at: DateTime<Utc>,
    pub seen_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// Its maker is active and coordinates the place still.
    vouched: bool,
}

impl Token {
    pub fn schools(&self) -> Schools {
        self.school_id.into()
    }

    pub fn place(&self) -> Place {
        match (self.school_id, &self.region) {
            (Some(id), Some(region)) => Place::School { id, region: region.clone() },
            _ => Place::City,
        }
    }

    pub fn scopes(&self) -> Vec<TokenScope> {
        scopes(&self.scopes)
    }

    pub fn has(&self, scope: TokenScope) -> bool {
        self.scopes().contains(&scope)
    }

    pub fn state(&self, now: DateTime<Utc>) -> TokenState {
        TokenState::of(now, self.expires_at, self.revoked_at, self.vouched)
    }
}

const TOKEN: &str = "SELECT t.id, t.name, t.school_id, s.region, s.name_zh AS school_zh, s.name_en AS school_en, t.scopes, t.created_at, t.created_by,
        p.name AS maker, t.expires_at, t.seen_at, t.revoked_at,
        p.active AND EXISTS (SELECT 1 FROM grants g WHERE g.person_id = p.id AND (g.role = 'city' OR (g.role = 'county' AND g.region = s.region))) AS vouched
    FROM api_tokens t JOIN people p ON p.id = t.created_by LEFT JOIN schools s ON s.id = t.school_id ";

/// A token to be made, its place already in the permit.
#[derive(Debug, Clone)]
pub struct Making<'a> {
    pub name: &'a str,
    pub scopes: &'a [TokenScope],
    pub lifetime: Lifetime,
}

/// Makes a token and answers its secret, which is shown this once.
pub async fn make(app: &App, permit: &TokenPermit, now: DateTime<Utc>, making: &Making<'_>) -> Result<String, AppError> {
    let secret = format!("{PREFIX}{}", crate::request::hex(&app.chance.bytes::<32>()));
    let id = TokenId::new(&app.chance, now);
    let school = match permit.schools() {
        Schools::All => None,
        Schools::One(school) => Some(school),
    };
    let scopes = stored_scopes(making.scopes);
    let mut tx = app.db.begin().await?;
    sql("INSERT INTO api_tokens (id, name, token_hash, school_id, scopes, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(id)
        .bind(making.name)
        .bind(sha256(secret.as_bytes()))
        .bind(school)
        .bind(&scopes)
        .bind(now)
        .bind(permit.by())
        .bind(making.lifetime.ends(now))
        .run(&mut tx)
        .await?;
    note(&mut tx, app, permit, now, "api_token.made", id, format!("{}: {scopes}", making.name)).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Takes a token away for ever; doing it twice is doing it once.
pub async fn revoke(app: &App, permit: &TokenPermit, now: DateTime<Utc>, id: TokenId) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    let token = token(&mut tx, id).await?;
    if token.schools() != permit.schools() {
        return Err(AppError::NotFound);
    }
    let revoked = sql("UPDATE api_tokens SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(now)
        .bind(permit.by())
        .run(&mut tx)
        .await?;
    if revoked == 1 {
        note(&mut tx, app, permit, now, "api_token.revoked", id, token.name).await?;
    }
    tx.commit().await
}

async fn note(
    tx: &mut Tx,
    app: &App,
    permit: &TokenPermit,
    now: DateTime<Utc>,
    what: &'static str,
    id: TokenId,
    detail: String,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        by: Some(permit.by()),
        what,
        subject_kind: "api_token",
        subject_id: id.to_string(),
        region: permit.region(),
        detail,
    };
    audit::note(tx, &app.chance, now, entry).await
}

/// One token.
pub async fn token(on: impl Into<On<'_>>, id: TokenId) -> Result<Token, AppError> {
    let found = sql(TOKEN).push("WHERE t.id = $1").bind(id).opt(on).await?;
    found.ok_or(AppError::NotFound)
}

/// Whose secret this is, in whatever state the token is.
pub async fn by_secret(on: impl Into<On<'_>>, secret: &str) -> Result<Option<Token>, AppError> {
    let query = sql(TOKEN).push("WHERE t.token_hash = $1").bind(sha256(secret.as_bytes()));
    Ok(query.opt(on).await?)
}

/// One page of the tokens that the scope reaches, the newest first.
pub async fn page(on: impl Into<On<'_>>, scope: &Scope, step: Step<TokenId>) -> Result<Paged<Token>, AppError> {
    let query = match step {
        Step::First => within(sql(TOKEN), scope).push(" ORDER BY t.id DESC"),
        Step::After(id) => within(sql(TOKEN), scope).push(" AND t.id < ").push_bind(id).push(" ORDER BY t.id DESC"),
        Step::Before(id) => within(sql(TOKEN), scope).push(" AND t.id > ").push_bind(id).push(" ORDER BY t.id"),
    };
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let rows = query.push(" LIMIT ").push_bind(limit).all(on).await?;
    Ok(Paged::cut(&step, rows, PAGE))
}

fn within(query: Query, scope: &Scope) -> Query {
    match scope.reach() {
        Reach::City => query.push("WHERE TRUE"),
        Reach::Counties(counties) => query.push("WHERE s.region").push_in(counties.iter()),
    }
}

/// Remembers that a token was used, now and then.
pub async fn touch(app: &App, now: DateTime<Utc>, token: &Token) -> Result<(), AppError> {
    if token.seen_at.is_some_and(|seen| now - seen <= TimeDelta::minutes(SEEN_MINUTES)) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    sql("UPDATE api_tokens SET seen_at = $2 WHERE id = $1")
        .bind(token.id)
        .bind(now)
        .run(&mut tx)
        .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::integrations::policy::{permit, visible_to};
    use crate::testing::{TestCity, XINAN, YIYANG};

    const MAKING: Making<'static> = Making {
        name: "数据平台",
        scopes: &[TokenScope::RosterRead, TokenScope::ClassesRead],
        lifetime: Lifetime::Month,
    };

    async fn place(city: &TestCity, region: &str) -> Place {
        Place::School {
            id: city.school(region).await,
            region: Region::from(region),
        }
    }

    /// A coordinator of a county who is one in the database too.
    async fn coordinator(city: &TestCity, region: &'static str) -> crate::accounts::Actor {
        let actor = city.coordinator(region).await;
        let mut tx = city.begin().await;
        sql("INSERT INTO grants (id, person_id, role, region, granted_at) VALUES ($1, $2, 'county', $3, $4)")
            .bind(city.app.chance.uuid(city.now()))
            .bind(actor.person)
            .bind(region)
            .bind(city.now())
            .run(&mut tx)
            .await
            .expect("a role");
        tx.commit().await.expect("kept");
        actor
    }

    async fn found(city: &TestCity, secret: &str) -> Token {
        by_secret(&city.app.db, secret).await.expect("read").expect("known")
    }

    async fn a_token_is_made_found_used_and_revoked(engine: Engine) {
        let city = TestCity::new(engine).await;
        let actor = coordinator(&city, XINAN).await;
        let own = permit(&actor, place(&city, XINAN).await).expect("a permit");
        let secret = make(&city.app, &own, city.now(), &MAKING).await.expect("made");
        let (hash,): (Vec<u8>,) = sql("SELECT token_hash FROM api_tokens").one(&city.app.db).await.expect("a row");
        assert_eq!(hash, sha256(secret.as_bytes()), "only the hash is kept");
        assert_eq!(by_secret(&city.app.db, "heluo_api_wrong").await, Ok(None));

        let token = found(&city, &secret).await;
        assert_eq!(token.scopes(), [TokenScope::ClassesRead, TokenScope::RosterRead]);
        assert_eq!(token.schools(), Schools::One(city.school(XINAN).await));
        assert_eq!((token.state(city.now()), token.seen_at), (TokenState::Good, None));
        touch(&city.app, city.now(), &token).await.expect("seen");
        let first_seen = city.now();
        city.hand.advance(TimeDelta::minutes(SEEN_MINUTES));
        touch(&city.app, city.now(), &found(&city, &secret).await).await.expect("seen lately");
        assert_eq!(found(&city, &secret).await.seen_at, Some(first_seen));

        let other = permit(&coordinator(&city, YIYANG).await, place(&city, YIYANG).await).expect("a permit");
        assert_eq!(revoke(&city.app, &other, city.now(), token.id).await, Err(AppError::NotFound));
        for _ in 0..2 {
            revoke(&city.app, &own, city.now(), token.id).await.expect("revoked");
        }
        assert_eq!(found(&city, &secret).await.state(city.now()), TokenState::Revoked);
        let trail: Vec<(String,)> = sql("SELECT what FROM audit_entries WHERE subject_kind = 'api_token' ORDER BY id")
            .all(&city.app.db)
            .await
            .expect("the trail");
        assert_eq!(trail, [("api_token.made".to_owned(),), ("api_token.revoked".to_owned(),)]);
    }

    async fn a_token_goes_with_its_makers_role(engine: Engine) {
        let city = TestCity::new(engine).await;
        let actor = coordinator(&city, XINAN).await;
        let own = permit(&actor, place(&city, XINAN).await).expect("a permit");
        let secret = make(&city.app, &own, city.now(), &MAKING).await.expect("made");
        let change = async |statement: &'static str| {
            let mut tx = city.begin().await;
            sql(statement).bind(actor.person).run(&mut tx).await.expect("changed");
            tx.commit().await.expect("kept");
            found(&city, &secret).await.state(city.now())
        };
        assert_eq!(change("UPDATE people SET active = FALSE WHERE id = $1").await, TokenState::Orphaned);
        assert_eq!(change("UPDATE people SET active = TRUE WHERE id = $1").await, TokenState::Good);
        assert_eq!(
            change("UPDATE grants SET region = '410327' WHERE person_id = $1").await,
            TokenState::Orphaned
        );
        assert_eq!(
            change("UPDATE grants SET role = 'city', region = NULL WHERE person_id = $1").await,
            TokenState::Good
        );
        assert_eq!(change("DELETE FROM grants WHERE person_id = $1").await, TokenState::Orphaned);
        city.hand.advance(TimeDelta::days(30));
        assert_eq!(found(&city, &secret).await.state(city.now()), TokenState::Expired);
    }

    async fn the_list_is_paged_and_scoped(engine: Engine) {
        let city = TestCity::new(engine).await;
        let admin = city.city_admin().await;
        for _ in 0..=PAGE {
            city.hand.advance(TimeDelta::milliseconds(2));
            let permit = permit(&admin, place(&city, XINAN).await).expect("a permit");
            make(&city.app, &permit, city.now(), &MAKING).await.expect("made");
        }
        let whole = permit(&admin, Place::City).expect("a permit");
        city.hand.advance(TimeDelta::milliseconds(2));
        make(&city.app, &whole, city.now(), &MAKING).await.expect("made");
        let list = async |actor: &crate::accounts::Actor, step| page(&city.app.db, &visible_to(actor).expect("a scope"), step).await.expect("read");
        let first = list(&admin, Step::First).await;
        assert_eq!((first.rows.len(), first.has_older, first.rows[0].schools()), (PAGE, true, Schools::All));
        let second = list(&admin, Step::After(first.rows[PAGE - 1].id)).await;
        assert_eq!((second.rows.len(), second.has_older), (2, false));
        assert_eq!(list(&admin, Step::Before(second.rows[0].id)).await.rows, first.rows);
        let county = list(&city.coordinator(XINAN).await, Step::First).await;
        assert_eq!((county.rows.len(), county.has_older), (PAGE, true), "the city's own are not among them");
        assert_eq!(list(&city.coordinator(YIYANG).await, Step::First).await.rows, []);
    }

    crate::on_both_engines!(
        a_token_is_made_found_used_and_revoked,
        a_token_goes_with_its_makers_role,
        the_list_is_paged_and_scoped
    );
}
