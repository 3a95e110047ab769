use types::{conversation::InboxCounts, permission::Permission};

use crate::{Cx, Result, error::require};

/// How many conversations with unread messages the lists hold, each counted up to [`InboxCounts::BOUND`].
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn counts(cx: &mut Cx) -> Result<InboxCounts> {
    require(cx, Permission::ConversationsRead)?;
    let (organization, member) = (cx.organization(), cx.actor().member_id().map(|id| id.0));
    // Owners are named, because the index holds the agent's beside the others'.
    let row = sqlx::query!(
        r#"select
             (select count(*) from (select from conversations where organization_id = $1 and status = 'active'
                and snoozed_until is null and unread_count > 0 and assignee_id = $2 limit $3) rows) as "mine!",
             (select count(*) from (select from conversations where organization_id = $1 and status = 'active'
                and snoozed_until is null and unread_count > 0 and assignee_id is null and owner in ('member', 'nobody') limit $3) rows)
                as "unassigned!",
             (select count(*) from (select from conversations where organization_id = $1 and status = 'active'
                and snoozed_until is null and unread_count > 0 and owner = 'agent' limit $3) rows) as "agent!",
             (select count(*) from (select from conversations where organization_id = $1 and status = 'active'
                and snoozed_until is null and unread_count > 0 limit $3) rows) as "all!""#,
        organization.0,
        member,
        InboxCounts::BOUND
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(InboxCounts { mine: row.mine, unassigned: row.unassigned, agent: row.agent, all: row.all })
}
