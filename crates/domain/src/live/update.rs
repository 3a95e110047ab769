//! What sockets are told, made once for all that hear it.

use std::sync::Arc;

use bytes::Bytes;
use types::{
    id::{ChannelId, ConversationId},
    live::{LiveEvent, ServerFrame, Signal},
};

use crate::messages::first_name;

/// One thing that a socket is to pass on.
#[derive(Debug, Clone)]
pub enum Update {
    /// A published event.
    Event(Arc<Published>),
    /// Something of the moment.
    Signal(Arc<Passing>),
    /// Something may have been missed: read [`cursor`](crate::live::cursor) and send `ServerFrame::Reload` with it.
    Reload,
    /// The session has ended: close the socket.
    SessionEnded,
    /// The channel takes nobody any more. [`Subscription`](super::Subscription) gives `SessionEnded` to its visitors.
    ChannelEnded(ChannelId),
    /// The channel's secret for identities is another, and who was let in by the one before sees nothing of it any more.
    /// [`Subscription`](super::Subscription) gives `Reload` to its visitors.
    SecretRenewed(ChannelId),
    /// This node stops: close the socket, and tell the browser to come back elsewhere now.
    Leaving,
    /// The visitor's browser belongs to this conversation now. [`Subscription`] follows it and gives `Reload`, once however
    /// often it is told.
    Moved(Option<ConversationId>),
}

/// A published event as the sockets of one audience get it.
#[derive(Debug)]
pub struct Published {
    /// The new cursor.
    pub position: i64,
    pub event: LiveEvent,
    /// The same as the JSON of a `ServerFrame::Event`, made once for all sockets.
    pub frame: Bytes,
}

/// A signal as the sockets of one audience get it.
#[derive(Debug)]
pub struct Passing {
    pub signal: Signal,
    /// The same as the JSON of a `ServerFrame::Signal`, made once for all sockets.
    pub frame: Bytes,
}

/// An event for all sockets of an audience.
pub(super) fn published(position: i64, event: LiveEvent) -> Update {
    let frame = frame(&ServerFrame::Event { position, event: event.clone() });
    Update::Event(Arc::new(Published { position, event, frame }))
}

/// A signal for all sockets of an audience.
pub(super) fn passing(signal: Signal) -> Update {
    let frame = frame(&ServerFrame::Signal(signal.clone()));
    Update::Signal(Arc::new(Passing { signal, frame }))
}

fn frame(frame: &ServerFrame) -> Bytes {
    serde_json::to_vec(frame).unwrap_or_default().into()
}

/// What a visitor gets of a signal.
pub(super) fn for_visitor(signal: &Signal) -> Option<Signal> {
    match signal {
        Signal::ContactTyping { .. } | Signal::Viewers { .. } => None,
        Signal::MemberTyping { conversation_id, member_id, name } => Some(Signal::MemberTyping {
            conversation_id: *conversation_id,
            member_id: *member_id,
            name: first_name(name).to_owned(),
        }),
        other => Some(other.clone()),
    }
}
