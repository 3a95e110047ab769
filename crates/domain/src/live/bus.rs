use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use types::{
    id::{ConversationId, OrganizationId, SessionId, VisitorId},
    live::{Signal, Viewer},
};
use uuid::Uuid;

use super::{
    node::{NodeMessage, Outgoing},
    presence::Presence,
    subscription::Subscription,
    topics::{Topic, Topics, lock},
    update::{Update, for_visitor, passing},
};
use crate::visitors::Visitor;

/// Sockets are sent elsewhere in steps, so that the other nodes do not get all of them in one moment.
const LEAVE_STEP: Duration = Duration::from_millis(10);
/// Sessions and visitors in one step.
const LEAVE_AT_ONCE: usize = 20;
/// More of them in one step, when it would take more steps than this.
const LEAVE_STEPS: usize = 500;

/// The live updates of this node. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    /// Tells this node's own messages from others' when the database sends them back.
    node: Uuid,
    committed: Notify,
    topics: Topics,
    outgoing: Outgoing,
    presence: Mutex<Presence>,
    dirty: Mutex<HashMap<OrganizationId, Option<i64>>>,
    dirty_added: Notify,
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus {
    /// A bus that nobody listens to yet. It reaches other nodes while [`run`](crate::live::run) runs.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            node: Uuid::from_u128(rand::random()),
            committed: Notify::new(),
            topics: Topics::default(),
            outgoing: Outgoing::default(),
            presence: Mutex::default(),
            dirty: Mutex::default(),
            dirty_added: Notify::new(),
        }))
    }

    /// Says that a transaction with events was committed; [`Services::commit`](crate::Services::commit) does it.
    pub fn wake(&self) {
        self.0.committed.notify_one();
    }

    /// Waits until [`Bus::wake`] was called, at once when it was called since the last wait.
    pub(crate) async fn woken(&self) {
        self.0.committed.notified().await;
    }

    /// Everything that the members of an organization see, for the socket of one session, of which the caller passes on
    /// what its member [is told](super::is_told), and signals to who may read conversations. [`Bus::end_session`] ends it.
    pub fn subscribe_members(&self, organization: OrganizationId, session: SessionId) -> Subscription {
        Subscription::new(self.clone(), organization, Some(Topic::Members(organization)), Topic::Session(session))
    }

    /// What a visitor sees of a conversation, or of none yet. When the visitor's browser gets another conversation
    /// (first message in another tab, restart, sign-in, a member who begins one or opens one again), the subscription
    /// follows it and gives [`Update::Reload`]. The caller has checked that the conversation is the visitor's.
    pub fn subscribe_visitor(&self, visitor: &Visitor, conversation: Option<ConversationId>) -> Subscription {
        let organization = visitor.organization;
        let conversation = conversation.map(|id| Topic::Conversation(organization, id));
        let own = Topic::Visitor(organization, visitor.id);
        Subscription::new(self.clone(), organization, conversation, own).on(visitor.channel)
    }

    /// Sends something of the moment to everyone who looks at the conversation, on every node. Visitors get what
    /// concerns them, with members' first names only.
    pub fn signal(&self, organization: OrganizationId, signal: Signal) {
        self.0.outgoing.push(NodeMessage::Signal { organization, signal: signal.clone() });
        self.deliver_signal(organization, signal);
    }

    /// Ends the sockets of a session, on every node. Called after the session was removed.
    pub fn end_session(&self, session: SessionId) {
        self.0.outgoing.push(NodeMessage::SessionEnded { session });
        self.0.topics.send(Topic::Session(session), Update::SessionEnded);
    }

    /// Ends all sockets of an organization, members' and visitors', on every node. Called after it was suspended.
    pub(crate) fn end_organization(&self, organization: OrganizationId) {
        self.0.outgoing.push(NodeMessage::OrganizationEnded { organization });
        self.0.topics.close(organization);
    }

    /// Sends all sockets of this node elsewhere, because it stops, also those that are just opening. Ends when all have
    /// gone: their [`Subscription`]s are to be dropped after the browsers were told. 10,000 visitors take five seconds.
    pub async fn leave(&self) {
        let own = self.0.topics.begin_leaving();
        for some in own.chunks(LEAVE_AT_ONCE.max(own.len() / LEAVE_STEPS)) {
            for topic in some {
                self.0.topics.send(*topic, Update::Leaving);
            }
            tokio::time::sleep(LEAVE_STEP).await;
        }
        while !self.0.topics.organizations().is_empty() {
            tokio::time::sleep(LEAVE_STEP).await;
        }
    }

    /// Says that a visitor's browser belongs to another conversation now, or to none. Called after the commit.
    pub(crate) fn move_visitor(
        &self,
        organization: OrganizationId,
        visitor: VisitorId,
        conversation: Option<ConversationId>,
    ) {
        self.0.outgoing.push(NodeMessage::VisitorMoved { organization, visitor, conversation });
        self.0.topics.send(Topic::Visitor(organization, visitor), Update::Moved(conversation));
    }

    /// Says what a member's socket is looking at. To be repeated at least every 30 seconds (the socket does it at each
    /// frame from the browser), or the member counts as gone after 40. `None`: at nothing; also when the socket closes.
    pub fn viewing(
        &self,
        organization: OrganizationId,
        socket: Uuid,
        viewer: Viewer,
        conversation: Option<ConversationId>,
    ) {
        self.0.outgoing.push(NodeMessage::Viewing { organization, socket, viewer: viewer.clone(), conversation });
        self.note_viewing(organization, socket, viewer, conversation);
    }

    /// Who is looking at a conversation now.
    pub fn viewers(&self, organization: OrganizationId, conversation: ConversationId) -> Vec<Viewer> {
        lock(&self.0.presence).viewers(organization, conversation)
    }

    pub(super) fn note_viewing(
        &self,
        organization: OrganizationId,
        socket: Uuid,
        viewer: Viewer,
        conversation: Option<ConversationId>,
    ) {
        let changed = lock(&self.0.presence).note(organization, socket, viewer, conversation, Instant::now());
        self.tell_viewers(changed);
    }

    /// Forgets those who have not been heard of for 40 seconds.
    pub(super) fn expire_viewers(&self) {
        let changed = lock(&self.0.presence).expire(Instant::now());
        self.tell_viewers(changed);
    }

    fn tell_viewers(&self, changed: Vec<(OrganizationId, ConversationId)>) {
        for (organization, conversation_id) in changed {
            let members = self.viewers(organization, conversation_id);
            self.deliver_signal(organization, Signal::Viewers { conversation_id, members });
        }
    }

    pub(super) fn deliver_signal(&self, organization: OrganizationId, signal: Signal) {
        let conversation = Topic::Conversation(organization, signal.conversation_id());
        if self.0.topics.listens(conversation)
            && let Some(for_visitor) = for_visitor(&signal)
        {
            self.0.topics.send(conversation, passing(for_visitor));
        }
        if self.0.topics.listens(Topic::Members(organization)) {
            self.0.topics.send(Topic::Members(organization), passing(signal));
        }
    }

    /// A signal for the visitor of a conversation only, on this node only: members have the event.
    pub(super) fn deliver_to_visitor(&self, organization: OrganizationId, signal: Signal) {
        self.0.topics.send(Topic::Conversation(organization, signal.conversation_id()), passing(signal));
    }

    /// Notes that events after `position` are there to be fetched; `None`: after the last that was delivered.
    pub(crate) fn mark_dirty(&self, organization: OrganizationId, position: Option<i64>) {
        self.put_back_dirty(organization, position);
        self.0.dirty_added.notify_one();
    }

    /// The same for what could not be fetched, without waking who waits for new events.
    pub(super) fn put_back_dirty(&self, organization: OrganizationId, position: Option<i64>) {
        if self.0.topics.delivered(organization).is_some() {
            let mut dirty = lock(&self.0.dirty);
            let entry = dirty.entry(organization).or_insert(position);
            // Not knowing is the stronger: events may have been missed.
            *entry = (*entry).zip(position).map(|(a, b)| a.min(b));
        }
    }

    /// Waits for organizations with new events.
    pub(super) async fn dirtied(&self) {
        self.0.dirty_added.notified().await;
    }

    /// Takes the organizations whose events are to be fetched.
    pub(super) fn take_dirty(&self) -> HashMap<OrganizationId, Option<i64>> {
        std::mem::take(&mut *lock(&self.0.dirty))
    }

    pub(crate) fn node(&self) -> Uuid {
        self.0.node
    }

    pub(super) fn topics(&self) -> &Topics {
        &self.0.topics
    }

    pub(super) fn outgoing(&self) -> &Outgoing {
        &self.0.outgoing
    }
}
