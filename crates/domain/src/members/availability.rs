use chrono::Duration;
use serde_json::json;
use types::{event::EventName, member::Availability};

use crate::{Cx, Error, Result, events};

/// A member whose browser has not been heard of for so long is not there, whatever the availability says.
const PRESENT_WITHIN: Duration = Duration::minutes(10);

/// Sets whether the acting member takes conversations. Everybody may do that for themselves, and for no one else.
///
/// # Errors
/// [`Error::Refused`] when no member acts.
pub async fn set_availability(cx: &mut Cx, availability: Availability) -> Result<()> {
    let member = cx.actor().member_id().ok_or(Error::Refused("only members have an availability"))?;
    let organization = cx.organization();
    let changed = sqlx::query!(
        "update members set availability = $3
         where organization_id = $1 and id = $2 and user_id is not null and availability <> $3",
        organization.0,
        member.0,
        availability.as_str()
    )
    .execute(cx.conn())
    .await?;
    if changed.rows_affected() == 1 {
        let payload = json!({"availability": availability});
        events::emit(cx, EventName::MemberUpdated, "member", member, None, payload).await?;
    }
    Ok(())
}

/// Whether a member is there to answer: one who may, available, and seen in the last ten minutes. Needs no permission:
/// visitors are told.
///
/// # Errors
/// When the database does not answer.
pub async fn any_online(cx: &mut Cx) -> Result<bool> {
    let (organization, since) = (cx.organization(), cx.now() - PRESENT_WITHIN);
    let online = sqlx::query_scalar!(
        r#"select exists (
             select from members m join sessions s on s.user_id = m.user_id and s.organization_id = m.organization_id
             left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
             where m.organization_id = $1 and m.availability = 'online' and s.last_seen_at > $2
               and (r.id is null or 'conversations:write' = any(r.permissions))) as "online!""#,
        organization.0,
        since
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(online)
}
