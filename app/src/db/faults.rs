//! What a fault of the database means to a caller: try again in a moment (503), or a fault of ours (500).

use crate::error::AppError;

/// Why the database could not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Its server is away, stopping, starting, or takes no more connections.
    Lost,
    /// There is no room left to write.
    Full,
    /// Others held what was wanted for too long.
    Busy,
    /// Anything else is a fault of ours.
    Ours,
}

impl Fault {
    fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) if is_full(error) => Self::Full,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Self::Lost,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                code.parse().map_or_else(
                    |_| of_sqlstate(&code),
                    |number| {
                        if code.len() == 5 { of_sqlstate(&code) } else { of_sqlite(number) }
                    },
                )
            }
            _ => Self::Ours,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Ours => "other",
        }
    }
}

/// `PostgreSQL`'s five characters, by their class.
fn of_sqlstate(code: &str) -> Fault {
    match code {
        // disk_full; a file that could not be written
        "53100" | "58030" => Fault::Full,
        // deadlock, lock not available, serialization failure
        "40P01" | "55P03" | "40001" => Fault::Busy,
        // read-only: a standby that is about to be promoted; a database that takes no connections
        "25006" | "55000" => Fault::Lost,
        // connection exceptions, too few resources, shutdown and start
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => Fault::Lost,
        _ => Fault::Ours,
    }
}

/// `SQLite`'s result code; the lower eight bits are its kind.
fn of_sqlite(code: i32) -> Fault {
    match code & 0xFF {
        // BUSY, LOCKED
        5 | 6 => Fault::Busy,
        // FULL, IOERR (a write past a quota), READONLY (a file system that was set so after a fault)
        13 | 10 | 8 => Fault::Full,
        // CANTOPEN
        14 => Fault::Lost,
        _ => Fault::Ours,
    }
}

fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge | ReadOnlyFilesystem)
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        let fault = Fault::of(&error);
        metrics::counter!("heluo_db_faults_total", "kind" => fault.word()).increment(1);
        if fault == Fault::Ours {
            return Self::internal(&error);
        }
        tracing::error!(%error, fault = fault.word(), "the database can't do this now");
        Self::Unavailable
    }
}

/// A file of ours that could not be read or written.
impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        if !is_full(&error) {
            return Self::internal(&error);
        }
        tracing::error!(%error, "there is no room for a file");
        Self::Unavailable
    }
}

impl AppError {
    /// Logs a fault of ours and hides it behind an id: that of the request, or one made up outside of any.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let id = crate::request::id().unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string()[..16].to_owned());
        tracing::error!(%id, %error, "internal fault");
        Self::Internal { id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_pass_are_told_from_ours() {
        for (code, fault) in [
            ("57P01", Fault::Lost),
            ("08006", Fault::Lost),
            ("53300", Fault::Lost),
            ("53100", Fault::Full),
            ("40P01", Fault::Busy),
            ("23505", Fault::Ours),
            ("42601", Fault::Ours),
        ] {
            assert_eq!(of_sqlstate(code), fault, "{code}");
        }
        // 5 BUSY, 13 FULL, 778 IOERR_WRITE, 2067 a unique constraint, 1 an error in the SQL
        for (code, fault) in [
            (5, Fault::Busy),
            (13, Fault::Full),
            (778, Fault::Full),
            (2067, Fault::Ours),
            (1, Fault::Ours),
        ] {
            assert_eq!(of_sqlite(code), fault, "{code}");
        }
    }

    #[test]
    fn a_full_disk_is_no_fault_of_ours() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(AppError::from(full), AppError::Unavailable);
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        assert!(matches!(AppError::from(missing), AppError::Internal { .. }));
    }
}
