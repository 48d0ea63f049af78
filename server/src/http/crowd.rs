//! Pages that many strangers ask for at once, as when a class opens its enrolment: whoever waits while one is made shares
//! the next. Nobody gets a page that was begun before they asked for it, so nothing is kept and nothing is ever stale.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where those stand who ask for the same, with what was made last while somebody still waits for it.
type Line<T> = tokio::sync::Mutex<Option<Made<T>>>;
type Lines<K, T> = HashMap<K, Arc<Line<T>>>;

/// Those who ask for `K` and get the same `T`.
pub struct Crowd<K, T> {
    /// Numbers those who ask and what is begun, in one order.
    turns: AtomicU64,
    lines: Mutex<Lines<K, T>>,
}

struct Made<T> {
    begun: u64,
    what: T,
}

impl<K, T> Default for Crowd<K, T> {
    fn default() -> Self {
        Self {
            turns: AtomicU64::new(0),
            lines: Mutex::default(),
        }
    }
}

impl<K, T> Crowd<K, T> {
    fn lines(&self) -> MutexGuard<'_, Lines<K, T>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Crowd<K, T> {
    /// What `make` makes, or what somebody else in the same line began to make after this call.
    pub async fn share<F: Future<Output = T>>(&self, key: K, make: impl FnOnce() -> F) -> T {
        let asked = self.turn();
        let place = self.stand_in_line(key);
        let mut made = place.line.lock().await;
        if let Some(made) = made.as_ref().filter(|made| made.begun > asked) {
            return made.what.clone();
        }
        let begun = self.turn();
        let what = make().await;
        *made = Some(Made { begun, what: what.clone() });
        what
    }

    fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::SeqCst)
    }

    fn stand_in_line(&self, key: K) -> Place<'_, K, T> {
        let line = self.lines().entry(key.clone()).or_default().clone();
        Place { crowd: self, key, line }
    }
}

/// A place in a line; the last who leaves takes the line away.
struct Place<'a, K: Eq + Hash, T> {
    crowd: &'a Crowd<K, T>,
    key: K,
    line: Arc<Line<T>>,
}

impl<K: Eq + Hash, T> Drop for Place<'_, K, T> {
    fn drop(&mut self) {
        let mut lines = self.crowd.lines();
        // The map has one and this place the other; nobody gets a third meanwhile.
        if Arc::strong_count(&self.line) == 2 {
            lines.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn many_share_and_nobody_gets_what_is_old() {
        let crowd = Arc::new(Crowd::<&str, u64>::default());
        let (truth, made) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut askers = tokio::task::JoinSet::new();
        for asker in 0..400_u64 {
            let (crowd, truth, made) = (crowd.clone(), truth.clone(), made.clone());
            askers.spawn(async move {
                sleep(Duration::from_micros(asker * 50)).await;
                // What this asker wrote must be in what it reads next.
                let written = truth.fetch_add(1, Ordering::SeqCst) + 1;
                let read = async || {
                    made.fetch_add(1, Ordering::SeqCst);
                    let read = truth.load(Ordering::SeqCst);
                    sleep(Duration::from_millis(1)).await;
                    read
                };
                let seen = crowd.share(if asker % 2 == 0 { "even" } else { "odd" }, read).await;
                assert!(seen >= written, "{seen} is older than {written}");
            });
        }
        while let Some(asker) = askers.join_next().await {
            asker.expect("no panic");
        }
        let made = made.load(Ordering::SeqCst);
        assert!(made < 200, "{made} were made for 400");
        assert!(crowd.lines().is_empty(), "nothing is kept");
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_making_to_the_next() {
        let crowd = Arc::new(Crowd::<(), u64>::default());
        let goes = tokio::spawn({
            let crowd = crowd.clone();
            async move { crowd.share((), std::future::pending).await }
        });
        sleep(Duration::from_millis(20)).await;
        let stays = tokio::spawn({
            let crowd = crowd.clone();
            async move { crowd.share((), async || 7).await }
        });
        sleep(Duration::from_millis(20)).await;
        goes.abort();
        assert_eq!(stays.await.expect("an answer"), 7);
        assert!(goes.await.is_err_and(|error| error.is_cancelled()));
        assert!(crowd.lines().is_empty(), "nothing is kept");
    }
}
