//! Passwords: argon2id with its recommended parameters (19 MiB, two passes), never on the threads that serve.

use std::{sync::OnceLock, thread};

use anyhow::anyhow;
use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use rand::RngCore;
use tokio::sync::{Semaphore, oneshot};

use types::error::FieldRule;

use crate::{Result, validate::Check};

/// Shortest password, in characters.
const MIN_LENGTH: usize = 10;
/// Longest password, in characters.
const MAX_LENGTH: usize = 200;

/// The rules of a new password.
pub(super) fn check(check: &mut Check, field: &str, password: &str, email: &str) {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        check.limit(field, FieldRule::TooShort, MIN_LENGTH);
    } else if length > MAX_LENGTH {
        check.limit(field, FieldRule::TooLong, MAX_LENGTH);
    } else if password.trim().eq_ignore_ascii_case(email.trim()) {
        check.rule(field, FieldRule::PasswordIsAddress);
    }
}

/// The stored form of a password. The work is that of [`verify`], so that it also stands in for one where there is
/// no user: the answer takes the same time.
pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    work(move || {
        let mut bytes = [0u8; 16];
        rand::rng().fill_bytes(&mut bytes);
        let salt = SaltString::encode_b64(&bytes).map_err(|error| anyhow!("salt: {error}"))?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| anyhow!("password hash: {error}"))?.to_string())
    })
    .await
}

/// Whether the password is the one that the stored form was made of.
pub(super) async fn verify(password: &str, stored: &str) -> Result<bool> {
    let (password, stored) = (password.to_owned(), stored.to_owned());
    work(move || {
        let stored = PasswordHash::new(&stored).map_err(|error| anyhow!("stored password hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
    })
    .await
}

/// Runs hashing on half of the cores at most and behind all other threads: a flood of sign-ins waits here instead of
/// taking memory and cores from all others.
async fn work<T: Send + 'static>(job: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T> {
    static CORES: OnceLock<Semaphore> = OnceLock::new();
    let cores = CORES.get_or_init(|| {
        Semaphore::new(std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)))
    });
    metrics::counter!("biseda_passwords_hashed_total").increment(1);
    let permit = cores.acquire().await.map_err(anyhow::Error::from)?;
    let (tell, told) = oneshot::channel();
    // A thread of its own, since one that has stepped back cannot come forward again.
    let thread = thread::Builder::new().name("password".into()).spawn(move || {
        step_back();
        // Whoever asked may have gone.
        let _ = tell.send(job());
        drop(permit);
    });
    thread.map_err(anyhow::Error::from)?;
    Ok(told.await.map_err(anyhow::Error::from)??)
}

/// Gives the calling thread a tenth of what others get while all cores are busy. Where that fails it only costs speed.
fn step_back() {
    // Elsewhere it would slow down the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "the priority of a thread");
    }
}
