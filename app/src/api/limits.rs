//! How often a caller may call. The count stands in the database, so that it holds for all processes together; a process
//! takes a share of it ahead and spends that by itself, so that most calls write nothing (ADR 9).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex as AsyncMutex;

use crate::accounts::store::throttle::{Counter, take};
use crate::error::AppError;
use crate::state::App;

/// How long a window lasts, in seconds.
pub const WINDOW_SECONDS: i64 = 60;
/// A process takes one part in so many of the limit at a time.
const SHARES: i64 = 20;
/// Callers remembered before those of past windows are forgotten.
const REMEMBERED: usize = 10_000;

/// What this process may still give out, for each caller.
#[derive(Default)]
pub struct Limits(Mutex<HashMap<[u8; 32], Arc<AsyncMutex<Lease>>>>);

/// A share of one window.
#[derive(Debug, Default)]
struct Lease {
    /// Taken by this process and not spent.
    left: i64,
    /// Not taken by any process when this one last looked.
    elsewhere: i64,
    ends_at: Option<DateTime<Utc>>,
}

/// What came of asking for one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    pub allowed: bool,
    pub remaining: i64,
    /// Seconds until the window ends, at least 1.
    pub resets_in: i64,
}

impl Limits {
    /// Counts one call.
    pub async fn spend(&self, app: &App, now: DateTime<Utc>, counter: &Counter) -> Result<Spent, AppError> {
        let lease = self.lease(counter.key(), now);
        // Calls of one caller that come at once wait for the first to fetch a share.
        let mut lease = lease.lock().await;
        let over = lease.ends_at.is_none_or(|ends_at| now >= ends_at);
        if over || (lease.left == 0 && lease.elsewhere > 0) {
            let share = (counter.limit() / SHARES).max(1);
            let taken = take(app, now, counter, share, TimeDelta::seconds(WINDOW_SECONDS)).await?;
            *lease = Lease {
                left: taken.got,
                elsewhere: taken.left,
                ends_at: Some(taken.ends_at),
            };
        }
        let allowed = lease.left > 0;
        lease.left -= i64::from(allowed);
        let resets_in = lease.ends_at.map_or(0, |ends_at| (ends_at - now).num_milliseconds());
        Ok(Spent {
            allowed,
            remaining: lease.left + lease.elsewhere,
            resets_in: ((resets_in + 999) / 1000).max(1),
        })
    }

    fn lease(&self, key: [u8; 32], now: DateTime<Utc>) -> Arc<AsyncMutex<Lease>> {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() > REMEMBERED {
            let is_current = |lease: &Lease| lease.ends_at.is_none_or(|ends_at| now < ends_at);
            leases.retain(|_, lease| lease.try_lock().map_or(true, |lease| is_current(&lease)));
        }
        leases.entry(key).or_default().clone()
    }
}
