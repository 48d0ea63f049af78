//! The gates on both engines: conditions through real rows, steps in and out of order, dates, and two at once.

mod conditions;
mod dates;
mod people;
mod steps;

use chrono::{NaiveDate, TimeDelta};

use super::rules::{Act, Figures, Wish};
use super::store::{self, Decision};
use super::{facts, policy};
use crate::accounts::Actor;
use crate::benchmarking::rules::{AtGate, Stage};
use crate::benchmarking::store::{Pilot, pilot, seen};
use crate::benchmarking::testing::TestProgramme;
use crate::db::testing::Engine;
use crate::error::AppError;
use crate::ids::{PilotId, RoundId};
use crate::testing::XINAN;

/// A chosen firm at 寻标 and the people around it.
struct World {
    programme: TestProgramme,
    pilot: PilotId,
    round: RoundId,
    contact: Actor,
    county: Actor,
    city: Actor,
    verifier: Actor,
}

impl World {
    async fn new(engine: Engine) -> Self {
        let programme = TestProgramme::new(engine).await;
        let pilot = programme.pilot("洛阳一机", XINAN).await;
        let round = programme.round().await;
        let contact = programme.contact(&pilot).await;
        let county = programme.city.coordinator(XINAN).await;
        let city = programme.city.city_admin().await;
        let verifier = programme.verifier(&[pilot.id]).await;
        for actor in [&contact, &county, &city, &verifier] {
            programme.signed_in(actor).await;
        }
        Self {
            programme,
            pilot: pilot.id,
            round,
            contact,
            county,
            city,
            verifier,
        }
    }

    /// A world whose firm meets every condition of 寻标.
    async fn ready(engine: Engine) -> Self {
        let world = Self::new(engine).await;
        world.programme.meets_seek(&world.row().await, world.round).await;
        world
    }

    async fn row(&self) -> Pilot {
        pilot(&self.programme.city.app.db, self.pilot).await.expect("a pilot")
    }

    /// Where the firm stands: stage and place of the application.
    async fn place(&self) -> (Option<Stage>, AtGate) {
        let row = self.row().await;
        (row.stage(), row.gate())
    }

    async fn figures(&self, stage: Stage) -> Figures {
        self.figures_on(stage, self.programme.today()).await
    }

    async fn figures_on(&self, stage: Stage, day: NaiveDate) -> Figures {
        facts::figures(&self.programme.city.app.db, &self.row().await, stage, day)
            .await
            .expect("figures")
    }

    async fn unmet(&self, stage: Stage) -> Vec<String> {
        self.figures(stage)
            .await
            .unmet()
            .map(|condition| condition.kind.as_str().to_owned())
            .collect()
    }

    /// What an actor wants of the page as it is now.
    async fn wish(&self, act: Act) -> Wish {
        let row = self.row().await;
        Wish {
            stage: row.stage().expect("a stage"),
            version: row.version,
            act,
            why: "材料齐全".to_owned(),
            due_on: None,
        }
    }

    /// Takes a step as whoever may take it, a moment later than the last.
    async fn take(&self, act: Act) -> Result<(), AppError> {
        let wish = self.wish(act).await;
        self.ask(&wish).await
    }

    async fn ask(&self, wish: &Wish) -> Result<(), AppError> {
        self.programme.city.hand.advance(TimeDelta::seconds(1));
        let actor = match wish.act {
            Act::Apply => &self.contact,
            Act::Forward | Act::ReturnToFirm => &self.county,
            _ => &self.city,
        };
        let app = &self.programme.city.app;
        let (_, standing) = seen(&app.db, actor, self.pilot).await?;
        let hands = policy::hands(&standing);
        let now = app.clock.now();
        let mut tx = app.db.begin().await?;
        match wish.act {
            Act::Apply => store::apply(&mut tx, app, now, &hands.apply.expect("a contact"), wish).await?,
            Act::Forward | Act::ReturnToFirm => store::check(&mut tx, app, now, &hands.check.expect("a county"), wish).await?,
            _ => store::decide(&mut tx, app, now, &hands.decide.expect("the city"), wish).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// The contact has it recorded that what was open holds.
    async fn settle(&self) -> Result<(), AppError> {
        self.programme.city.hand.advance(TimeDelta::seconds(1));
        let app = &self.programme.city.app;
        let (row, standing) = seen(&app.db, &self.contact, self.pilot).await?;
        let mut tx = app.db.begin().await?;
        store::settle(&mut tx, app, app.clock.now(), &standing.can_edit().expect("a contact"), row.version).await?;
        tx.commit().await?;
        Ok(())
    }

    /// From the application to the city's desk.
    async fn lies_with_the_city(&self) {
        self.take(Act::Apply).await.expect("applied");
        self.take(Act::Forward).await.expect("forwarded");
    }

    /// The record, the first step first, as words.
    async fn record(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let lines = self.decisions().await;
        lines
            .iter()
            .rev()
            .map(|line| (line.stage().as_str(), line.step().as_str(), line.verdict().as_str()))
            .collect()
    }

    async fn decisions(&self) -> Vec<Decision> {
        store::decisions(&self.programme.city.app.db, self.pilot).await.expect("the record")
    }
}

/// The conditions that a refusal names.
fn named(outcome: Result<(), AppError>) -> Vec<String> {
    match outcome {
        Err(AppError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?} names no condition"),
    }
}
