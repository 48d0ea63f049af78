//! Settings from the environment. A wrong value stops the start with the variable's name and what it takes.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use app::clock::{Chance, Clock};
use app::db::Db;
use app::notices::sending::{Channels, Mailbox, Mailer, Webhook};
use app::oauth::{Provider, Providers, providers_of};
use app::state::{App, Settings};

use crate::http::{MetricsFrom, Networks};
use crate::site;

/// Longer than a balancer takes between two looks at `/readyz`.
const USUAL_DRAIN: &str = "2";
/// In seconds.
const LONGEST_DRAIN: u64 = 300;

/// Everything that the operator sets.
#[derive(Debug, Clone)]
pub struct Config {
    pub addr: SocketAddr,
    pub base_url: String,
    pub database_url: String,
    pub data_dir: PathBuf,
    pub channels: Channels,
    pub api_rate: i64,
    pub oauth: Vec<Provider>,
    /// Where evidence lies; a folder that all processes share.
    pub files_dir: PathBuf,
    pub metrics_from: MetricsFrom,
    /// Whose word on the caller's address is taken.
    pub proxies: Networks,
    /// How long requests are still taken after the signal to stop, so that a balancer notices.
    pub drain: Duration,
}

impl Config {
    /// Reads the variables of docs/operations.md.
    ///
    /// # Errors
    /// With the name of the variable and what it takes.
    pub fn from_env() -> anyhow::Result<Self> {
        let addr = variable("HELUO_ADDR").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let addr: SocketAddr = addr
            .parse()
            .with_context(|| format!("HELUO_ADDR is {addr:?}; it takes an address and port such as 127.0.0.1:3000"))?;
        let base_url = variable("HELUO_BASE_URL").unwrap_or_else(|| format!("http://{addr}"));
        let base_url = base_url.trim_end_matches('/').to_owned();
        let has_host = url::Url::parse(&base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !has_host {
            bail!("HELUO_BASE_URL is {base_url:?}; it takes an address such as https://school.example.cn");
        }
        let data_dir = PathBuf::from(variable("HELUO_DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let database_url = match variable("DATABASE_URL") {
            Some(url) if url.starts_with("sqlite://") || url.starts_with("postgres://") || url.starts_with("postgresql://") => url,
            Some(url) => bail!("DATABASE_URL is {:?}; it takes sqlite://PATH or postgres://…", without_password(&url)),
            None => format!("sqlite://{}", data_dir.join("heluo.db").display()),
        };
        let files_dir = variable("HELUO_FILES_DIR").map_or_else(|| data_dir.join("files"), PathBuf::from);
        let metrics_from = variable("HELUO_METRICS_FROM").unwrap_or_else(|| "loopback".to_owned());
        let metrics_from = metrics_from
            .parse()
            .with_context(|| format!("HELUO_METRICS_FROM is {metrics_from:?}; it takes loopback, any, or addresses such as 10.0.0.7,10.1.0.0/16"))?;
        let proxies = match variable("HELUO_PROXIES") {
            Some(list) => list
                .parse()
                .with_context(|| format!("HELUO_PROXIES is {list:?}; it takes addresses such as 127.0.0.1,10.1.0.0/16"))?,
            None => Networks::loopback(),
        };
        let drain = variable("HELUO_DRAIN_SECONDS").unwrap_or_else(|| USUAL_DRAIN.to_owned());
        let drain = drain
            .parse()
            .ok()
            .filter(|seconds| *seconds <= LONGEST_DRAIN)
            .with_context(|| format!("HELUO_DRAIN_SECONDS is {drain:?}; it takes whole seconds from 0 to {LONGEST_DRAIN}"))?;
        let channels = channels(&base_url)?;
        Ok(Self {
            addr,
            base_url,
            database_url,
            data_dir,
            channels,
            api_rate: api_rate()?,
            oauth: providers()?,
            files_dir,
            metrics_from,
            proxies,
            drain: Duration::from_secs(drain),
        })
    }

    /// Opens the database, making the data directory when it is not there.
    pub async fn open_database(&self) -> anyhow::Result<Db> {
        std::fs::create_dir_all(&self.data_dir)
            .with_context(|| format!("HELUO_DATA_DIR: the directory {} can't be made", self.data_dir.display()))?;
        Db::open(&self.database_url)
            .await
            .with_context(|| format!("DATABASE_URL: the database {} can't be opened", without_password(&self.database_url)))
    }

    /// The file of an `SQLite` database; none on `PostgreSQL`.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.database_url.strip_prefix("sqlite://")?;
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// The database's address without its password, to be shown.
    pub fn database_for_words(&self) -> String {
        let Ok(mut url) = url::Url::parse(&self.database_url) else {
            return without_password(&self.database_url);
        };
        // An address that can't carry a password carries none.
        let _ = url.set_password(None);
        url.to_string()
    }

    /// Holds an `SQLite` file for this process alone until the answer is dropped: its live pages and jobs know of no
    /// other process, and a restore must not replace the file of one that runs.
    ///
    /// # Errors
    /// When another process of Heluo holds it. On `PostgreSQL` there is nothing to hold.
    pub fn hold(&self) -> anyhow::Result<Option<File>> {
        let Some(database) = self.sqlite_file() else { return Ok(None) };
        let mut path = database.clone().into_os_string();
        path.push(".lock");
        if let Some(folder) = database.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("the directory {} can't be made", folder.display()))?;
        }
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("{} can't be written", Path::new(&path).display()))?;
        lock.try_lock().with_context(|| {
            format!(
                "DATABASE_URL: another process of Heluo uses {}; several processes need PostgreSQL",
                database.display()
            )
        })?;
        Ok(Some(lock))
    }

    /// The application over an opened database.
    pub fn app(&self, db: Db, demo: bool) -> anyhow::Result<App> {
        let chance = Chance::system();
        let secret = self.secret(&chance)?;
        let settings = Settings {
            base_url: self.base_url.clone(),
            secret,
            demo,
            channels: self.channels.clone(),
            api_rate: self.api_rate,
            oauth: Providers::new(self.oauth.clone()).context("HELUO_OAUTH_…: this machine's certificates can't be read")?,
            files_dir: self.files_dir.clone(),
            assets: site::assets(&site::dir()),
        };
        Ok(App::new(db, Clock::system(), chance, settings))
    }

    /// Where the secret is kept, when none is set.
    fn kept_secret(&self) -> PathBuf {
        self.data_dir.join("secret")
    }

    /// The file of the secret when it is the one that counts: part of what a backup holds.
    pub fn secret_file(&self) -> Option<PathBuf> {
        variable("HELUO_SECRET").is_none().then(|| self.kept_secret())
    }

    /// `HELUO_SECRET`, or one made once and kept in the data directory.
    fn secret(&self, chance: &Chance) -> anyhow::Result<[u8; 32]> {
        if let Some(secret) = variable("HELUO_SECRET") {
            if secret.len() < 32 {
                bail!("HELUO_SECRET takes at least 32 characters");
            }
            return Ok(app::state::sha256(secret.as_bytes()));
        }
        let path = self.kept_secret();
        if !path.exists() {
            write_private(&path, &chance.bytes::<32>()).with_context(|| format!("the secret can't be kept in {}", path.display()))?;
        }
        let kept = std::fs::read(&path).with_context(|| format!("the secret in {} can't be read", path.display()))?;
        Ok(app::state::sha256(&kept))
    }
}

/// The shortest secret that signs what goes to the gateway.
const SHORTEST_WEBHOOK_SECRET: usize = 32;

/// How messages leave the house: `HELUO_SMTP_URL` with `HELUO_SMTP_FROM`, `HELUO_WEBHOOK_URL` with `HELUO_WEBHOOK_SECRET`.
fn channels(base_url: &str) -> anyhow::Result<Channels> {
    let mail = match variable("HELUO_SMTP_URL") {
        Some(url) => Some(mailer(&url, base_url)?),
        None => None,
    };
    let webhook = match variable("HELUO_WEBHOOK_URL") {
        Some(url) => Some(webhook(&url)?),
        None => None,
    };
    Ok(Channels { mail, webhook })
}

fn mailer(url: &str, base_url: &str) -> anyhow::Result<Mailer> {
    let from = variable("HELUO_SMTP_FROM").context("HELUO_SMTP_URL is set, so HELUO_SMTP_FROM is needed: the address that mail comes from")?;
    let from: Mailbox = from.parse().map_err(|error| {
        anyhow!("HELUO_SMTP_FROM is {from:?} ({error}); it takes an address such as noreply@example.cn or 河洛 <noreply@example.cn>")
    })?;
    // The machine greets the mail server by the name that the site has.
    let host = url::Url::parse(base_url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    Mailer::new(url, from, host.as_deref().unwrap_or("localhost")).map_err(|error| {
        anyhow!(
            "HELUO_SMTP_URL is {:?} ({error}); it takes smtps://USER:PASSWORD@HOST, smtp://…?tls=required (STARTTLS) or smtp://HOST:PORT without encryption",
            without_password(url)
        )
    })
}

fn webhook(url: &str) -> anyhow::Result<Webhook> {
    let secret = variable("HELUO_WEBHOOK_SECRET").unwrap_or_default();
    if secret.len() < SHORTEST_WEBHOOK_SECRET {
        bail!(
            "HELUO_WEBHOOK_URL is set, so HELUO_WEBHOOK_SECRET is needed: at least {SHORTEST_WEBHOOK_SECRET} characters that the receiver knows too"
        );
    }
    // The address may hold a secret: it is not repeated.
    Webhook::new(url, &secret)
        .map_err(|error| anyhow!("HELUO_WEBHOOK_URL can't be used ({error}); it takes an address that begins with http:// or https://"))
}

/// How often a token may call the API in a minute.
fn api_rate() -> anyhow::Result<i64> {
    let Some(text) = variable("HELUO_API_RATE") else {
        return Ok(app::api::DEFAULT_RATE);
    };
    let rate = text.parse().ok().filter(|rate| (1..=1_000_000).contains(rate));
    rate.with_context(|| format!("HELUO_API_RATE is {text:?}; it takes the calls that a token may make in a minute, from 1 to 1000000"))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The sites to sign in through that `HELUO_OAUTH_<NAME>_…` name.
fn providers() -> anyhow::Result<Vec<Provider>> {
    let mut own = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with("HELUO_OAUTH_")) else {
            continue;
        };
        let value = value.into_string().map_err(|_| anyhow::anyhow!("{name} takes text in UTF-8"))?;
        own.push((name.to_owned(), value));
    }
    providers_of(own).map_err(|fault| anyhow::anyhow!(fault))
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?
        .write_all(bytes)
}
