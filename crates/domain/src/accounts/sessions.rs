//! Sessions of signed-in browsers: 30 days from the last use, kept as the hash of their token.

use chrono::Duration;
use sqlx::PgConnection;
use types::{
    id::{OrganizationId, SessionId, UserId},
    platform::Impersonation,
    user::Session,
};

use super::{Authenticated, me, passkeys};
use crate::{Cx, Error, Result, Services, Token, audit, validate::cut};

/// How long a session lives after its last use.
const LIFETIME: Duration = Duration::days(30);
/// Uses within this time of the last noted one are not noted: reading a page should not write.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// What brings a session. A password is named by its hash: looking at one takes a while, and meanwhile a new one may have
/// ended all sessions.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// The password alone, which is not enough for who has a second factor.
    Password(&'a str),
    /// The password, and then the second step.
    SecondStep(&'a str),
    /// A passkey: both factors at once.
    Passkey,
}

/// Opens a session in the organization of this transaction, notes it in the audit log, and gives its token.
///
/// # Errors
/// [`Error::InvalidCredentials`] when the password is another by now, or no longer enough.
pub(super) async fn open(cx: &mut Cx, user: UserId, proof: Proof<'_>) -> Result<String> {
    let (password_hash, is_password_alone) = match proof {
        Proof::Password(hash) => (Some(hash), true),
        Proof::SecondStep(hash) => (Some(hash), false),
        Proof::Passkey => (None, false),
    };
    // A statement before the one that looks: a passkey that is being added is seen.
    hold(cx.conn(), user).await?;
    let token = Token::random();
    let (organization, id, now, client) = (cx.organization(), cx.new_id(), cx.now(), cx.client().clone());
    let opened = sqlx::query!(
        "with person as (
           update users u set last_login_at = $7, last_login_ip = $5
           where id = $2 and ($9::text is null or password_hash = $9) and not ($10 and has_second_factor(u)) returning id
         )
         insert into sessions (id, user_id, organization_id, token_hash, ip, user_agent, created_at, last_seen_at, expires_at)
         select $1, id, $3, $4, $5, $6, $7, $7, $8 from person",
        id,
        user.0,
        organization.0,
        token.hash,
        cut(client.ip.as_deref(), 64),
        cut(client.user_agent.as_deref(), 400),
        now,
        now + LIFETIME,
        password_hash,
        is_password_alone
    )
    .execute(cx.conn())
    .await?;
    if opened.rows_affected() == 0 {
        return Err(Error::InvalidCredentials);
    }
    audit::record(cx, "session.created", id, None, None).await?;
    Ok(token.secret)
}

/// Holds the person's row. Sessions are opened, and the ways in changed, one after the other: the next statement of the
/// transaction sees what came first.
pub(super) async fn hold(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("select id from users where id = $1 for no key update", user.0).fetch_optional(connection).await?;
    Ok(())
}

/// Ends the person's other sessions with a change of the ways in, and gives them, to be told after the commit.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session that asks has ended: a new password came first, and the change is void.
pub(super) async fn end_others(connection: &mut PgConnection, asked_by: &Authenticated) -> Result<Vec<SessionId>> {
    let (user, session) = (asked_by.me.user_id, asked_by.session_id);
    hold(connection, user).await?;
    let is_open = sqlx::query_scalar!(
        r#"select exists (select from sessions where id = $1 and user_id = $2) as "open!""#,
        session.0,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if !is_open {
        return Err(Error::Unauthenticated);
    }
    let ended =
        sqlx::query_scalar!("delete from sessions where user_id = $1 and id <> $2 returning id", user.0, session.0)
            .fetch_all(connection)
            .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// Who a session's token belongs to; `None` when it is unknown or has run out, and when the person was locked or is no
/// longer a member. While an operator works as a member, it is that member.
///
/// # Errors
/// [`Error::Suspended`]: the organization is. When the database does not answer.
pub async fn authenticate(services: &Services, token: &str) -> Result<Option<Authenticated>> {
    authenticate_from(services, token, None).await
}

/// The same, noting the address from which the session is used, for its list.
///
/// # Errors
/// As [`authenticate`].
pub async fn authenticate_from(services: &Services, token: &str, ip: Option<&str>) -> Result<Option<Authenticated>> {
    let now = services.db.now();
    let row = sqlx::query!(
        r#"select s.id, s.user_id, s.organization_id as "organization_id!", s.last_seen_at, u.name as admin_name,
                  i.user_id as "as_user?", i.organization_id as "as_organization?", i.reason as "reason?",
                  i.expires_at as "until?"
           from sessions s join users u on u.id = s.user_id
           left join impersonations i on i.session_id = s.id and i.ended_at is null and i.expires_at > $2
             and u.is_active and u.is_platform_admin and has_second_factor(u)
           where s.token_hash = $1 and s.expires_at > $2 and s.organization_id is not null"#,
        Token::hash(token),
        now
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let session_id = SessionId(row.id);
    if let (Some(user), Some(organization), Some(reason), Some(expires_at)) =
        (row.as_user, row.as_organization, row.reason, row.until)
        // Who was locked or left meanwhile cannot be worked as: the operator is the operator again.
        && let Ok(Some(me)) = me::load(services, UserId(user), OrganizationId(organization)).await
    {
        let admin_id = UserId(row.user_id);
        let (admin_name, user_name) = (row.admin_name, me.name.clone());
        let impersonation = Some(Impersonation { admin_id, admin_name, user_name, reason, expires_at });
        return Ok(Some(Authenticated { session_id, me, impersonation }));
    }
    let me = me::load(services, UserId(row.user_id), OrganizationId(row.organization_id)).await?;
    let Some(me) = me else { return Ok(None) };
    if now - row.last_seen_at >= NOTED_EVERY {
        seen(services, session_id, ip).await?;
    }
    Ok(Some(Authenticated { session_id, me, impersonation: None }))
}

/// Notes that a session is in use, at most once a minute. A live socket asks once a minute whether its session still
/// holds, so a member who only watches stays signed in, and is there for visitors.
async fn seen(services: &Services, session: SessionId, ip: Option<&str>) -> Result<()> {
    let now = services.db.now();
    sqlx::query!(
        "update sessions set last_seen_at = $2, expires_at = $3, ip = coalesce($5, ip)
         where id = $1 and last_seen_at <= $4",
        session.0,
        now,
        now + LIFETIME,
        now - NOTED_EVERY,
        cut(ip, 64)
    )
    .execute(services.db.system().pool())
    .await?;
    Ok(())
}

/// A person's sessions, the last used first, at most 100.
///
/// # Errors
/// When the database does not answer.
pub async fn sessions(services: &Services, user: UserId, current: SessionId) -> Result<Vec<Session>> {
    let rows = sqlx::query!(
        "select id, ip, user_agent, created_at, last_seen_at from sessions
         where user_id = $1 and expires_at > $2 order by last_seen_at desc limit 100",
        user.0,
        services.db.now()
    )
    .fetch_all(services.db.system().pool())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: SessionId(row.id),
            ip: row.ip,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            is_current: row.id == current.0,
        })
        .collect())
}

/// Ends one of a person's sessions, and its live updates with it.
///
/// # Errors
/// [`Error::NotFound`] when the person has no such session.
pub async fn end_session(services: &Services, user: UserId, session: SessionId) -> Result<()> {
    let ended = sqlx::query!("delete from sessions where user_id = $1 and id = $2", user.0, session.0)
        .execute(services.db.system().pool())
        .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound("session"));
    }
    services.live.end_session(session);
    Ok(())
}

/// Ends all of a person's sessions, except the one to keep.
///
/// # Errors
/// When the database does not answer.
pub async fn end_sessions(services: &Services, user: UserId, keep: Option<SessionId>) -> Result<()> {
    let ended = sqlx::query_scalar!(
        "delete from sessions where user_id = $1 and ($2::uuid is null or id <> $2) returning id",
        user.0,
        keep.map(|session| session.0)
    )
    .fetch_all(services.db.system().pool())
    .await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}

/// Removes sessions, links and questions that have run out and attempts that no longer count. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(services: &Services) -> Result<()> {
    let now = services.db.now();
    let pool = services.db.system();
    sqlx::query!("delete from sessions where expires_at < $1", now).execute(pool.pool()).await?;
    sqlx::query!("delete from login_attempts where last_attempt_at < $1", now - Duration::days(2))
        .execute(pool.pool())
        .await?;
    sqlx::query!("delete from password_resets where expires_at < $1", now).execute(pool.pool()).await?;
    sqlx::query!("delete from email_verifications where expires_at < $1", now).execute(pool.pool()).await?;
    passkeys::sweep(services).await
}
