use std::time::Duration;

use super::{
    bus::Bus,
    deliver::deliver,
    node::{Batch, NodeMessage, pack},
    topics::Topic,
    update::Update,
};
use crate::Services;
use serde_json::Value;
use sqlx::postgres::PgListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use types::{id::OrganizationId, live::Signal};

/// Signals gather so long before they leave for other nodes.
const GATHER: Duration = Duration::from_millis(50);
const EXPIRY_CHECK: Duration = Duration::from_secs(5);
/// Pause before the next attempt when the database is away.
const RETRY: Duration = Duration::from_secs(1);
/// Organizations in one notification; Postgres takes less than 8000 bytes.
const NOTIFIED_AT_ONCE: usize = 100;

/// Carries live updates between the database, other nodes and this node's sockets until the shutdown. One runs in
/// every process that has sockets.
pub async fn run(services: Services, shutdown: CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = listen(&services) => {}
        () = deliver_dirty(&services) => {}
        () = send_outgoing(&services) => {}
        () = expire_viewers(&services.live) => {}
    }
}

/// What the publisher tells the other nodes: itself, and each organization with the position before its first event.
pub(crate) fn published_payloads(bus: &Bus, touched: &[(OrganizationId, i64)]) -> Vec<String> {
    let node = bus.node();
    touched
        .chunks(NOTIFIED_AT_ONCE)
        .map(|chunk| {
            let mut payload = node.to_string();
            for (organization, position) in chunk {
                payload.push_str(&format!(" {organization}:{position}"));
            }
            payload
        })
        .collect()
}

async fn listen(services: &Services) {
    loop {
        if let Err(error) = listen_once(services).await {
            tracing::warn!(%error, "live updates of other nodes wait: the database is away");
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(services: &Services) -> Result<(), sqlx::Error> {
    let bus = &services.live;
    let mut listener = PgListener::connect_with(services.db.system().pool()).await?;
    listener.listen_all(["biseda_live", "biseda_signals"]).await?;
    // What was told while nobody listened is fetched now.
    for organization in bus.topics().organizations() {
        bus.mark_dirty(organization, None);
    }
    while let Some(notification) = listener.try_recv().await? {
        match notification.channel() {
            "biseda_live" => hear_published(bus, notification.payload()),
            _ => hear_signals(bus, notification.payload()),
        }
    }
    Ok(())
}

fn hear_published(bus: &Bus, payload: &str) {
    let mut words = payload.split(' ');
    if words.next() == Some(bus.node().to_string().as_str()) {
        return;
    }
    for (organization, position) in words.filter_map(|word| word.split_once(':')) {
        if let (Ok(organization), Ok(position)) = (organization.parse(), position.parse()) {
            bus.mark_dirty(organization, Some(position));
        }
    }
}

fn hear_signals(bus: &Bus, payload: &str) {
    // A node of another version may send what this one does not know: such a message is left out, not the batch.
    let Ok(batch) = serde_json::from_str::<Batch<Value>>(payload) else { return };
    if batch.node == bus.node() {
        return;
    }
    for message in batch.messages.into_iter().filter_map(|message| serde_json::from_value(message).ok()) {
        match message {
            NodeMessage::Signal { organization, mut signal } => {
                if let Signal::Draft { text, html, .. } = &mut signal {
                    *html = text::markdown_to_html(text);
                }
                bus.deliver_signal(organization, signal);
            }
            NodeMessage::Viewing { organization, socket, viewer, conversation } => {
                bus.note_viewing(organization, socket, viewer, conversation);
            }
            NodeMessage::SessionEnded { session } => bus.topics().send(Topic::Session(session), Update::SessionEnded),
            NodeMessage::OrganizationEnded { organization } => bus.topics().close(organization),
            NodeMessage::VisitorMoved { organization, visitor, conversation } => {
                bus.topics().send(Topic::Visitor(organization, visitor), Update::Moved(conversation));
            }
        }
    }
}

async fn deliver_dirty(services: &Services) {
    loop {
        // What could not be delivered is tried again after a pause, or with what comes: it keeps nobody else waiting.
        let _ = timeout(RETRY, services.live.dirtied()).await;
        for (organization, after) in services.live.take_dirty() {
            if let Err(error) = deliver(services, organization, after).await {
                tracing::warn!(?error, %organization, "live updates wait: they could not be read");
                services.live.put_back_dirty(organization, after);
            }
        }
    }
}

async fn send_outgoing(services: &Services) {
    loop {
        let messages = services.live.outgoing().take().await;
        let mut lost = None;
        for payload in pack(services.live.node(), &messages) {
            let sent = sqlx::query!("select pg_notify('biseda_signals', $1)", payload);
            lost = sent.execute(services.db.system().pool()).await.err().or(lost);
        }
        if let Some(error) = lost {
            tracing::warn!(%error, "signals for other nodes were lost: the database is away");
            services.live.outgoing().put_back(messages);
            tokio::time::sleep(RETRY).await;
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn expire_viewers(bus: &Bus) {
    let mut check = tokio::time::interval(EXPIRY_CHECK);
    loop {
        check.tick().await;
        bus.expire_viewers();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_notification_never_exceeds_what_postgres_takes() {
        let touched: Vec<_> = (0..1_000).map(|n| (OrganizationId(Uuid::from_u128(n)), i64::MAX)).collect();
        let payloads = published_payloads(&Bus::new(), &touched);
        assert_eq!(payloads.len(), 10);
        assert!(payloads.iter().all(|payload| payload.len() < 8_000));
    }
}
