//! What every request shares: the database, the clock, chance, the secret and the settings of this process.

use std::path::PathBuf;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::attendance::LiveHub;
use crate::clock::{Chance, Clock};
pub use crate::dashboard::sums::Sums;
use crate::db::Db;
use crate::notices::sending::Channels;
use crate::oauth::Providers;

/// The application: cheap to clone, passed to everything that acts.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// The parts of an [`App`], by name.
pub struct Inner {
    pub db: Db,
    pub clock: Clock,
    pub chance: Chance,
    pub settings: Settings,
    /// Who watches which lesson live.
    pub live: LiveHub,
    /// Figures that take long to count.
    pub sums: Sums,
}

/// What the operator decides.
#[derive(Clone)]
pub struct Settings {
    /// The address that people type, without a trailing slash, such as `https://school.example.cn`.
    pub base_url: String,
    /// Key of every signature made by this city's processes.
    pub secret: [u8; 32],
    /// Demo data with public passwords is loaded.
    pub demo: bool,
    /// Calls of the API that one token may make in a minute.
    pub api_rate: i64,
    /// Where files that firms hand in lie, outside the web root.
    pub files_dir: PathBuf,
    /// How messages leave the house.
    pub channels: Channels,
    /// Sites that people may sign in through.
    pub oauth: Providers,
    /// Content-hashed addresses of the style sheet and the scripts.
    pub assets: Assets,
}

/// Addresses of the built files.
#[derive(Clone)]
pub struct Assets {
    pub css: String,
    pub options: leptos::config::LeptosOptions,
}

impl Default for Assets {
    fn default() -> Self {
        Self {
            css: "/pkg/heluo.css".to_owned(),
            options: leptos::config::LeptosOptions::builder().output_name("heluo").build(),
        }
    }
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// A process of its own over a database.
    pub fn new(db: Db, clock: Clock, chance: Chance, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            chance,
            settings,
            live: LiveHub::default(),
            sums: Sums::default(),
        }))
    }

    /// HMAC-SHA-256 of `message` under the city's secret, kept apart by `purpose`.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        hmac_sha256(&self.settings.secret, &[purpose.as_bytes(), b"\0", message].concat())
    }

    /// Sign-ins need `https` outside a developer's machine.
    pub fn is_secure(&self) -> bool {
        self.settings.base_url.starts_with("https://")
    }

    /// An application for tests over a database: clock by hand, chance from a seed.
    #[cfg(any(test, feature = "testing"))]
    pub fn for_test(db: Db, start: chrono::DateTime<chrono::Utc>) -> (Self, crate::clock::HandClock) {
        Self::for_test_with(db, start, |_| {})
    }

    /// The same with settings of the test's own.
    #[cfg(any(test, feature = "testing"))]
    pub fn for_test_with(db: Db, start: chrono::DateTime<chrono::Utc>, set: impl FnOnce(&mut Settings)) -> (Self, crate::clock::HandClock) {
        let (clock, hand) = Clock::by_hand(start);
        let mut settings = Settings {
            base_url: "http://localhost".into(),
            secret: [7; 32],
            demo: false,
            api_rate: crate::api::DEFAULT_RATE,
            files_dir: files_dir_for_test(),
            channels: Channels::default(),
            oauth: Providers::default(),
            assets: Assets::default(),
        };
        set(&mut settings);
        (Self::new(db, clock, Chance::seeded(1), settings), hand)
    }
}

/// A folder of its own for each test; it is made when the first file is kept.
#[cfg(any(test, feature = "testing"))]
fn files_dir_for_test() -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = format!("heluo-files_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

/// HMAC-SHA-256.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // A key of any length is taken, so this cannot fail; an empty MAC would only refuse.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// SHA-256, for tokens that must not stand in the database.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
