//! How the connections stand, and whether the database's server is there at all.

use std::time::Duration;

use sqlx::{Connection, PgConnection};

use super::{Db, POSTGRES_CONNECTIONS, sqlite_readers};

/// The connections of one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// `read`, `write` or `shared`.
    pub name: &'static str,
    pub in_use: u32,
    pub idle: u32,
    pub most: u32,
}

impl Db {
    /// The pools as they stand at this moment.
    pub fn pools(&self) -> Vec<Pool> {
        match self {
            Self::Sqlite { read, write, .. } => vec![
                pool("read", read.size(), read.num_idle(), sqlite_readers()),
                pool("write", write.size(), write.num_idle(), 1),
            ],
            Self::Postgres(shared) => vec![pool("shared", shared.size(), shared.num_idle(), POSTGRES_CONNECTIONS)],
        }
    }
}

fn pool(name: &'static str, size: u32, idle: usize, most: u32) -> Pool {
    let idle = u32::try_from(idle).unwrap_or(u32::MAX);
    Pool {
        name,
        in_use: size.saturating_sub(idle),
        idle,
        most,
    }
}

/// Feels whether `PostgreSQL` answers, over a connection of its own: a pool in which everybody waits is no sign of death.
pub struct Pulse {
    db: Db,
    connection: Option<PgConnection>,
}

impl Pulse {
    pub fn of(db: &Db) -> Self {
        Self {
            db: db.clone(),
            connection: None,
        }
    }

    /// Whether the server answers within `patience`. A file of `SQLite` is always there.
    pub async fn beats(&mut self, patience: Duration) -> bool {
        let answered = tokio::time::timeout(patience, self.feel()).await;
        matches!(answered, Ok(Ok(())))
    }

    async fn feel(&mut self) -> Result<(), sqlx::Error> {
        let Db::Postgres(pool) = &self.db else { return Ok(()) };
        // Put back only after an answer: one that is given up in between is thrown away.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => PgConnection::connect_with(&pool.connect_options()).await?,
        };
        connection.ping().await?;
        self.connection = Some(connection);
        Ok(())
    }
}
