//! Settings from the environment. A wrong value stops the start with the variable's name and what it takes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use app::clock::{Chance, Clock};
use app::db::Db;
use app::state::{App, Assets, Inner, Settings};

/// Everything that the operator sets.
#[derive(Debug, Clone)]
pub struct Config {
    pub addr: SocketAddr,
    pub base_url: String,
    pub database_url: String,
    pub data_dir: PathBuf,
    pub api_rate: i64,
}

impl Config {
    /// Reads `HELUO_ADDR`, `HELUO_BASE_URL`, `HELUO_DATA_DIR`, `HELUO_API_RATE` and `DATABASE_URL`.
    pub fn from_env() -> anyhow::Result<Self> {
        let addr = variable("HELUO_ADDR").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let addr: SocketAddr = addr
            .parse()
            .with_context(|| format!("HELUO_ADDR is {addr:?}; it takes an address and port such as 127.0.0.1:3000"))?;
        let base_url = variable("HELUO_BASE_URL").unwrap_or_else(|| format!("http://{addr}"));
        let base_url = base_url.trim_end_matches('/').to_owned();
        if !(base_url.starts_with("http://") || base_url.starts_with("https://")) {
            bail!("HELUO_BASE_URL is {base_url:?}; it takes an address that begins with http:// or https://");
        }
        let data_dir = PathBuf::from(variable("HELUO_DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let database_url = match variable("DATABASE_URL") {
            Some(url) if url.starts_with("sqlite://") || url.starts_with("postgres://") || url.starts_with("postgresql://") => url,
            Some(url) => bail!("DATABASE_URL is {:?}; it takes sqlite://PATH or postgres://…", without_password(&url)),
            None => format!("sqlite://{}", data_dir.join("heluo.db").display()),
        };
        Ok(Self {
            addr,
            base_url,
            database_url,
            data_dir,
            api_rate: api_rate()?,
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

    /// The application over an opened database.
    pub fn app(&self, db: Db, demo: bool) -> anyhow::Result<App> {
        let chance = Chance::system();
        let secret = self.secret(&chance)?;
        let settings = Settings {
            base_url: self.base_url.clone(),
            secret,
            demo,
            api_rate: self.api_rate,
            files_dir: self.data_dir.join("files"),
            assets: assets(),
        };
        Ok(App::new(Inner {
            db,
            clock: Clock::system(),
            chance,
            settings,
            live: app::attendance::LiveHub::default(),
        }))
    }

    /// `HELUO_SECRET`, or one made once and kept in the data directory.
    fn secret(&self, chance: &Chance) -> anyhow::Result<[u8; 32]> {
        if let Some(secret) = variable("HELUO_SECRET") {
            if secret.len() < 32 {
                bail!("HELUO_SECRET takes at least 32 characters");
            }
            return Ok(app::state::sha256(secret.as_bytes()));
        }
        let path = self.data_dir.join("secret");
        if !path.exists() {
            write_private(&path, &chance.bytes::<32>()).with_context(|| format!("the secret can't be kept in {}", path.display()))?;
        }
        let kept = std::fs::read(&path).with_context(|| format!("the secret in {} can't be read", path.display()))?;
        Ok(app::state::sha256(&kept))
    }
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

/// The directory of built files: `LEPTOS_SITE_ROOT`, or `site` beside the binary.
pub fn site_dir() -> PathBuf {
    variable("LEPTOS_SITE_ROOT").map_or_else(
        || {
            std::env::current_exe()
                .ok()
                .and_then(|exe| exe.parent().map(|dir| dir.join("site")))
                .unwrap_or_else(|| PathBuf::from("site"))
        },
        PathBuf::from,
    )
}

/// Content-hashed addresses of the built files, from `hash.txt` in the site's directory.
fn assets() -> Assets {
    let site = site_dir();
    let hashes = std::fs::read_to_string(site.join("hash.txt")).unwrap_or_default();
    let css = hashes.lines().find_map(|line| line.strip_prefix("css: ")).map(str::trim);
    let options = leptos::config::LeptosOptions::builder()
        .output_name("heluo")
        .site_root(site.display().to_string())
        .hash_files(!hashes.is_empty())
        .build();
    Assets {
        css: css.map_or_else(|| "/pkg/heluo.css".to_owned(), |hash| format!("/pkg/heluo.{hash}.css")),
        options,
    }
}
