//! Sums over a whole year, kept for a moment when they took long to count: a city with millions of marks is not counted
//! through again for each who looks, and never by two at once; while people look now and then, nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::Expiry;
use moka::future::Cache;

use super::desk_store::{self, Month, SchoolYear};
use super::policy::Watch;
use super::store::{self, Figures, Progress};
use crate::error::AppError;
use crate::ids::PlanId;
use crate::state::App;

/// What was counted faster is counted anew each time, and always of this instant.
const SHORT: Duration = Duration::from_millis(50);
/// A sum is good for so many times as long as it took, so that counting takes a twentieth of a connection at most.
const TIMES: u32 = 20;
/// No sum is good for longer. It may be shown for as long again, while it is counted anew.
const LONGEST: Duration = Duration::from_secs(30);
/// As many are kept at most.
const MOST: u64 = 100;

/// The sums of a process. A cache, not a state: any process counts the same.
#[derive(Default)]
pub struct Sums {
    years: Kept<PlanId, Vec<SchoolYear>>,
    /// By the first instant.
    trends: Kept<DateTime<Utc>, Vec<Month>>,
    figures: Kept<Option<PlanId>, Figures>,
    progress: Kept<PlanId, Vec<Progress>>,
}

/// The figures of a plan, or of none yet.
pub async fn figures(app: &App, plan: Option<PlanId>, now: DateTime<Utc>) -> Result<Figures, AppError> {
    let db = app.db.clone();
    let count = async move { store::figures(&db, plan, now).await };
    app.sums.figures.get(plan, count).await
}

/// How far each county is with a plan.
pub async fn progress(app: &App, plan: PlanId, now: DateTime<Utc>) -> Result<Vec<Progress>, AppError> {
    let db = app.db.clone();
    let count = async move { store::progress(&db, plan, now).await };
    app.sums.progress.get(plan, count).await
}

/// What each school did in a plan's year.
pub async fn school_years(app: &App, watch: &Watch, plan: PlanId) -> Result<Vec<SchoolYear>, AppError> {
    let (db, watch) = (app.db.clone(), watch.clone());
    let count = async move { desk_store::school_years(&db, &watch, plan).await };
    app.sums.years.get(plan, count).await
}

/// What was held and attended between each two of the bounds.
pub async fn trend(app: &App, watch: &Watch, bounds: Vec<DateTime<Utc>>, now: DateTime<Utc>) -> Result<Vec<Month>, AppError> {
    let Some(first) = bounds.first().copied() else { return Ok(Vec::new()) };
    let (db, watch) = (app.db.clone(), watch.clone());
    let count = async move { desk_store::trend(&db, &watch, &bounds, now).await };
    app.sums.trends.get(first, count).await
}

/// Sums of one kind.
struct Kept<K, V>(Cache<K, Sum<V>>);

#[derive(Clone)]
struct Sum<V> {
    value: V,
    counted: Instant,
    good_for: Duration,
    /// Somebody counts anew already.
    renewing: Arc<AtomicBool>,
}

impl<V> Sum<V> {
    async fn of(count: impl Future<Output = Result<V, AppError>>) -> Result<Self, AppError> {
        let begun = Instant::now();
        let value = count.await?;
        Ok(Self {
            value,
            counted: Instant::now(),
            good_for: good_for(begun.elapsed()),
            renewing: Arc::default(),
        })
    }

    /// Whether it is to be counted anew by whoever asks this: the first after its time.
    fn is_mine_to_renew(&self) -> bool {
        self.counted.elapsed() > self.good_for && !self.renewing.swap(true, Ordering::Relaxed)
    }
}

impl<K, V> Default for Kept<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).expire_after(AsItCost).build())
    }
}

impl<K, V> Kept<K, V>
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// What is kept, or what `count` comes to; whoever asks meanwhile waits for that. What is past its time, but not
    /// long, is answered once more while it is counted behind the answer.
    ///
    /// # Errors
    /// Those of `count`; nothing is kept then.
    async fn get(&self, key: K, count: impl Future<Output = Result<V, AppError>> + Send + 'static) -> Result<V, AppError> {
        if let Some(sum) = self.0.get(&key).await {
            if sum.is_mine_to_renew() {
                self.renew(key, count);
            }
            return Ok(sum.value);
        }
        let kept = self.0.try_get_with(key, Sum::of(count)).await;
        kept.map(|sum| sum.value).map_err(|error: Arc<AppError>| (*error).clone())
    }

    fn renew(&self, key: K, count: impl Future<Output = Result<V, AppError>> + Send + 'static) {
        let kept = self.0.clone();
        tokio::spawn(async move {
            match Sum::of(count).await {
                Ok(sum) => kept.insert(key, sum).await,
                // The old one soon ends, and whoever asks then is told of the fault.
                Err(error) => tracing::warn!(%error, "a sum could not be counted anew"),
            }
        });
    }
}

/// For how long a sum that took so long is good.
fn good_for(took: Duration) -> Duration {
    if took < SHORT { Duration::ZERO } else { (took * TIMES).min(LONGEST) }
}

struct AsItCost;

impl<K, V> Expiry<K, Sum<V>> for AsItCost {
    fn expire_after_create(&self, _: &K, sum: &Sum<V>, _: Instant) -> Option<Duration> {
        Some(sum.good_for * 2)
    }

    fn expire_after_update(&self, _: &K, sum: &Sum<V>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(sum.good_for * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn what_is_dear_is_kept_longer() {
        let ms = Duration::from_millis;
        assert_eq!(good_for(ms(49)), Duration::ZERO);
        assert_eq!(good_for(ms(50)), ms(1000));
        assert_eq!(good_for(ms(60_000)), LONGEST);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_cheap_is_counted_each_time() {
        let sums = Kept::<u8, u32>::default();
        for n in 0..3 {
            assert_eq!(sums.get(1, async move { Ok(n) }).await, Ok(n));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_dear_is_counted_once_for_all_who_ask() {
        let sums = Kept::<u8, u32>::default();
        let counted = Arc::default();
        let ask = || sums.get(1, slowly(&counted));
        let all = futures::future::join_all((0..20).map(|_| ask())).await;
        assert!(all.iter().all(|sum| *sum == Ok(0)), "{all:?}");
        assert_eq!(ask().await, Ok(0), "it is kept for a second");
    }

    /// A dear count: its sum is the number of counts before.
    fn slowly(counted: &Arc<AtomicU32>) -> impl Future<Output = Result<u32, AppError>> + Send + 'static {
        let counted = counted.clone();
        async move {
            tokio::time::sleep(SHORT).await;
            Ok(counted.fetch_add(1, Ordering::Relaxed))
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_past_its_time_is_answered_once_more_and_counted_anew_once() {
        let sums = Kept::<u8, u32>::default();
        let counted = Arc::default();
        let ask = || sums.get(1, slowly(&counted));
        assert_eq!(ask().await, Ok(0));
        let good_for = sums.0.get(&1).await.expect("it is kept").good_for;
        tokio::time::sleep(good_for + SHORT).await;
        let all = futures::future::join_all((0..20).map(|_| ask())).await;
        assert!(all.iter().all(|sum| *sum == Ok(0)), "nobody waits: {all:?}");
        while ask().await == Ok(0) {
            tokio::time::sleep(SHORT / 10).await;
        }
        assert_eq!(counted.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_long_past_its_time_is_waited_for() {
        let sums = Kept::<u8, u32>::default();
        let counted = Arc::default();
        let ask = || sums.get(1, slowly(&counted));
        assert_eq!(ask().await, Ok(0));
        let good_for = sums.0.get(&1).await.expect("it is kept").good_for;
        tokio::time::sleep(good_for * 2 + SHORT).await;
        assert_eq!(ask().await, Ok(1));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_fault_is_not_kept() {
        let sums = Kept::<u8, u32>::default();
        assert_eq!(sums.get(1, async { Err(AppError::Unavailable) }).await, Err(AppError::Unavailable));
        assert_eq!(sums.get(1, async { Ok(7) }).await, Ok(7));
    }
}
