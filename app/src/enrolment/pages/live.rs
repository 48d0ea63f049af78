//! How full a class is, sent again whenever it changed.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;

use super::desk::fullness;
use crate::classes::store as classes;
use crate::enrolment::policy::{self, RosterScope};
use crate::enrolment::roster;
use crate::error::AppError;
use crate::ids::ClassId;
use crate::live::{Followed, Part, follow};
use crate::request::Cx;
use crate::respond::refusal;

/// `/desk/classes/{id}/roster/live`
pub async fn stream(Extension(cx): Extension<Cx>, Path(id): Path<String>) -> Response {
    let permitted = async { scope(&cx, id.parse().map_err(|_| AppError::NotFound)?).await };
    match permitted.await {
        Ok(scope) => follow(cx, Fullness(scope)),
        Err(error) => refusal(&cx, &error),
    }
}

async fn scope(cx: &Cx, id: ClassId) -> Result<RosterScope, AppError> {
    policy::seeing(cx.actor()?, &classes::class(&cx.app.db, id).await?)
}

struct Fullness(RosterScope);

impl Followed for Fullness {
    /// The class's own counter.
    type Version = i64;

    async fn renew(&mut self, cx: &Cx) -> Result<(), AppError> {
        self.0 = scope(cx, self.0.class()).await?;
        Ok(())
    }

    async fn version(&self, cx: &Cx) -> Result<i64, AppError> {
        roster::version(&cx.app.db, self.0).await
    }

    async fn parts(&self, cx: &Cx) -> Result<Vec<Part>, AppError> {
        let class = classes::class(&cx.app.db, self.0.class()).await?;
        let counts = roster::counts(&cx.app.db, self.0).await?;
        let view = fullness(cx, self.0, &class, &counts).await?;
        Ok(vec![Part::new("fullness", || {
            provide_context(cx.clone());
            view
        })])
    }
}
