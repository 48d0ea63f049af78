//! What one process of several does at a time: whoever holds the lease.

use sqlx::{Connection, PgConnection};

use super::Db;

/// A session that is cut off from its server for longer than this many seconds has lost its lease there.
const KEEP_ALIVE: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// An advisory lock of `PostgreSQL`, held by a connection of its own: it is free again the moment its process is gone,
/// however it went. On `SQLite` there is one process, and it always holds it.
pub struct Lease {
    db: Db,
    number: i64,
    held: Option<PgConnection>,
}

impl Lease {
    /// A lease of this number in this database; nobody holds it yet.
    pub fn new(db: &Db, number: i64) -> Self {
        Self {
            db: db.clone(),
            number,
            held: None,
        }
    }

    /// Takes the lease, or asks whether it is still held; false when another process has it.
    ///
    /// # Errors
    /// When the database does not answer: then nobody here holds it.
    pub async fn take(&mut self) -> Result<bool, sqlx::Error> {
        let Db::Postgres(pool) = &self.db else { return Ok(true) };
        if let Some(mut connection) = self.held.take() {
            connection.ping().await?;
            self.held = Some(connection);
            return Ok(true);
        }
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        sqlx::raw_sql(KEEP_ALIVE).execute(&mut connection).await?;
        let (taken,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1)")
            .bind(self.number)
            .fetch_one(&mut connection)
            .await?;
        if taken {
            self.held = Some(connection);
        } else {
            connection.close().await?;
        }
        Ok(taken)
    }

    /// Gives it to whoever asks next.
    pub async fn give_up(&mut self) {
        if let Some(connection) = self.held.take() {
            // A connection that is broken already holds nothing either.
            let _ = connection.close().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::{Engine, fresh};

    #[tokio::test(flavor = "multi_thread")]
    async fn one_process_holds_it_and_another_follows() {
        let db = fresh(Engine::Postgres).await;
        let (mut first, mut second) = (Lease::new(&db, 7), Lease::new(&db, 7));
        assert!(first.take().await.expect("asked"));
        assert!(first.take().await.expect("asked"), "and keeps it");
        assert!(!second.take().await.expect("asked"));
        assert!(Lease::new(&db, 8).take().await.expect("asked"), "another number is another lease");
        first.give_up().await;
        assert!(second.take().await.expect("asked"));
        // Gone without a word: the server notices that the connection closed.
        drop(second);
        let mut taken = false;
        for _ in 0..50 {
            taken = first.take().await.expect("asked");
            if taken {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(taken);
    }
}
