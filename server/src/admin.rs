//! `heluo admin`: the first administrator of a new city, made by whoever runs the machine.

use anyhow::anyhow;
use app::accounts::{passwords, rules::one_time_password};
use app::error::AppError;
use app::i18n::Lang;
use app::people::{forms, store};
use app::state::App;

/// Makes a city administrator and answers the password for the first sign-in, where another is chosen.
pub async fn create(app: &App, name: &str, phone: &str) -> anyhow::Result<String> {
    enter(app, name, phone)
        .await
        .map_err(|error| anyhow!(app::respond::sentence(Lang::En, &error)))
}

async fn enter(app: &App, name: &str, phone: &str) -> Result<String, AppError> {
    let mut faults = Vec::new();
    let details = forms::details(&mut faults, name, phone, "", false);
    forms::refuse(faults)?;
    let password = one_time_password(app.chance.bytes());
    let hash = passwords::hash(password.clone()).await?;
    let mut tx = app.db.begin().await?;
    store::enter_administrator(&mut tx, app, app.clock.now(), details.name, details.phone, hash).await?;
    tx.commit().await?;
    Ok(password)
}
