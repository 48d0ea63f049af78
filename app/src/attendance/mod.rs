//! Attendance (考勤): one ledger for four ways in. People scan the projected code, staff or a scanner read the person's own
//! code, staff mark by hand, or enter a signed paper list. Every change leaves a line of history with its source.

#[cfg(feature = "ssr")]
mod board;
#[cfg(feature = "ssr")]
mod board_forms;
pub mod board_functions;
#[cfg(feature = "ssr")]
mod board_store;
#[cfg(all(test, feature = "ssr"))]
mod board_tests;
#[cfg(feature = "ssr")]
mod board_views;
#[cfg(feature = "hydrate")]
mod browser_scan;
#[cfg(feature = "ssr")]
mod code;
#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod desk_store;
#[cfg(feature = "ssr")]
mod forms;
pub mod functions;
pub mod islands;
pub mod leave_functions;
#[cfg(feature = "ssr")]
mod leave_policy;
#[cfg(feature = "ssr")]
mod leave_rules;
#[cfg(feature = "ssr")]
mod leave_store;
#[cfg(feature = "ssr")]
mod leaves;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
mod mine;
#[cfg(feature = "ssr")]
mod mine_store;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod permitted;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
mod print;
#[cfg(feature = "ssr")]
mod reminding;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
mod scanning;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(feature = "ssr")]
mod ticket;
#[cfg(feature = "ssr")]
mod wording;

#[cfg(feature = "ssr")]
pub use forms::person_code;
#[cfg(feature = "ssr")]
pub use leave_rules::{hours, topic_key};
#[cfg(feature = "ssr")]
pub use live::{Change, LiveHub, relay};
#[cfg(feature = "ssr")]
pub use rules::{Rate, Source, Status, Tally};

/// What happens by itself.
#[cfg(feature = "ssr")]
pub async fn tick(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    store::forget_old_answers(app).await
}

/// Reminds people of tomorrow's lessons.
#[cfg(feature = "ssr")]
pub async fn remind(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    reminding::remind(app, app.clock.now()).await.map(|_| ())
}
