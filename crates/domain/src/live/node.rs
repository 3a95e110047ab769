//! What nodes tell each other over `NOTIFY biseda_signals`, in batches. Nothing of it is stored.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use types::{
    id::{ConversationId, OrganizationId, SessionId, VisitorId},
    live::{Signal, Viewer},
};
use uuid::Uuid;

use super::topics::lock;

/// Postgres takes less than 8000 bytes in one notification.
const MAX_PAYLOAD: usize = 7_900;
/// When the database does not take them, so many messages wait; older ones of the moment are lost.
const MAX_WAITING: usize = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub(super) enum NodeMessage {
    Signal { organization: OrganizationId, signal: Signal },
    Viewing { organization: OrganizationId, socket: Uuid, viewer: Viewer, conversation: Option<ConversationId> },
    SessionEnded { session: SessionId },
    OrganizationEnded { organization: OrganizationId },
    VisitorMoved { organization: OrganizationId, visitor: VisitorId, conversation: Option<ConversationId> },
}

impl NodeMessage {
    /// Whether a newer message makes this one worthless: drafts carry the whole text each time, and a socket looks at one
    /// thing.
    fn is_replaced_by(&self, newer: &Self) -> bool {
        match (self, newer) {
            (
                Self::Signal { signal: Signal::Draft { message_id: a, .. }, .. },
                Self::Signal { signal: Signal::Draft { message_id: b, .. }, .. },
            ) => a == b,
            (Self::Viewing { socket: a, .. }, Self::Viewing { socket: b, .. }) => a == b,
            _ => false,
        }
    }

    /// Whether it may be lost. What ends sockets may not, however much others have to say.
    fn is_passing(&self) -> bool {
        matches!(self, Self::Signal { .. } | Self::Viewing { .. })
    }
}

/// One notification.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Batch<M> {
    pub(super) node: Uuid,
    pub(super) messages: Vec<M>,
}

/// Messages that wait for the next notification.
#[derive(Default)]
pub(super) struct Outgoing {
    waiting: Mutex<Vec<NodeMessage>>,
    added: Notify,
}

impl Outgoing {
    pub(super) fn push(&self, mut message: NodeMessage) {
        if let NodeMessage::Signal { signal: Signal::Draft { html, .. }, .. } = &mut message {
            // The other node renders it; twice the text would seldom fit.
            html.clear();
        }
        let mut waiting = lock(&self.waiting);
        waiting.retain(|older| !older.is_replaced_by(&message));
        if waiting.len() >= MAX_WAITING
            && let Some(oldest) = waiting.iter().position(NodeMessage::is_passing)
        {
            waiting.remove(oldest);
        }
        waiting.push(message);
        self.added.notify_one();
    }

    /// Lets what ends sockets wait for another attempt. The rest is of the moment: what is late is worthless.
    pub(super) fn put_back(&self, messages: Vec<NodeMessage>) {
        messages.into_iter().filter(|message| !message.is_passing()).for_each(|message| self.push(message));
    }

    /// Waits for messages and takes them.
    pub(super) async fn take(&self) -> Vec<NodeMessage> {
        loop {
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            if !waiting.is_empty() {
                return waiting;
            }
            self.added.notified().await;
        }
    }
}

/// Packs messages into as few notifications as they fit in. One that fits in none (a draft of more than 7 kB) is left
/// out: its final message follows.
pub(super) fn pack(node: Uuid, messages: &[NodeMessage]) -> Vec<String> {
    let mut payloads = Vec::new();
    let mut batch = String::new();
    let open = format!(r#"{{"node":"{node}","messages":["#);
    for message in messages.iter().filter_map(|message| serde_json::to_string(message).ok()) {
        if open.len() + message.len() + 2 > MAX_PAYLOAD {
            continue;
        }
        if open.len() + batch.len() + message.len() + 3 > MAX_PAYLOAD {
            payloads.push(format!("{open}{batch}]}}"));
            batch.clear();
        }
        if !batch.is_empty() {
            batch.push(',');
        }
        batch.push_str(&message);
    }
    if !batch.is_empty() {
        payloads.push(format!("{open}{batch}]}}"));
    }
    payloads
}

#[cfg(test)]
mod tests {
    use types::id::MemberId;

    use super::*;

    #[test]
    fn what_ends_sockets_waits_for_the_database() {
        let outgoing = Outgoing::default();
        let session = SessionId(Uuid::from_u128(1));
        let organization = OrganizationId(Uuid::from_u128(2));
        let signal = Signal::AgentThinking { conversation_id: ConversationId(Uuid::from_u128(3)) };
        let ended = NodeMessage::SessionEnded { session };
        outgoing.put_back(vec![NodeMessage::Signal { organization, signal }, ended]);
        let waiting = lock(&outgoing.waiting);
        assert!(matches!(&waiting[..], [NodeMessage::SessionEnded { .. }]), "{waiting:?}");
    }

    #[test]
    fn what_ends_sockets_is_never_crowded_out() {
        let outgoing = Outgoing::default();
        let id = |n: usize| Uuid::from_u128(n as u128);
        outgoing.push(NodeMessage::SessionEnded { session: SessionId(id(1)) });
        for n in 0..MAX_WAITING * 2 {
            let viewer = Viewer { member_id: MemberId(id(2)), name: "Ana".into() };
            let (organization, conversation) = (OrganizationId(id(3)), Some(ConversationId(id(n))));
            // One that looks here and there, and many others.
            for socket in [id(0), id(n)] {
                outgoing.push(NodeMessage::Viewing { organization, socket, viewer: viewer.clone(), conversation });
            }
        }
        let waiting = lock(&outgoing.waiting);
        assert_eq!(waiting.len(), MAX_WAITING);
        assert!(matches!(waiting[0], NodeMessage::SessionEnded { .. }));
        let of_one = waiting.iter().filter(|m| matches!(m, NodeMessage::Viewing { socket, .. } if *socket == id(0)));
        assert_eq!(of_one.count(), 1);
    }
}
