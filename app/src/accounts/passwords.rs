//! Password hashing (argon2id), kept off the async threads, and no more at once than there are cores: each takes 19 MiB, and
//! a crowd that signs in at nine o'clock, or an attack, would take gigabytes.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::error::AppError;

static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)));

/// How long somebody stands in line before the answer is 503: some thousand others are before them then.
const PATIENCE: Duration = Duration::from_secs(30);

/// A hash in PHC form of a password.
pub async fn hash(password: String) -> Result<String, AppError> {
    blocking(move || {
        let hashed: PasswordHash = Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|error| AppError::internal(&error))?;
        Ok(hashed.to_string())
    })
    .await?
}

/// Whether the password fits the hash. Without a hash the same work is done and the answer is no, so that the time
/// taken does not tell whether an account exists.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, AppError> {
    blocking(move || {
        let Some(hash) = hash else {
            let _: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
            return false;
        };
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

/// Runs the work once it is its turn. It has its place until it ends, even when nobody waits for it any more.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let turn = tokio::time::timeout(PATIENCE, AT_ONCE.acquire()).await;
    let Ok(Ok(place)) = turn else { return Err(AppError::Unavailable) };
    let placed = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(placed).await.map_err(|error| AppError::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_crowd_is_served_by_as_many_as_there_are_cores() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let crowd = (0..200).map(|_| {
            let (now, most) = (now.clone(), most.clone());
            blocking(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        assert!(futures::future::join_all(crowd).await.iter().all(Result::is_ok));
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        assert!(most.load(Ordering::SeqCst) <= cores, "{most:?} at once on {cores} cores");
    }
}
