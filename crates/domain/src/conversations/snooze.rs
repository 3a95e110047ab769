use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use types::{
    conversation::Conversation,
    error::FieldRule,
    event::EventName,
    id::{ConversationId, OrganizationId},
    permission::Permission,
};

use super::{load, lock};
use crate::{Actor, Cx, Error, Result, Services, error::require};

/// Conversations that are woken between two looks at what is due.
const BATCH: i64 = 200;
/// Looks of one tick: on a Monday morning everybody's are due.
const LOOKS: usize = 50;

/// Takes a conversation out of the lists until a time, or (`None`) brings it back at once. A message of the customer
/// brings it back too.
///
/// # Errors
/// [`Error::Validation`] when the time is not in the coming year; [`Error::Conflict`] when it is closed.
pub async fn snooze(cx: &mut Cx, id: ConversationId, until: Option<DateTime<Utc>>) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let now = cx.now();
    if until.is_some_and(|until| until <= now || until > now + Duration::days(366)) {
        return Err(Error::rule("until", FieldRule::ComingYear));
    }
    let mut conversation = lock(cx, id).await?;
    if !conversation.is_active() && until.is_some() {
        return Err(Error::Conflict("the conversation is closed: reopen it first".into()));
    }
    if conversation.snoozed_until == until {
        return load::one(cx, id).await;
    }
    conversation.snoozed_until = until;
    let organization = cx.organization();
    match until {
        Some(until) => {
            sqlx::query!(
                "insert into snooze_wakeups (organization_id, conversation_id, due_at) values ($1, $2, $3)
                 on conflict (organization_id, conversation_id) do update set due_at = excluded.due_at",
                organization.0,
                id.0,
                until
            )
            .execute(cx.conn())
            .await?;
        }
        None => forget_wakeup(cx, id).await?,
    }
    conversation.emit(cx, EventName::ConversationUpdated, json!({"changed": ["snoozed_until"]})).await?;
    conversation.save(cx).await?;
    load::one(cx, id).await
}

/// Brings back the snoozed conversations whose time has come, marked as unread so that somebody looks. A tick calls
/// it; at most 10,000 at once. Gives how many it looked at.
///
/// # Errors
/// When the database does not answer; what was woken stays awake.
pub async fn wake_snoozed(services: &Services) -> Result<usize> {
    let mut count = 0;
    for _ in 0..LOOKS {
        let due = sqlx::query!(
            "select organization_id, conversation_id from snooze_wakeups where due_at <= $1 order by due_at limit $2",
            services.db.now(),
            BATCH
        )
        .fetch_all(services.db.system().pool())
        .await?;
        count += due.len();
        let mut is_held = false;
        for row in &due {
            let mut cx = services.db.begin(OrganizationId(row.organization_id), Actor::System).await?;
            match wake(&mut cx, ConversationId(row.conversation_id)).await {
                Ok(()) => services.commit(cx).await?,
                Err(error) => {
                    tracing::warn!(conversation = %row.conversation_id, ?error, "a conversation sleeps on until the next tick");
                    is_held = true;
                }
            }
        }
        if is_held || due.len() < BATCH as usize {
            break;
        }
    }
    Ok(count)
}

async fn wake(cx: &mut Cx, id: ConversationId) -> Result<()> {
    // Somebody who works on one of them does not keep all the others asleep.
    sqlx::query!("set local lock_timeout = '1s'").execute(cx.conn()).await?;
    let mut conversation = match lock(cx, id).await {
        Err(Error::NotFound(_)) => return forget_wakeup(cx, id).await,
        other => other?,
    };
    let now = cx.now();
    match conversation.snoozed_until {
        // Snoozed anew while this tick ran: its wake-up has the new time.
        Some(until) if until > now => return Ok(()),
        Some(_) => {
            conversation.snoozed_until = None;
            conversation.unread_count = conversation.unread_count.max(1);
            conversation.emit(cx, EventName::ConversationUpdated, json!({"changed": ["snoozed_until"]})).await?;
            conversation.save(cx).await?;
        }
        None => {}
    }
    forget_wakeup(cx, id).await
}

async fn forget_wakeup(cx: &mut Cx, id: ConversationId) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "delete from snooze_wakeups where organization_id = $1 and conversation_id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
