use uuid::Uuid;

use super::REMEMBERED;
use crate::{Cx, Error, Result, Services};

/// What is known about a key.
#[derive(Debug)]
pub enum Reserved {
    /// Nothing: the work is to be done in this transaction, and its answer kept with [`super::store`].
    New,
    /// The work was done; this was the answer.
    Done { status: u16, answer: Vec<u8> },
}

/// Takes a key for the work of this transaction. Another request with the same key waits until it ends: when it
/// commits, that one gets its answer, and when it does not, it may do the work. `fingerprint` is a digest of what is
/// asked for.
///
/// # Errors
/// [`Error::Conflict`] when the key was used for something else in the last 24 hours; [`Error::Validation`] when it is
/// no key (1 to 255 visible ASCII characters).
pub async fn reserve(services: &Services, cx: &mut Cx, key: &str, fingerprint: &[u8]) -> Result<Reserved> {
    if key.is_empty() || key.len() > 255 || !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::invalid("Idempotency-Key", "must have 1 to 255 visible ASCII characters"));
    }
    let (organization, actor, now) = (cx.organization(), actor(cx), cx.now());
    let taken = sqlx::query!(
        "insert into idempotency_keys as k (organization_id, actor_id, key, fingerprint, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (organization_id, actor_id, key) do update
         set fingerprint = $4, status = null, answer_encrypted = null, created_at = $5 where k.created_at <= $6",
        organization.0,
        actor,
        key,
        fingerprint,
        now,
        now - REMEMBERED
    )
    .execute(cx.conn())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(Reserved::New);
    }
    let first = sqlx::query!(
        "select fingerprint, status, answer_encrypted from idempotency_keys
         where organization_id = $1 and actor_id = $2 and key = $3",
        organization.0,
        actor,
        key
    )
    .fetch_one(cx.conn())
    .await?;
    if first.fingerprint != fingerprint {
        return Err(Error::Conflict("this Idempotency-Key was used for another request: use a new one".into()));
    }
    let answer = first.answer_encrypted.and_then(|answer| services.secret_key.decrypt(&answer));
    match (first.status.map(u16::try_from), answer) {
        (Some(Ok(status)), Some(answer)) => Ok(Reserved::Done { status, answer }),
        _ => Err(anyhow::anyhow!("the answer under an idempotency key cannot be read").into()),
    }
}

/// Whose key it is. What has no id of its own (jobs, operators' commands) sends no requests.
pub(super) fn actor(cx: &Cx) -> Uuid {
    cx.actor().id().unwrap_or_default()
}
