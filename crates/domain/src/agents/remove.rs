//! What follows the deletion of an agent, in pieces: it may have had a million conversations.

use serde_json::json;
use types::{
    conversation::Owner,
    event::EventName,
    id::{AgentId, ConversationId, OrganizationId},
};
use uuid::Uuid;

use crate::{
    Actor, Cx, Result, Services,
    conversations::{AGENT_UNAVAILABLE, hand_off_locked, lock},
    events,
};

/// Conversations, and traces of answers, that one transaction changes: visitors who write in them wait for it.
const CONVERSATIONS: i64 = 100;
const TRACES: i64 = 5_000;

/// Makes the conversations of a deleted agent a person's, or nobody's, and removes what is left of it. May run twice.
///
/// # Errors
/// When the database does not answer; what was done before stays done.
pub async fn remove(services: &Services, organization: OrganizationId, agent: AgentId) -> Result<()> {
    for piece in [Piece::Conversations, Piece::Traces] {
        loop {
            let mut cx = services.db.begin(organization, Actor::System).await?;
            let done = match piece {
                Piece::Conversations => leave_some(&mut cx, agent).await?,
                Piece::Traces => forget_some(&mut cx, agent).await?,
            };
            services.commit(cx).await?;
            if done == 0 {
                break;
            }
        }
    }
    let mut cx = services.db.begin(organization, Actor::System).await?;
    sqlx::query!(
        "delete from agents where organization_id = $1 and id = $2 and deleted_at is not null",
        organization.0,
        agent.0
    )
    .execute(cx.conn())
    .await?;
    services.commit(cx).await
}

#[derive(Clone, Copy)]
enum Piece {
    Conversations,
    Traces,
}

/// Takes the agent out of some conversations and gives how many. Whoever waits for its answer gets a person; of closed
/// conversations nobody is told.
async fn leave_some(cx: &mut Cx, agent: AgentId) -> Result<usize> {
    let (organization, now) = (cx.organization(), cx.now());
    let rows = sqlx::query!(
        r#"select id, owner = 'agent' and status = 'active' and last_message_direction = 'inbound' and last_seq > 0
                  as "waits!"
           from conversations where organization_id = $1 and agent_id = $2 order by id limit $3 for update"#,
        organization.0,
        agent.0,
        CONVERSATIONS
    )
    .fetch_all(cx.conn())
    .await?;
    for row in rows.iter().filter(|row| row.waits) {
        let mut conversation = lock(cx, ConversationId(row.id)).await?;
        hand_off_locked(cx, &mut conversation, AGENT_UNAVAILABLE).await?;
    }
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.id).collect();
    let left = sqlx::query!(
        r#"update conversations c
           set agent_id = null, owner = case c.owner when 'agent' then 'nobody' else c.owner end,
               owner_epoch = c.owner_epoch + (c.owner = 'agent')::int,
               updated_at = case when before.is_told then $3 else c.updated_at end
           from (select id, owner = 'agent' and status = 'active' as is_told
                 from conversations where organization_id = $1 and id = any($2)) before
           where c.organization_id = $1 and c.id = before.id
           returning c.id, c.owner_epoch, before.is_told as "is_told!""#,
        organization.0,
        &ids,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    let (told, payloads): (Vec<_>, Vec<_>) = left
        .into_iter()
        .filter(|row| row.is_told)
        .map(|row| (row.id, json!({"owner": Owner::Nobody, "owner_epoch": row.owner_epoch, "assignee_id": null})))
        .unzip();
    events::emit_of_each(cx, EventName::ConversationOwnerChanged, &told, &payloads).await?;
    Ok(ids.len())
}

/// Removes some of the traces of its answers and gives how many.
async fn forget_some(cx: &mut Cx, agent: AgentId) -> Result<usize> {
    let organization = cx.organization();
    let removed = sqlx::query!(
        "delete from answer_traces where organization_id = $1 and id in (
           select id from answer_traces where organization_id = $1 and agent_id = $2 limit $3)",
        organization.0,
        agent.0,
        TRACES
    )
    .execute(cx.conn())
    .await?;
    Ok(usize::try_from(removed.rows_affected()).unwrap_or(usize::MAX))
}

/// Goes on with deleted agents whose job was given up. Part of the daily upkeep.
///
/// # Errors
/// As [`remove`].
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let deleted = sqlx::query_scalar!(
        "select id from agents where organization_id = $1 and deleted_at is not null",
        organization.0
    )
    .fetch_all(cx.conn())
    .await?;
    drop(cx);
    for agent in deleted {
        remove(services, organization, AgentId(agent)).await?;
    }
    Ok(())
}
