use chrono::Duration;
use types::{event::EventName, id::ConversationId, live::LiveEvent};

use super::{
    audience::is_told,
    bus::Bus,
    enrich::{Stored, enrich, events_after, for_visitor},
};
use crate::{
    Cx, Result, Services,
    visitors::{self, Visitor},
};

/// A cursor that is older loads anew: of what came after it, some may have been removed. Events are kept for a week at least.
const OLDEST: Duration = Duration::days(1);

/// What came since a cursor.
#[derive(Debug, Clone, PartialEq)]
pub enum Missed {
    /// All of it, oldest first; `cursor` is the position that is reached with it.
    Events { events: Vec<(i64, LiveEvent)>, cursor: i64 },
    /// Too much, or the cursor is of another time or an old one: load anew, then go on from `cursor`.
    Reload { cursor: i64 },
}

/// The position of the organization's last published event; 0 when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn cursor(cx: &mut Cx) -> Result<i64> {
    let organization = cx.organization();
    let position = sqlx::query_scalar!(
        r#"select position as "position!" from events
           where organization_id = $1 and position is not null order by position desc limit 1"#,
        organization.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(position.unwrap_or_default())
}

/// What a member's browser missed since its cursor of what the member [is told](is_told); without a cursor nothing. `limit`
/// counts the whole organization's events. Asked when it listens to the bus already.
///
/// # Errors
/// When the database does not answer.
pub async fn missed(bus: &Bus, cx: &mut Cx, since: Option<i64>, limit: i64) -> Result<Missed> {
    let (mut events, cursor) = match since_cursor(bus, cx, since, limit).await? {
        Since::Events(events, cursor) => (events, cursor),
        Since::TooMuch(cursor) => return Ok(Missed::Reload { cursor }),
    };
    let member = cx.actor().permissions();
    events.retain(|event| {
        let conversation = event.conversation_id.map(ConversationId);
        event.name.parse::<EventName>().is_ok_and(|name| is_told(member, name, conversation))
    });
    Ok(Missed::Events { events: enrich(cx, events).await?, cursor })
}

/// What a visitor's browser missed since its cursor in its own conversation. `limit` counts the whole organization's
/// events: past it, loading the conversation anew is cheaper.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) when the conversation is not this visitor's.
pub async fn missed_by_visitor(
    services: &Services,
    visitor: &Visitor,
    conversation: Option<ConversationId>,
    since: Option<i64>,
    limit: i64,
) -> Result<Missed> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    if let Some(conversation) = conversation {
        visitors::check_own(&mut cx, visitor, conversation).await?;
    }
    let now = cx.now();
    let (mut events, cursor) = match since_cursor(&services.live, &mut cx, since, limit).await? {
        Since::Events(events, cursor) => (events, cursor),
        Since::TooMuch(cursor) => return Ok(Missed::Reload { cursor }),
    };
    // Before anything is read for them: most are other people's.
    events.retain(|event| conversation.is_some_and(|own| event.conversation_id == Some(own.0)));
    let events = enrich(&mut cx, events).await?.into_iter().filter_map(|(position, event)| {
        let event = for_visitor(&services.secret_key, visitor.organization, now, &event)?;
        Some((position, event))
    });
    Ok(Missed::Events { events: events.collect(), cursor })
}

/// What stands after a cursor.
enum Since {
    /// With the position that is reached with it.
    Events(Vec<Stored>, i64),
    /// Or the cursor is of another time or an old one. With the newest position.
    TooMuch(i64),
}

async fn since_cursor(bus: &Bus, cx: &mut Cx, since: Option<i64>, limit: i64) -> Result<Since> {
    let newest = cursor(cx).await?;
    bus.topics().begin_at(cx.organization(), newest);
    let Some(since) = since else { return Ok(Since::Events(Vec::new(), newest)) };
    if since > newest || since < newest && is_old(cx, since).await? {
        return Ok(Since::TooMuch(newest));
    }
    let events = events_after(cx, since, limit + 1).await?;
    if events.len() as i64 > limit {
        return Ok(Since::TooMuch(newest));
    }
    let cursor = events.last().map_or(since, |event| event.position);
    Ok(Since::Events(events, cursor))
}

/// Whether the last event that a cursor has seen is so old, or gone.
async fn is_old(cx: &mut Cx, since: i64) -> Result<bool> {
    let organization = cx.organization();
    let seen = sqlx::query_scalar!(
        "select created_at from events where organization_id = $1 and position <= $2 order by position desc limit 1",
        organization.0,
        since
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(seen.is_none_or(|at| at < cx.now() - OLDEST))
}
