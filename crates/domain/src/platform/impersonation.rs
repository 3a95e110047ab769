//! Working as a member: an operator's session is that member for half an hour at most. Begin and end stand in the
//! organization's audit log and in the operators' log; what is written in between names the operator beside the member.

use chrono::Duration;
use serde_json::json;
use types::id::{OrganizationId, SessionId, UserId};
use uuid::Uuid;

use super::{
    Operator,
    log::{Act, write},
};
use crate::{
    Actor, Cx, Error, Result, Services,
    accounts::{Authenticated, ClientInfo, load_me},
    audit,
    validate::Check,
};

/// How long one may work as a member.
const LASTS: Duration = Duration::minutes(30);
/// Those that are ended at a time.
const BATCH: i64 = 100;

/// Lets the operator's session be a member of an organization, for half an hour.
///
/// # Errors
/// [`Error::Validation`] of `reason`; [`Error::NotFound`] when the user is no member, or locked; [`Error::Suspended`];
/// [`Error::Refused`] for platform admins.
pub async fn impersonate(
    services: &Services,
    operator: &Operator,
    user: UserId,
    organization: OrganizationId,
    reason: &str,
) -> Result<()> {
    let mut check = Check::default();
    let reason = check.line("reason", reason, 1..=500);
    check.finish()?;
    let me = load_me(services, user, organization).await?.ok_or(Error::NotFound("member"))?;
    if me.is_platform_admin {
        return Err(Error::Refused("you cannot work as a platform admin"));
    }
    // One that ran out and was not noted as ended yet makes room.
    end_overdue(services).await?;
    let mut cx = operator.begin(services, organization).await?;
    let (id, now) = (cx.new_id(), cx.now());
    let begun = sqlx::query!(
        "insert into impersonations (id, session_id, admin_id, user_id, organization_id, reason, started_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (session_id) where ended_at is null do nothing",
        id,
        operator.session().0,
        operator.user().0,
        user.0,
        organization.0,
        reason,
        now,
        now + LASTS
    )
    .execute(cx.conn())
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Error::Conflict("you are already working as a member: stop that first".into()));
    }
    let facts = json!({"member": me.name, "reason": reason, "until": now + LASTS, "impersonation_id": id});
    audit::record(&mut cx, "impersonation.started", user, None, Some(facts.clone())).await?;
    let act = Act { action: "impersonation.started", resource: user.0, before: None, after: Some(facts) };
    operator.note(services, cx.conn(), act).await?;
    services.commit(cx).await?;
    services.live.end_session(operator.session());
    Ok(())
}

/// Lets the session be the operator's own again.
///
/// # Errors
/// [`Error::NotFound`] when the session is its own already.
pub async fn end_impersonation(services: &Services, asked_by: &Authenticated, client: &ClientInfo) -> Result<()> {
    let open = sqlx::query!(
        "select id, organization_id, admin_id from impersonations where session_id = $1 and ended_at is null",
        asked_by.session_id.0
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or(Error::NotFound("impersonation"))?;
    let actor = Actor::PlatformAdmin { user_id: UserId(open.admin_id) };
    let cx = services.db.begin(OrganizationId(open.organization_id), actor).await?.asked_by(client.clone());
    let (cx, session) = end(cx, open.id, "ended").await?;
    services.commit(cx).await?;
    if let Some(session) = session {
        services.live.end_session(session);
    }
    Ok(())
}

/// Notes the end of those whose time is over, or whose session is gone. Part of each tick.
///
/// # Errors
/// When the database does not answer; what was noted before stays noted.
pub(crate) async fn end_overdue(services: &Services) -> Result<()> {
    let over = sqlx::query!(
        "select id, organization_id, admin_id from impersonations
         where ended_at is null and (expires_at <= $1 or session_id is null) order by expires_at limit $2",
        services.db.now(),
        BATCH
    )
    .fetch_all(services.db.system().pool())
    .await?;
    for row in over {
        let actor = Actor::PlatformAdmin { user_id: UserId(row.admin_id) };
        let cx = services.db.begin(OrganizationId(row.organization_id), actor).await?;
        let (cx, session) = end(cx, row.id, "time_over").await?;
        services.commit(cx).await?;
        if let Some(session) = session {
            services.live.end_session(session);
        }
    }
    Ok(())
}

/// Ends those in the organization of this transaction. The caller writes down why.
pub(super) async fn end_in(cx: &mut Cx) -> Result<()> {
    let (organization, now) = (cx.organization().0, cx.now());
    let open = sqlx::query!(
        "update impersonations set ended_at = $2 where organization_id = $1 and ended_at is null
         returning id, user_id, admin_id",
        organization,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    for row in open {
        note_end(cx, row.id, row.user_id, UserId(row.admin_id), "organization_suspended").await?;
    }
    Ok(())
}

/// Ends one, unless somebody else just did, and gives the session that it was in.
async fn end(mut cx: Cx, id: Uuid, how: &str) -> Result<(Cx, Option<SessionId>)> {
    let now = cx.now();
    let ended = sqlx::query!(
        "update impersonations set ended_at = least(expires_at, $2) where id = $1 and ended_at is null
         returning user_id, admin_id, session_id",
        id,
        now
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(ended) = ended else { return Ok((cx, None)) };
    note_end(&mut cx, id, ended.user_id, UserId(ended.admin_id), how).await?;
    Ok((cx, ended.session_id.map(SessionId)))
}

async fn note_end(cx: &mut Cx, id: Uuid, user: Uuid, admin: UserId, how: &str) -> Result<()> {
    let facts = json!({"impersonation_id": id, "how": how});
    audit::record(cx, "impersonation.ended", user, None, Some(facts.clone())).await?;
    let (row, now, client) = (cx.new_id(), cx.now(), cx.client().clone());
    let act = Act { action: "impersonation.ended", resource: user, before: None, after: Some(facts) };
    write(cx.conn(), row, now, admin, &client, act).await
}
