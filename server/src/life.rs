//! Where this process stands in its life, and whether its database is there: what `/readyz` tells and requests obey.

use tokio::sync::watch;

/// From the start to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Takes requests.
    Serving,
    /// Still takes requests, and asks whoever spreads them to send no more.
    Draining,
    /// Takes no new connection and ends what it began.
    Stopping,
}

/// Shared by everything in the process; cheap to clone.
#[derive(Clone)]
pub struct Life {
    stage: watch::Sender<Stage>,
    has_database: watch::Sender<bool>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            stage: watch::channel(Stage::Serving).0,
            has_database: watch::channel(true).0,
        }
    }
}

impl Life {
    pub fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Goes on to a later stage; there is no way back.
    pub fn enter(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let is_later = stage > *now;
            *now = stage.max(*now);
            is_later
        });
    }

    /// Resolves once this stage is reached.
    pub async fn reached(&self, stage: Stage) {
        // The sender lives in self, so this can't fail.
        let _ = self.stage.subscribe().wait_for(|now| *now >= stage).await;
    }

    /// Whether the database answered when it was last felt for.
    pub fn has_database(&self) -> bool {
        *self.has_database.borrow()
    }

    /// Notes whether the database answers; true when that is news.
    pub fn note_database(&self, answers: bool) -> bool {
        self.has_database.send_if_modified(|known| std::mem::replace(known, answers) != answers)
    }

    /// Resolves once the database is lost.
    pub async fn database_lost(&self) {
        let _ = self.has_database.subscribe().wait_for(|answers| !answers).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_life_goes_forward_only() {
        let life = Life::default();
        life.enter(Stage::Stopping);
        life.enter(Stage::Draining);
        assert_eq!(life.stage(), Stage::Stopping);
        life.reached(Stage::Draining).await;
    }

    #[tokio::test]
    async fn a_database_comes_and_goes() {
        let life = Life::default();
        assert!(!life.note_database(true), "it was there");
        assert!(life.note_database(false));
        life.database_lost().await;
        assert!(life.note_database(true) && life.has_database());
    }
}
