use chrono::Duration;
use types::{
    id::{OrganizationId, SessionId, UserId},
    platform::Impersonation,
};

use super::LIFETIME;
use crate::{
    Result, Services, Token,
    accounts::{Authenticated, me},
    validate::cut,
};

/// Uses within this time of the last noted one are not noted: reading a page should not write.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// Who a session's token belongs to; `None` when it is unknown or has run out, and when the person was locked or is no
/// longer a member. While an operator works as a member, it is that member.
///
/// # Errors
/// [`Error::Suspended`](crate::Error::Suspended): the organization is. When the database does not answer.
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
