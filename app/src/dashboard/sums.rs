//! Sums over a whole year, kept for a moment when they took long to count: a city with millions of marks is not counted
//! through again for each who looks, and never by two at once.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::Expiry;
use moka::future::Cache;

use super::desk_store::{Month, SchoolYear};
use super::store::{Figures, Progress};
use crate::error::AppError;
use crate::ids::PlanId;

/// What was counted faster is counted anew each time, and always of this instant.
const SHORT: Duration = Duration::from_millis(50);
/// A sum is kept for so many times as long as it took, so that counting takes a twentieth of a connection at most.
const TIMES: u32 = 20;
/// No sum is older.
const LONGEST: Duration = Duration::from_mins(1);
/// As many are kept at most.
const MOST: u64 = 100;

/// The sums of a process. A cache, not a state: any process counts the same.
pub struct Sums {
    pub years: Kept<PlanId, Vec<SchoolYear>>,
    /// By the first instant.
    pub trends: Kept<DateTime<Utc>, Vec<Month>>,
    pub figures: Kept<Option<PlanId>, Figures>,
    pub progress: Kept<PlanId, Vec<Progress>>,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            years: Kept::new(),
            trends: Kept::new(),
            figures: Kept::new(),
            progress: Kept::new(),
        }
    }
}

/// Sums of one kind, each with the time that it is good for.
pub struct Kept<K, V>(Cache<K, (Duration, V)>);

impl<K, V> Kept<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).expire_after(AsItCost).build())
    }

    /// What is kept, or what `count` comes to; whoever asks meanwhile waits for that.
    ///
    /// # Errors
    /// Those of `count`; nothing is kept then.
    pub async fn get(&self, key: K, count: impl Future<Output = Result<V, AppError>>) -> Result<V, AppError> {
        let counted = async {
            let begun = Instant::now();
            let sum = count.await?;
            Ok((good_for(begun.elapsed()), sum))
        };
        let kept = self.0.try_get_with(key, counted).await;
        kept.map(|(_, sum)| sum).map_err(|error: std::sync::Arc<AppError>| (*error).clone())
    }
}

/// How long a sum that took so long is kept.
fn good_for(took: Duration) -> Duration {
    if took < SHORT { Duration::ZERO } else { (took * TIMES).min(LONGEST) }
}

struct AsItCost;

impl<K, V> Expiry<K, (Duration, V)> for AsItCost {
    fn expire_after_create(&self, _: &K, (good_for, _): &(Duration, V), _: Instant) -> Option<Duration> {
        Some(*good_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn what_is_dear_is_kept_longer() {
        let ms = Duration::from_millis;
        assert_eq!(good_for(ms(49)), Duration::ZERO);
        assert_eq!(good_for(ms(50)), ms(1000));
        assert_eq!(good_for(ms(60_000)), LONGEST);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_cheap_is_counted_each_time() {
        let sums = Kept::<u8, u32>::new();
        for n in 0..3 {
            assert_eq!(sums.get(1, async move { Ok(n) }).await, Ok(n));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_dear_is_counted_once_for_all_who_ask() {
        let sums = Kept::<u8, u32>::new();
        let counted = AtomicU32::new(0);
        let ask = || {
            sums.get(1, async {
                tokio::time::sleep(SHORT).await;
                Ok(counted.fetch_add(1, Ordering::Relaxed))
            })
        };
        let all = futures::future::join_all((0..20).map(|_| ask())).await;
        assert!(all.iter().all(|sum| *sum == Ok(0)), "{all:?}");
        assert_eq!(ask().await, Ok(0), "it is kept for a second");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_fault_is_not_kept() {
        let sums = Kept::<u8, u32>::new();
        assert_eq!(sums.get(1, async { Err(AppError::Unavailable) }).await, Err(AppError::Unavailable));
        assert_eq!(sums.get(1, async { Ok(7) }).await, Ok(7));
    }
}
