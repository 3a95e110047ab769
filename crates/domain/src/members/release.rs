//! What follows the removal of a member, in pieces: a hundred thousand conversations may have been theirs.

use types::id::{ConversationId, MemberId, OrganizationId};
use uuid::Uuid;

use crate::{Actor, Cx, Result, Services, conversations};

/// Conversations that one transaction changes: visitors who write in them wait for it.
const CONVERSATIONS: i64 = 100;

/// Makes the conversations of a removed member nobody's and removes what is left of the member. May run twice.
///
/// # Errors
/// When the database does not answer; what was done before stays done.
pub(crate) async fn release(services: &Services, organization: OrganizationId, member: MemberId) -> Result<()> {
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let released = release_some(&mut cx, member).await?;
        services.commit(cx).await?;
        if released == 0 {
            break;
        }
    }
    let mut cx = services.db.begin(organization, Actor::System).await?;
    sqlx::query!(
        "delete from members where organization_id = $1 and id = $2 and user_id is null",
        organization.0,
        member.0
    )
    .execute(cx.conn())
    .await?;
    services.commit(cx).await
}

/// Releases some conversations, open ones first, and gives how many. Of closed ones nobody is told.
async fn release_some(cx: &mut Cx, member: MemberId) -> Result<usize> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select c.id, c.status = 'active' and c.owner = 'member' as "is_answered!"
           from conversations c join members m on m.organization_id = $1 and m.id = c.assignee_id and m.user_id is null
           where c.organization_id = $1 and c.assignee_id = $2
           order by c.status, c.last_message_at desc, c.id desc limit $3 for update of c"#,
        organization.0,
        member.0,
        CONVERSATIONS
    )
    .fetch_all(cx.conn())
    .await?;
    for row in rows.iter().filter(|row| row.is_answered) {
        conversations::unassign(cx, ConversationId(row.id)).await?;
    }
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.id).collect();
    sqlx::query!(
        "update conversations set assignee_id = null where organization_id = $1 and id = any($2) and assignee_id = $3",
        organization.0,
        &ids,
        member.0
    )
    .execute(cx.conn())
    .await?;
    Ok(ids.len())
}

/// Goes on with removed members whose job was given up. Part of the daily upkeep.
///
/// # Errors
/// As [`release`].
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let removed =
        sqlx::query_scalar!("select id from members where organization_id = $1 and user_id is null", organization.0)
            .fetch_all(cx.conn())
            .await?;
    drop(cx);
    for member in removed {
        release(services, organization, MemberId(member)).await?;
    }
    Ok(())
}
