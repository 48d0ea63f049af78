//! Classes (班次) and their lessons (课次): their life from draft to archive, quotas, windows, timetables, and the promise
//! that a teacher or a venue is never in two lessons at once.

#[cfg(feature = "ssr")]
pub mod forms;
pub mod functions;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use rules::{Approval, ClassState, Step};
#[cfg(feature = "ssr")]
pub use store::{Class, Lesson};

/// What happens to classes by itself: enrolment opens, the first lesson starts.
#[cfg(feature = "ssr")]
pub async fn tick(app: &crate::state::App) -> Result<(), crate::error::AppError> {
    store::run_due(app).await
}
