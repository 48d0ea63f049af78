//! Rows of people, as every slice needs them.

use chrono::{DateTime, Utc};

use crate::accounts::rules::initials;
use crate::db::{On, Tx, sql};
use crate::error::AppError;
use crate::ids::{FirmId, PersonId, Region};
use crate::request::hex;
use crate::state::App;

/// A person in one line.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonBrief {
    pub id: PersonId,
    pub name: String,
    pub phone: Option<String>,
    pub region: Region,
    pub firm_id: Option<FirmId>,
    pub firm_name: Option<String>,
    pub position: Option<String>,
    pub initials: String,
    /// What the person's own QR code says.
    pub qr_code: String,
    pub active: bool,
}

/// A person to be written. What is in it was checked by a form or an import.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub name: String,
    /// 11 digits.
    pub phone: Option<String>,
    pub region: Region,
    pub firm: Option<FirmId>,
    pub position: Option<String>,
    /// None for people who were entered by others: they register with their phone number and name later.
    pub password_hash: Option<String>,
    pub must_change_password: bool,
    pub created_by: Option<PersonId>,
}

/// Columns of a [`PersonBrief`], to be followed by `WHERE`.
const BRIEF: &str = "SELECT p.id, p.name, p.phone, p.region, p.firm_id, f.name AS firm_name, p.position, p.initials, p.qr_code, p.active
    FROM people p LEFT JOIN firms f ON f.id = p.firm_id ";

/// One person.
pub async fn person(on: impl Into<On<'_>>, id: PersonId) -> Result<PersonBrief, AppError> {
    person_of(on, id).await?.ok_or(AppError::NotFound)
}

/// One person, if there is one.
pub async fn person_of(on: impl Into<On<'_>>, id: PersonId) -> Result<Option<PersonBrief>, AppError> {
    Ok(sql(BRIEF).push("WHERE p.id = $1").bind(id).opt(on).await?)
}

/// The person with this phone number (11 digits).
pub async fn person_by_phone(on: impl Into<On<'_>>, phone: &str) -> Result<Option<PersonBrief>, AppError> {
    Ok(sql(BRIEF).push("WHERE p.phone = $1").bind(phone).opt(on).await?)
}

/// The person whose own QR code says `code`. Control characters never stand in one.
pub async fn people_by_qr(on: impl Into<On<'_>>, code: &str) -> Result<Option<PersonBrief>, AppError> {
    if code.len() > 64 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    Ok(sql(BRIEF).push("WHERE p.qr_code = $1").bind(code).opt(on).await?)
}

/// Writes a person and answers the new id.
///
/// # Errors
/// A fault of the field `phone` when somebody has that number already.
pub async fn create_person(tx: &mut Tx, app: &App, now: DateTime<Utc>, new: NewPerson) -> Result<PersonId, AppError> {
    let id = PersonId::new(&app.chance, now);
    let written = sql(
        "INSERT INTO people (id, name, initials, phone, password_hash, must_change_password, region, firm_id, position, qr_code, active,
             created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, TRUE, $11, $12)
         ON CONFLICT (phone) DO NOTHING",
    )
    .bind(id)
    .bind(&new.name)
    .bind(initials(&new.name))
    .bind(new.phone)
    .bind(new.password_hash)
    .bind(new.must_change_password)
    .bind(new.region)
    .bind(new.firm)
    .bind(new.position)
    .bind(hex(&app.chance.bytes::<16>()))
    .bind(now)
    .bind(new.created_by)
    .run(tx)
    .await?;
    if written == 0 {
        return Err(AppError::field("phone", "accounts-phone-taken"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::{TestCity, XINAN};

    fn new_person(name: &str, phone: &str) -> NewPerson {
        NewPerson {
            name: name.to_owned(),
            phone: Some(phone.to_owned()),
            region: Region::from(XINAN),
            firm: None,
            position: Some("总经理".to_owned()),
            password_hash: None,
            must_change_password: false,
            created_by: None,
        }
    }

    async fn a_person_is_found_by_every_name(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tx = city.begin().await;
        let id = create_person(&mut tx, &city.app, city.now(), new_person("王小明", "13800000001"))
            .await
            .expect("written");
        tx.commit().await.expect("kept");
        let found = person(&city.app.db, id).await.expect("a person");
        assert_eq!((found.initials.as_str(), found.active), ("wxm", true));
        assert_eq!(person_by_phone(&city.app.db, "13800000001").await.expect("asked"), Some(found.clone()));
        assert_eq!(people_by_qr(&city.app.db, &found.qr_code).await.expect("asked"), Some(found));
        assert_eq!(people_by_qr(&city.app.db, "a\0b").await.expect("asked"), None);
    }

    async fn a_phone_number_belongs_to_one_person_however_many_come_at_once(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..10 {
            let (app, now) = (city.app.clone(), city.now());
            tasks.spawn(async move {
                let mut tx = app.db.begin().await?;
                create_person(&mut tx, &app, now, new_person(&format!("人{n}"), "13800000001")).await?;
                tx.commit().await
            });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let taken = AppError::field("phone", "accounts-phone-taken");
        assert_eq!(outcomes.into_iter().filter(|outcome| outcome.as_ref() == Err(&taken)).count(), 9);
    }

    crate::on_both_engines!(
        a_person_is_found_by_every_name,
        a_phone_number_belongs_to_one_person_however_many_come_at_once
    );
}
