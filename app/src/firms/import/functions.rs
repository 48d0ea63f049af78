//! Server functions of imports of firms; the upload itself is an endpoint of `pages.rs`, since it carries a file.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::rules::{Columns, Field},
    super::{job, store},
    crate::error::Problem,
    crate::firms::policy::{self, ImportPermit},
    crate::ids::ImportId,
    crate::imports::Import,
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

/// Leave to bring in firms.
#[cfg(feature = "ssr")]
pub(super) fn importing(cx: &Cx) -> Result<ImportPermit, AppError> {
    policy::can_import(cx.actor()?).ok_or(AppError::Forbidden)
}

/// An import of one's own.
#[cfg(feature = "ssr")]
pub(super) async fn open(cx: &Cx, id: ImportId) -> Result<(ImportPermit, Import), AppError> {
    let permit = importing(cx)?;
    let import = store::own(&cx.app.db, &permit, id).await?;
    Ok((permit, import))
}

/// Chooses by hand which column holds which field: each field of the form is a column's number from 0, or empty for none.
#[server(endpoint = "choose_firm_import_columns")]
pub async fn choose_firm_import_columns(#[server(default)] import: String) -> Result<(), AppError> {
    form_action("import-columns", async |cx| {
        let id: ImportId = import.parse().map_err(|_| AppError::NotFound)?;
        let (permit, _) = open(cx, id).await?;
        let typed = |field: &Field| cx.typed.get(field.as_str()).and_then(|values| values.first()?.parse().ok());
        let choices: Vec<(Field, usize)> = Field::ALL.iter().filter_map(|field| Some((*field, typed(field)?))).collect();
        let mut tx = cx.app.db.begin().await?;
        store::choose_columns(&mut tx, &permit, id, &Columns::chosen(&choices)).await?;
        tx.commit().await?;
        Ok(Done::to(format!("/desk/firms/import/{id}")))
    })
    .await
}

/// Writes the good rows into the register. With faults in other rows it asks for `good_only`.
#[server(endpoint = "start_firm_import")]
pub async fn start_firm_import(#[server(default)] import: String, #[server(default)] good_only: bool) -> Result<(), AppError> {
    form_action("import-start", async |cx| {
        let id: ImportId = import.parse().map_err(|_| AppError::NotFound)?;
        let (permit, import) = open(cx, id).await?;
        let columns: Columns = import.columns();
        if !columns.missing().is_empty() {
            return Err(AppError::refused("firms-import-columns-missing"));
        }
        let preview = store::preview(&cx.app, cx.now, &permit, &import).await?;
        if !preview.faults.is_empty() && !good_only {
            return Err(Problem::new("import-has-faults").with("count", preview.faulty().len()).into());
        }
        let mut tx = cx.app.db.begin().await?;
        store::start(&mut tx, &permit, id, &preview).await?;
        tx.commit().await?;
        job::set_going(&cx.app, id);
        Ok(Done::to(format!("/desk/firms/import/{id}")))
    })
    .await
}
