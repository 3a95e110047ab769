use types::{
    conversation::Owner,
    event::EventName,
    id::{ChannelId, ConversationId, OrganizationId, VisitorId},
    live::{LiveEvent, Signal},
};

use super::{
    enrich::{enrich, events_after, for_visitor},
    missed::cursor,
    topics::{Topic, Topics},
    update::{Update, published},
};
use crate::{Actor, Cx, Result, Services, messages::first_name, visitors};

/// Events that are fetched at once.
const BATCH: i64 = 200;
/// So many batches in one go; after more the sockets load anew.
const BATCHES: usize = 5;

/// Fetches an organization's new events and hands them to this node's sockets. `after` is the position before the
/// first new one, or `None` when that is not known because the connection to the database was lost.
pub(super) async fn deliver(services: &Services, organization: OrganizationId, after: Option<i64>) -> Result<()> {
    let bus = &services.live;
    let Some(delivered) = bus.topics().delivered(organization) else { return Ok(()) };
    let Some(mut position) = delivered.or(after) else {
        bus.topics().reload(organization);
        return Ok(());
    };
    for _ in 0..BATCHES {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let rows = events_after(&mut cx, position, BATCH).await?;
        let is_all = rows.len() < BATCH as usize;
        position = rows.last().map_or(position, |row| row.position);
        let events = enrich(&mut cx, rows).await?;
        let moved = moved_visitors(&mut cx, bus.topics(), &events).await?;
        let ended = ended_channels(&mut cx, &events).await?;
        let renewed = renewed_secrets(&mut cx, &events).await?;
        let now = cx.now();
        drop(cx);
        for (visitor, conversation) in moved {
            bus.topics().send(Topic::Visitor(organization, visitor), Update::Moved(Some(conversation)));
        }
        for (at, event) in events {
            if let Some(conversation) = event.conversation_id
                && bus.topics().listens(Topic::Conversation(organization, conversation))
            {
                if let Some(signal) = owner_changed(&event) {
                    bus.deliver_to_visitor(organization, signal);
                }
                if let Some(event) = for_visitor(&services.secret_key, organization, now, &event) {
                    bus.topics().send(Topic::Conversation(organization, conversation), published(at, event));
                }
            }
            if bus.topics().listens(Topic::Members(organization)) {
                bus.topics().send(Topic::Members(organization), published(at, event));
            }
        }
        for channel in ended {
            bus.topics().tell_visitors(organization, &Update::ChannelEnded(channel));
        }
        for channel in renewed {
            bus.topics().tell_visitors(organization, &Update::SecretRenewed(channel));
        }
        bus.topics().set_delivered(organization, position);
        if is_all {
            return Ok(());
        }
    }
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let position = cursor(&mut cx).await?;
    bus.topics().set_delivered(organization, position);
    bus.topics().reload(organization);
    Ok(())
}

/// Visitors for whom a conversation began or goes on again by these events, whoever did it, each with what its browser
/// shows now.
async fn moved_visitors(
    cx: &mut Cx,
    topics: &Topics,
    events: &[(i64, LiveEvent)],
) -> Result<Vec<(VisitorId, ConversationId)>> {
    let begins = |name| matches!(name, EventName::ConversationCreated | EventName::ConversationReopened);
    let begun: Vec<_> = events.iter().filter(|(_, event)| begins(event.name)).map(|(_, e)| e.resource_id).collect();
    if begun.is_empty() || !topics.has_visitors(cx.organization()) {
        return Ok(Vec::new());
    }
    visitors::browsers_of(cx, &begun).await
}

/// Channels of which these events tell, and that take nobody any more.
async fn ended_channels(cx: &mut Cx, events: &[(i64, LiveEvent)]) -> Result<Vec<ChannelId>> {
    let is_change = |name| matches!(name, EventName::ChannelUpdated | EventName::ChannelDeleted);
    let changed: Vec<_> =
        events.iter().filter(|(_, event)| is_change(event.name)).map(|(_, e)| e.resource_id).collect();
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let organization = cx.organization();
    let ended = sqlx::query_scalar!(
        r#"select changed.id as "id!" from unnest($2::uuid[]) as changed (id)
           where not exists (select from channels ch
                             where ch.organization_id = $1 and ch.id = changed.id and ch.is_active)"#,
        organization.0,
        &changed
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(ended.into_iter().map(ChannelId).collect())
}

/// Channels whose secret for identities these events have renewed.
async fn renewed_secrets(cx: &mut Cx, events: &[(i64, LiveEvent)]) -> Result<Vec<ChannelId>> {
    let changed = events.iter().filter(|(_, event)| event.name == EventName::ChannelUpdated);
    let positions: Vec<_> = changed.map(|(position, _)| *position).collect();
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let organization = cx.organization();
    let renewed = sqlx::query_scalar!(
        "select resource_id from events
         where organization_id = $1 and position = any($2) and payload -> 'changed' ? 'identity_secret'",
        organization.0,
        &positions
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(renewed.into_iter().map(ChannelId).collect())
}

/// For the widget's head line: who answers now.
fn owner_changed(event: &LiveEvent) -> Option<Signal> {
    let conversation = event.conversation.as_ref().filter(|_| event.name == EventName::ConversationOwnerChanged)?;
    let name = match conversation.owner {
        Owner::Agent => conversation.agent_name.clone(),
        Owner::Member => conversation.assignee_name.as_deref().map(|name| first_name(name).to_owned()),
        Owner::Nobody => None,
    };
    Some(Signal::OwnerChanged { conversation_id: conversation.id, owner: conversation.owner, name })
}
