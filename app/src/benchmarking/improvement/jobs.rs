//! What happens by itself: people are told of days that come near or have passed.

use super::store;
use crate::error::AppError;
use crate::state::App;

/// Says what is due to be said; what was said once is not said again.
pub async fn tick(app: &App) -> Result<(), AppError> {
    store::remind(app, app.clock.now()).await.map(|_| ())
}
