//! Writes the rows of a running import in small transactions: each row's outcome stands in the same transaction as its
//! enrolment, so a killed process loses nothing and nobody is added twice.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::rules::{self, Fit};
use super::store::{Import, LEDGER, Outcome, import, typed};
use crate::accounts::policy::{Actor, Reach};
use crate::accounts::store::{NewPerson, actor_of, create_person, person_by_phone};
use crate::audit;
use crate::classes::Class;
use crate::clock::day_of;
use crate::db::Tx;
use crate::enrolment::policy::{self, DeskPermit};
use crate::enrolment::rules::{EnrolmentState, Source};
use crate::enrolment::store::enrol;
use crate::error::{AppError, Problem};
use crate::firms::store::{NewFirm, find_or_create};
use crate::ids::{ImportId, PersonId, Region};
use crate::regions;
use crate::state::App;

/// Rows written in one transaction: short enough that a check-in beside it does not wait.
const BATCH: i64 = 25;

/// Works on an import in the background.
pub fn set_going(app: &App, id: ImportId) {
    let app = app.clone();
    tokio::spawn(audit::carried_on(async move {
        if let Err(error) = run(&app, id).await {
            tracing::error!(%error, import = %id, "an import stopped; it is taken up again");
        }
    }));
}

/// Takes up imports whose process died.
pub async fn resume(app: &App) -> Result<(), AppError> {
    for id in LEDGER.left(app).await? {
        set_going(app, id);
    }
    Ok(())
}

/// Writes an import to its end, or returns when another process is at it.
pub async fn run(app: &App, id: ImportId) -> Result<(), AppError> {
    if !LEDGER.claim(app, id).await? {
        return Ok(());
    }
    let import = import(&app.db, id).await?;
    let class = crate::classes::store::class(&app.db, import.class_id).await?;
    let writer = Writer {
        counties: regions::written_names(&app.db, day_of(app.clock.now())).await?,
        import,
        class,
    };
    while let Some((actor, permit)) = writer.permit(app).await? {
        if !writer.batch(app, &actor, permit).await? {
            break;
        }
    }
    let mut tx = app.db.begin().await?;
    // Whoever lost the right to this roster since the start writes nothing more.
    LEDGER.mark_rest(&mut tx, id, Outcome::Refused.as_str()).await?;
    LEDGER.finish(&mut tx, id).await?;
    tx.commit().await
}

struct Writer {
    import: Import,
    class: Class,
    counties: HashMap<String, String>,
}

impl Writer {
    /// Who began the import, with leave to go on with it; none once they have lost it.
    async fn permit(&self, app: &App) -> Result<Option<(Actor, DeskPermit)>, AppError> {
        match actor_of(&app.db, self.import.created_by).await {
            Ok(actor) => Ok(policy::can_run_roster(&actor, &self.class).map(|permit| (actor, permit))),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the next rows that wait; false when none is left.
    async fn batch(&self, app: &App, actor: &Actor, permit: DeskPermit) -> Result<bool, AppError> {
        let now = app.clock.now();
        let mut tx = app.db.begin().await?;
        LEDGER.renew(&mut tx, self.import.id, now).await?;
        let rows = LEDGER.waiting(&mut tx, self.import.id, BATCH).await?;
        for (number, cells) in &rows {
            let (outcome, reason) = self.row(&mut tx, app, now, actor, permit, *number, cells).await?;
            LEDGER.settle(&mut tx, self.import.id, *number, outcome.as_str(), reason.as_ref()).await?;
        }
        tx.commit().await?;
        Ok(!rows.is_empty())
    }

    #[allow(clippy::too_many_arguments)] // one row with all that decides about it
    async fn row(
        &self,
        tx: &mut Tx,
        app: &App,
        now: DateTime<Utc>,
        actor: &Actor,
        permit: DeskPermit,
        number: usize,
        cells: &[String],
    ) -> Result<(Outcome, Option<Problem>), AppError> {
        let (fit, _) = rules::judge(&[typed(number, cells, &self.import.columns())], &self.counties);
        let taken = || (Outcome::Refused, Some(Problem::new("import-taken-meanwhile")));
        let Some(row) = fit.into_iter().next() else {
            return Ok((Outcome::Faulty, None));
        };
        let Some(person) = self.person(tx, app, now, actor.coordinated(), permit.by(), &row).await? else {
            return Ok(taken());
        };
        if crate::enrolment::store::live_enrolment(&mut *tx, self.class.id, person).await?.is_some() {
            return Ok((Outcome::Already, None));
        }
        match enrol(tx, app, now, &permit.enrolling(Source::Import), self.class.id, person, None).await {
            Ok(placed) => {
                let outcome = match placed.state {
                    EnrolmentState::Approved => Outcome::Approved,
                    EnrolmentState::Waitlisted => Outcome::Waitlisted,
                    _ => Outcome::Submitted,
                };
                Ok((outcome, None))
            }
            // A rule's refusal is this row's outcome; a fault of ours stops the import, to be taken up again.
            Err(AppError::Refused(reason)) => Ok((Outcome::Refused, Some(reason))),
            Err(error) => Err(error),
        }
    }

    /// The row's person, entered if new; none when somebody else took the phone number since the check.
    async fn person(&self, tx: &mut Tx, app: &App, now: DateTime<Utc>, reach: Reach, by: PersonId, row: &Fit) -> Result<Option<PersonId>, AppError> {
        if let Some(known) = person_by_phone(&mut *tx, &row.phone).await? {
            return Ok((known.name == row.name).then_some(known.id));
        }
        let region = row.county.clone().map_or_else(|| self.class.region.clone(), Region::from);
        if !reach.covers(&region) {
            return Ok(None);
        }
        let firm = match &row.firm {
            Some(name) => {
                let new = NewFirm {
                    name: name.clone(),
                    code: row.credit_code.clone(),
                    region: region.clone(),
                    industry: None,
                };
                Some(find_or_create(tx, app, now, Some(by), new).await?)
            }
            None => None,
        };
        let new = NewPerson {
            name: row.name.clone(),
            phone: Some(row.phone.clone()),
            region,
            firm,
            position: row.position.clone(),
            password_hash: None,
            must_change_password: false,
            created_by: Some(by),
        };
        create_person(tx, app, now, new).await.map(Some)
    }
}
