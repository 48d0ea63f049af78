//! Attempts counted in windows, so that guessing is slow and nobody can lock anybody else out.
//!
//! A wrong password counts against the account *from this network* and, more loosely, against the network as a whole. A
//! browser that has signed in to the account before has a counter of its own: neighbours in the same network can use up
//! theirs and not its. There is no counter of the account alone, so the right password always works from elsewhere.

use chrono::{DateTime, TimeDelta, Utc};

use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::state::App;

/// Wrong passwords in one window: for an account from a network, and for an account from a browser known to it.
const PER_ACCOUNT: i64 = 10;
/// Wrong passwords in one window from a whole network: a lecture hall of 200 shares one.
const PER_NETWORK: i64 = 300;
/// New accounts in one window from one network.
const REGISTRATIONS: i64 = 400;
/// Mailed links in one window, by who asks for them and by where they go.
const LINKS: i64 = 5;
/// How often somebody gathers all data about a person in one window.
const HAND_OVERS: i64 = 20;
/// Ways to another site in one window from one network.
const WAYS: i64 = 600;
const WINDOW_MINUTES: i64 = 15;

/// What is counted, and how often it may happen in a window.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    key_hash: [u8; 32],
    limit: i64,
}

impl Counter {
    /// Attempts at an account from a network.
    pub fn account_here(app: &App, login: &str, network: &str) -> Self {
        let place = format!("{login}\n{}", neighbourhood(network));
        Self::new(app, "throttle-account", &place, PER_ACCOUNT)
    }

    /// Attempts from a network at whatever accounts.
    pub fn network(app: &App, network: &str) -> Self {
        Self::new(app, "throttle-network", &neighbourhood(network), PER_NETWORK)
    }

    /// Attempts at an account from a browser that has signed in to it before.
    pub fn known_browser(app: &App, login: &str, browser: &str) -> Self {
        Self::new(app, "throttle-known", &format!("{login}\n{browser}"), PER_ACCOUNT)
    }

    /// The old password, typed to choose a new one.
    pub fn own_password(app: &App, person: crate::ids::PersonId) -> Self {
        Self::new(app, "throttle-own", &person.to_string(), PER_ACCOUNT)
    }

    /// New accounts from a network.
    pub fn registrations(app: &App, network: &str) -> Self {
        Self::new(app, "throttle-register", &neighbourhood(network), REGISTRATIONS)
    }

    /// Links mailed for a person.
    pub fn own_links(app: &App, person: crate::ids::PersonId) -> Self {
        Self::new(app, "throttle-links", &person.to_string(), LINKS)
    }

    /// Links mailed to an address.
    pub fn links_to(app: &App, address: &str) -> Self {
        Self::new(app, "throttle-links-to", &address.to_lowercase(), LINKS)
    }

    /// Calls of the API by one scanner or integration.
    pub fn api_calls(app: &App, machine: uuid::Uuid, limit: i64) -> Self {
        Self::new(app, "throttle-api", &machine.to_string(), limit)
    }

    /// Calls of the API from a network with tokens that nobody gave out.
    pub fn api_strangers(app: &App, network: &str, limit: i64) -> Self {
        Self::new(app, "throttle-api-network", &neighbourhood(network), limit)
    }

    /// Tells counters apart.
    pub fn key(&self) -> [u8; 32] {
        self.key_hash
    }

    /// How often it may happen in a window.
    pub fn limit(&self) -> i64 {
        self.limit
    }

    /// Gathering all data about a person.
    pub fn hand_over(app: &App, by: crate::ids::PersonId) -> Self {
        Self::new(app, "throttle-hand-over", &by.to_string(), HAND_OVERS)
    }

    /// Ways to another site, to sign in there, from a network.
    pub fn ways(app: &App, network: &str) -> Self {
        Self::new(app, "throttle-ways", &neighbourhood(network), WAYS)
    }

    fn new(app: &App, purpose: &str, what: &str, limit: i64) -> Self {
        Self {
            key_hash: app.sign(purpose, what.as_bytes()),
            limit,
        }
    }
}

/// What one subscriber has: an address of IPv4, a /64 of IPv6.
fn neighbourhood(network: &str) -> String {
    match network.parse() {
        Ok(std::net::IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
        _ => network.to_owned(),
    }
}

/// Counts an attempt before it is tried, so that trying many at once gains nothing. The first counter that is used up
/// ends the counting: who hammers at one account does not use up the network for everybody.
pub async fn count(app: &App, now: DateTime<Utc>, counters: &[Counter]) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    let mut wait = None;
    for counter in counters {
        let (tried, ends_at) = add(&mut tx, now, counter, 1, TimeDelta::minutes(WINDOW_MINUTES)).await?;
        if tried > counter.limit {
            wait = Some(ends_at - now);
            break;
        }
    }
    tx.commit().await?;
    match wait {
        Some(wait) => Err(AppError::TooMany {
            wait_seconds: wait.num_seconds().max(1),
        }),
        None => Ok(()),
    }
}

/// Takes up to `amount` of what is left in the counter's window, which lasts `window` from its first use. Answers how many
/// were got, how many are left, and when the window ends. All processes together never get more than the limit.
pub async fn take(app: &App, now: DateTime<Utc>, counter: &Counter, amount: i64, window: TimeDelta) -> Result<Taken, AppError> {
    let mut tx = app.db.begin().await?;
    let (used, ends_at) = add(&mut tx, now, counter, amount, window).await?;
    tx.commit().await?;
    Ok(Taken {
        got: (counter.limit - (used - amount)).clamp(0, amount),
        left: (counter.limit - used).max(0),
        ends_at,
    })
}

/// What [`take`] got out of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub got: i64,
    pub left: i64,
    pub ends_at: DateTime<Utc>,
}

async fn add(tx: &mut Tx, now: DateTime<Utc>, counter: &Counter, amount: i64, window: TimeDelta) -> Result<(i64, DateTime<Utc>), AppError> {
    sql("INSERT INTO throttles (key_hash, failures, window_ends_at) VALUES ($1, $4, $2)
         ON CONFLICT (key_hash) DO UPDATE SET
             failures = CASE WHEN throttles.window_ends_at <= $3 THEN $4 ELSE throttles.failures + $4 END,
             window_ends_at = CASE WHEN throttles.window_ends_at <= $3 THEN excluded.window_ends_at ELSE throttles.window_ends_at END")
    .bind(counter.key_hash)
    .bind(now + window)
    .bind(now)
    .bind(amount)
    .run(tx)
    .await?;
    let row = sql("SELECT failures, window_ends_at FROM throttles WHERE key_hash = $1")
        .bind(counter.key_hash)
        .one(tx)
        .await?;
    Ok(row)
}

/// Takes back an attempt that was right: the account's counter is cleared, the looser ones lose what it added.
pub async fn forgive(tx: &mut Tx, counters: &[Counter]) -> Result<(), AppError> {
    for (place, counter) in counters.iter().enumerate() {
        let query = if place == 0 {
            sql("DELETE FROM throttles WHERE key_hash = $1")
        } else {
            sql("UPDATE throttles SET failures = failures - 1 WHERE key_hash = $1 AND failures > 0")
        };
        query.bind(counter.key_hash).run(tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Engine;
    use crate::testing::TestCity;

    async fn attempts_are_counted_in_windows(engine: Engine) {
        let city = TestCity::new(engine).await;
        let counters = [
            Counter::account_here(&city.app, "13800000001", "10.0.0.1"),
            Counter::network(&city.app, "10.0.0.1"),
        ];
        for _ in 0..PER_ACCOUNT {
            assert_eq!(count(&city.app, city.now(), &counters).await, Ok(()));
        }
        assert_eq!(
            count(&city.app, city.now(), &counters).await,
            Err(AppError::TooMany { wait_seconds: 15 * 60 })
        );
        let elsewhere = [Counter::account_here(&city.app, "13800000001", "10.0.0.2")];
        assert_eq!(count(&city.app, city.now(), &elsewhere).await, Ok(()));
        city.hand.advance(TimeDelta::minutes(WINDOW_MINUTES));
        assert_eq!(count(&city.app, city.now(), &counters).await, Ok(()));
    }

    async fn many_attempts_at_once_gain_nothing(engine: Engine) {
        let city = TestCity::new(engine).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (app, now) = (city.app.clone(), city.now());
            tasks.spawn(async move { count(&app, now, &[Counter::account_here(&app, "a", "10.0.0.1")]).await.is_ok() });
        }
        let allowed = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
        assert_eq!(i64::try_from(allowed), Ok(PER_ACCOUNT));
    }

    async fn a_share_is_taken_out_of_what_is_left(engine: Engine) {
        let city = TestCity::new(engine).await;
        let counter = Counter::api_calls(&city.app, uuid::Uuid::from_u128(1), 10);
        let minute = TimeDelta::minutes(1);
        let ends_at = city.now() + minute;
        for (got, left) in [(4, 6), (4, 2), (2, 0), (0, 0)] {
            let taken = take(&city.app, city.now(), &counter, 4, minute).await.expect("taken");
            assert_eq!(taken, Taken { got, left, ends_at });
            city.hand.advance(TimeDelta::seconds(10));
        }
        city.hand.set(ends_at);
        assert_eq!(
            take(&city.app, city.now(), &counter, 4, minute).await.expect("taken").got,
            4,
            "a new window"
        );
    }

    crate::on_both_engines!(
        attempts_are_counted_in_windows,
        many_attempts_at_once_gain_nothing,
        a_share_is_taken_out_of_what_is_left
    );

    #[test]
    fn a_subscriber_of_ipv6_has_one_counter() {
        assert_eq!(neighbourhood("2001:db8:1:2:3:4:5:6"), neighbourhood("2001:db8:1:2::9"));
        assert_ne!(neighbourhood("2001:db8:1:2::9"), neighbourhood("2001:db8:1:3::9"));
        assert_eq!(neighbourhood("10.0.0.1"), "10.0.0.1");
    }
}
