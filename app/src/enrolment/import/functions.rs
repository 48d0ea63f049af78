//! Server functions of roster imports; the upload itself is an endpoint of `pages.rs`, since it carries a file.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::rules::{Columns, Field},
    super::{job, store},
    crate::enrolment::policy,
    crate::error::Problem,
    crate::ids::ImportId,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// An import with its class and the leave to run that class's roster.
#[cfg(feature = "ssr")]
pub(super) async fn open(cx: &Cx, id: ImportId) -> Result<(store::Import, crate::classes::Class, policy::DeskPermit), AppError> {
    let actor = cx.actor()?;
    let import = store::import(&cx.app.db, id).await?;
    let class = crate::classes::store::class(&cx.app.db, import.class_id).await?;
    let permit = policy::running(actor, &class)?;
    Ok((import, class, permit))
}

/// Chooses by hand which column holds which field: each argument is a column's number from 0, or empty for none.
#[server(endpoint = "choose_import_columns")]
pub async fn choose_import_columns(
    #[server(default)] import: String,
    #[server(default)] name: String,
    #[server(default)] phone: String,
    #[server(default)] county: String,
    #[server(default)] firm: String,
    #[server(default)] credit_code: String,
    #[server(default)] position: String,
) -> Result<(), AppError> {
    form_action("import-columns", async |cx| {
        let id: ImportId = import.parse().map_err(|_| AppError::NotFound)?;
        let (_, _, permit) = open(cx, id).await?;
        let typed = [name, phone, county, firm, credit_code, position];
        let choices: Vec<(Field, usize)> = Field::ALL
            .iter()
            .zip(&typed)
            .filter_map(|(field, column)| Some((*field, column.parse().ok()?)))
            .collect();
        let mut tx = cx.app.db.begin().await?;
        store::choose_columns(&mut tx, &permit, id, &Columns::chosen(&choices)).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/imports/{id}")))
    })
    .await
}

/// Puts the good rows on the roster. With faults in other rows it asks for `good_only`.
#[server(endpoint = "start_import")]
pub async fn start_import(#[server(default)] import: String, #[server(default)] good_only: bool) -> Result<(), AppError> {
    form_action("import-start", async |cx| {
        let id: ImportId = import.parse().map_err(|_| AppError::NotFound)?;
        let (import, class, permit) = open(cx, id).await?;
        if !import.columns().missing().is_empty() {
            return Err(AppError::refused("import-columns-missing"));
        }
        crate::enrolment::store::takes_entries(&class, cx.now)?;
        let preview = store::preview(&cx.app, cx.now, &import, &class, &cx.actor()?.coordinated()).await?;
        if !preview.faults.is_empty() && !good_only {
            return Err(Problem::new("import-has-faults").with("count", preview.faulty().len()).into());
        }
        let mut tx = cx.app.db.begin().await?;
        store::start(&mut tx, &permit, id, &preview).await?;
        tx.commit().await?;
        job::set_going(&cx.app, id);
        Ok(Done::to(format!("/desk/imports/{id}")))
    })
    .await
}
