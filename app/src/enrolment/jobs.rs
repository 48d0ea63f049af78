//! What is due by the clock: holds that run out, quotas to be reclaimed, waitlists that end.

use crate::db::sql;
use crate::error::AppError;
use crate::ids::ClassId;
use crate::state::App;

use super::seats::open;

/// So many classes at one tick; the others at the next.
const AT_ONCE: i64 = 50;

/// Opens every class for which something is due: opening does it (see [`super::store::OpenClass`]).
pub async fn tick(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    let due: Vec<(ClassId,)> = sql("SELECT c.id FROM classes c WHERE
           (c.quota_reclaimed_at IS NULL AND c.quota_reclaim_at <= $1 AND c.state IN ('published', 'enrolling', 'running')
              AND EXISTS (SELECT 1 FROM class_quotas q WHERE q.class_id = c.id))
           OR EXISTS (SELECT 1 FROM seat_holds h WHERE h.class_id = c.id AND h.released_at IS NULL AND h.until <= $1)
           OR ((c.cutoff_at <= $1 OR c.state IN ('closed', 'archived', 'cancelled'))
              AND EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = c.id AND e.state = 'waitlisted'))
         ORDER BY c.id LIMIT $2")
    .bind(now)
    .bind(AT_ONCE)
    .all(&app.db)
    .await?;
    for (class,) in due {
        let mut tx = app.db.begin().await?;
        open(&mut tx, app, now, class).await?;
        tx.commit().await?;
    }
    Ok(())
}
