//! Who watches which lesson live: a broadcast inside the process, and LISTEN/NOTIFY between processes that share `PostgreSQL`.
//!
//! A change is told after its commit. Between processes it is told at most a few times a second for each lesson, however
//! many people arrive: a NOTIFY inside each transaction would make `PostgreSQL` commit them one after another.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use crate::db::{Db, sql};
use crate::error::AppError;
use crate::ids::LessonId;
use crate::state::App;

const CHANNEL: &str = "heluo_lesson";
/// Changes of this long are told to the other processes together.
const TOGETHER: Duration = Duration::from_millis(200);
/// After a broken connection.
const RETRY: Duration = Duration::from_secs(2);

/// Something changed in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub lesson: LessonId,
    /// Heard from another process: not to be told to the others again.
    from_afar: bool,
}

/// Tells the watchers of a lesson that something changed in it.
#[derive(Clone)]
pub struct LiveHub {
    changes: broadcast::Sender<Change>,
    over: watch::Sender<bool>,
}

impl Default for LiveHub {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(1024).0,
            over: watch::channel(false).0,
        }
    }
}

impl LiveHub {
    /// Says that a lesson's attendance changed.
    pub fn tell(&self, lesson: LessonId) {
        self.send(lesson, false);
    }

    /// Hears of every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Ends every live page of this process, so that it can stop.
    pub fn end(&self) {
        self.over.send_replace(true);
    }

    /// Resolves when the process is about to stop.
    pub async fn ended(&self) {
        // The sender lives in self, so this can't fail.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    /// A page that watches, counted for the operator until the answer is dropped.
    pub fn watcher(&self) -> Watcher {
        metrics::gauge!("heluo_live_pages").increment(1);
        Watcher
    }

    fn send(&self, lesson: LessonId, from_afar: bool) {
        // Nobody watching is no error.
        let _ = self.changes.send(Change { lesson, from_afar });
    }
}

/// One page that watches.
pub struct Watcher;

impl Drop for Watcher {
    fn drop(&mut self) {
        metrics::gauge!("heluo_live_pages").decrement(1);
    }
}

/// Carries changes between the processes that share a `PostgreSQL` database, until the process stops. On `SQLite` there is
/// one process, and nothing to do.
pub async fn relay(app: App) {
    let Db::Postgres(pool) = app.db.clone() else { return };
    // Its own words come back to a process: this name tells them apart.
    let name = crate::request::hex(&app.chance.bytes::<8>());
    loop {
        let work = async { tokio::try_join!(hear(&app, &pool, &name), say(&app, &name)).map(|_| ()) };
        tokio::select! {
            () = app.live.ended() => return,
            outcome = work => if let Err(error) = outcome {
                tracing::warn!(%error, "live pages hear nothing from other processes for a moment");
                tokio::time::sleep(RETRY).await;
            },
        }
    }
}

async fn hear(app: &App, pool: &PgPool, name: &str) -> Result<(), AppError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let heard = listener.recv().await?;
        let Some((from, lesson)) = heard.payload().split_once(' ') else {
            continue;
        };
        if let (true, Ok(lesson)) = (from != name, lesson.parse()) {
            app.live.send(lesson, true);
        }
    }
}

async fn say(app: &App, name: &str) -> Result<(), AppError> {
    let mut changes = app.live.listen();
    loop {
        let mut lessons = HashSet::new();
        match changes.recv().await {
            Ok(change) if change.from_afar => continue,
            Ok(change) => lessons.insert(change.lesson),
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return Ok(()),
        };
        tokio::time::sleep(TOGETHER).await;
        while let Ok(change) = changes.try_recv() {
            if !change.from_afar {
                lessons.insert(change.lesson);
            }
        }
        let mut tx = app.db.begin().await?;
        for lesson in lessons {
            sql("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(format!("{name} {lesson}"))
                .run(&mut tx)
                .await?;
        }
        tx.commit().await?;
    }
}
