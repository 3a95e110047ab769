//! Challenges on their way. Kept in the database, so that every node knows them; the first answer takes them away.

use chrono::Duration;
use types::id::SessionId;

use crate::{Result, Services, Token};

/// How long an answer may take; browsers are told the same by the library.
const GOOD_FOR: Duration = Duration::minutes(5);

/// Keeps a challenge that signs somebody in, and gives the token under which this browser, and no other, answers it.
pub(super) async fn ask(services: &Services, state: &[u8]) -> Result<String> {
    sweep(services).await?;
    let token = Token::random();
    sqlx::query!(
        "insert into passkey_challenges (token_hash, state, expires_at) values ($1, $2, $3)",
        token.hash,
        state,
        services.db.now() + GOOD_FOR
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(token.secret)
}

/// The state of a challenge that is good. It is not good again.
pub(super) async fn take(services: &Services, token: &str) -> Result<Option<Vec<u8>>> {
    let taken = sqlx::query!(
        "delete from passkey_challenges where token_hash = $1 and session_id is null returning state, expires_at",
        Token::hash(token)
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(taken.filter(|row| row.expires_at > services.db.now()).map(|row| row.state))
}

/// Keeps the challenge that adds a passkey of this name in a session, in place of an earlier one.
pub(super) async fn ask_in(services: &Services, session: SessionId, name: &str, state: &[u8]) -> Result<()> {
    sqlx::query!(
        "insert into passkey_challenges (token_hash, session_id, name, state, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (session_id) do update set name = $3, state = $4, expires_at = $5",
        Token::random().hash,
        session.0,
        name,
        state,
        services.db.now() + GOOD_FOR
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(())
}

/// Name and state of a session's challenge, when it is good. It is not good again.
pub(super) async fn take_in(services: &Services, session: SessionId) -> Result<Option<(String, Vec<u8>)>> {
    let taken = sqlx::query!(
        r#"delete from passkey_challenges where session_id = $1 returning name as "name!", state, expires_at"#,
        session.0
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(taken.filter(|row| row.expires_at > services.db.now()).map(|row| (row.name, row.state)))
}

/// Removes challenges that nobody answered in time, some at a time: anybody can ask for one.
pub(in crate::accounts) async fn sweep(services: &Services) -> Result<()> {
    sqlx::query!(
        "delete from passkey_challenges where token_hash in (
           select token_hash from passkey_challenges where expires_at < $1 order by expires_at limit 100
           for update skip locked)",
        services.db.now()
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(())
}
