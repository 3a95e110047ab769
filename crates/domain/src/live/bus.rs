use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, broadcast},
    time::Instant,
};
use types::{
    id::{ConversationId, OrganizationId, SessionId, VisitorId},
    live::{LiveEvent, ServerFrame, Signal, Viewer},
};
use uuid::Uuid;

use super::{
    node::{NodeMessage, Outgoing},
    presence::Presence,
    subscription::Subscription,
};
use crate::messages::first_name;

/// Updates that a slow socket of a member may fall behind before it has to load anew.
const MEMBERS_BUFFER: usize = 512;
/// The same for a visitor's socket, which sees one conversation. Room for each is there from the beginning, for as long
/// as the socket is open.
const VISITOR_BUFFER: usize = 16;
/// The same for what concerns a session or a browser itself, which is seldom anything.
const OWN_BUFFER: usize = 8;
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
    topics: Mutex<Topics>,
    outgoing: Outgoing,
    presence: Mutex<Presence>,
    dirty: Mutex<HashMap<OrganizationId, Option<i64>>>,
    dirty_added: Notify,
}

#[derive(Default)]
struct Topics {
    senders: HashMap<Topic, broadcast::Sender<Update>>,
    /// Organizations that are listened to.
    organizations: HashMap<OrganizationId, Heard>,
    /// This node stops: who comes now is sent elsewhere, too.
    is_leaving: bool,
}

#[derive(Default)]
struct Heard {
    /// Topics that are listened to.
    topics: usize,
    /// Position of the last event that was handed to them.
    delivered: Option<i64>,
}

/// What can be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// All that members of an organization see.
    Members(OrganizationId),
    /// What the visitor of one conversation sees.
    Conversation(OrganizationId, ConversationId),
    /// What concerns a visitor's browser itself.
    Visitor(OrganizationId, VisitorId),
    /// What concerns a member's session itself.
    Session(SessionId),
}

impl Topic {
    /// Whether it is one of those that each socket has one of.
    fn is_own(&self) -> bool {
        matches!(self, Self::Visitor(..) | Self::Session(_))
    }
}

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
    /// This node stops: close the socket, and tell the browser to come back elsewhere now.
    Leaving,
    /// The visitor's browser belongs to this conversation now. [`Subscription`] follows it and gives `Reload`.
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
            topics: Mutex::default(),
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

    /// Everything that the members of an organization see, for the socket of one session. The caller has checked that
    /// the session belongs to a member who may read conversations; [`Bus::end_session`] ends it.
    pub fn subscribe_members(&self, organization: OrganizationId, session: SessionId) -> Subscription {
        Subscription::new(self.clone(), organization, Some(Topic::Members(organization)), Topic::Session(session))
    }

    /// What a visitor sees of a conversation, or of none yet. When the visitor's browser gets another conversation
    /// (first message in another tab, restart, sign-in), the subscription follows it and gives [`Update::Reload`].
    /// The caller has checked that the conversation is the visitor's.
    pub fn subscribe_visitor(
        &self,
        organization: OrganizationId,
        visitor: VisitorId,
        conversation: Option<ConversationId>,
    ) -> Subscription {
        let conversation = conversation.map(|id| Topic::Conversation(organization, id));
        Subscription::new(self.clone(), organization, conversation, Topic::Visitor(organization, visitor))
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
        self.send(Topic::Session(session), Update::SessionEnded);
    }

    /// Ends all sockets of an organization, members' and visitors', on every node. Called after it was suspended.
    pub(crate) fn end_organization(&self, organization: OrganizationId) {
        self.0.outgoing.push(NodeMessage::OrganizationEnded { organization });
        self.close_sockets(organization);
    }

    pub(super) fn close_sockets(&self, organization: OrganizationId) {
        for (topic, sender) in &lock(&self.0.topics).senders {
            if let Topic::Members(of) | Topic::Conversation(of, _) | Topic::Visitor(of, _) = topic
                && *of == organization
            {
                // Nobody listening any more is no fault.
                let _ = sender.send(Update::SessionEnded);
            }
        }
    }

    /// Sends all sockets of this node elsewhere, because it stops, also those that are just opening. Ends when all have
    /// gone: their [`Subscription`]s are to be dropped after the browsers were told. 10,000 visitors take five seconds.
    pub async fn leave(&self) {
        let own: Vec<Topic> = {
            let mut topics = lock(&self.0.topics);
            topics.is_leaving = true;
            topics.senders.keys().filter(|topic| topic.is_own()).copied().collect()
        };
        for some in own.chunks(LEAVE_AT_ONCE.max(own.len() / LEAVE_STEPS)) {
            for topic in some {
                self.send(*topic, Update::Leaving);
            }
            tokio::time::sleep(LEAVE_STEP).await;
        }
        while !self.organizations().is_empty() {
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
        self.send(Topic::Visitor(organization, visitor), Update::Moved(conversation));
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
        if self.listens(conversation)
            && let Some(for_visitor) = for_visitor(&signal)
        {
            self.send(conversation, passing(for_visitor));
        }
        if self.listens(Topic::Members(organization)) {
            self.send(Topic::Members(organization), passing(signal));
        }
    }

    /// A signal for the visitor of a conversation only, on this node only: members have the event.
    pub(super) fn deliver_to_visitor(&self, organization: OrganizationId, signal: Signal) {
        self.send(Topic::Conversation(organization, signal.conversation_id()), passing(signal));
    }

    pub(super) fn send(&self, topic: Topic, update: Update) {
        if let Some(sender) = lock(&self.0.topics).senders.get(&topic) {
            // Nobody listening any more is no fault.
            let _ = sender.send(update);
        }
    }

    pub(super) fn listens(&self, topic: Topic) -> bool {
        lock(&self.0.topics).senders.contains_key(&topic)
    }

    /// Position of the last event that was handed to an organization's sockets, if one was; `None` when it has no
    /// socket here.
    pub(super) fn delivered(&self, organization: OrganizationId) -> Option<Option<i64>> {
        lock(&self.0.topics).organizations.get(&organization).map(|heard| heard.delivered)
    }

    pub(super) fn set_delivered(&self, organization: OrganizationId, position: i64) {
        if let Some(heard) = lock(&self.0.topics).organizations.get_mut(&organization) {
            heard.delivered = Some(position);
        }
    }

    /// Lets all sockets of an organization load anew.
    pub(super) fn reload(&self, organization: OrganizationId) {
        for (topic, sender) in &lock(&self.0.topics).senders {
            if let Topic::Members(of) | Topic::Conversation(of, _) = topic
                && *of == organization
            {
                let _ = sender.send(Update::Reload);
            }
        }
    }

    /// Organizations that somebody on this node listens to.
    pub(super) fn organizations(&self) -> Vec<OrganizationId> {
        lock(&self.0.topics).organizations.keys().copied().collect()
    }

    pub(super) fn listen(&self, organization: OrganizationId, topic: Topic) -> broadcast::Receiver<Update> {
        let mut topics = lock(&self.0.topics);
        let receiver = match topics.senders.get(&topic) {
            Some(sender) => sender.subscribe(),
            None => {
                let buffer = match topic {
                    Topic::Members(_) => MEMBERS_BUFFER,
                    Topic::Conversation(..) => VISITOR_BUFFER,
                    Topic::Visitor(..) | Topic::Session(_) => OWN_BUFFER,
                };
                let (sender, receiver) = broadcast::channel(buffer);
                topics.senders.insert(topic, sender);
                topics.organizations.entry(organization).or_default().topics += 1;
                receiver
            }
        };
        if topics.is_leaving
            && topic.is_own()
            && let Some(sender) = topics.senders.get(&topic)
        {
            // Those that were told before close twice as gladly.
            let _ = sender.send(Update::Leaving);
        }
        receiver
    }

    /// Removes a topic when its last receiver has gone.
    pub(super) fn unlisten(&self, organization: OrganizationId, topic: Topic) {
        let mut topics = lock(&self.0.topics);
        if topics.senders.get(&topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.senders.remove(&topic);
            if let Some(heard) = topics.organizations.get_mut(&organization) {
                heard.topics -= 1;
                if heard.topics == 0 {
                    topics.organizations.remove(&organization);
                }
            }
        }
    }

    /// Notes that events after `position` are there to be fetched; `None`: after the last that was delivered.
    pub(crate) fn mark_dirty(&self, organization: OrganizationId, position: Option<i64>) {
        if self.delivered(organization).is_some() {
            let mut dirty = lock(&self.0.dirty);
            let entry = dirty.entry(organization).or_insert(position);
            // Not knowing is the stronger: events may have been missed.
            *entry = (*entry).zip(position).map(|(a, b)| a.min(b));
            self.0.dirty_added.notify_one();
        }
    }

    /// Waits for organizations with new events and takes them.
    pub(super) async fn take_dirty(&self) -> HashMap<OrganizationId, Option<i64>> {
        loop {
            let dirty = std::mem::take(&mut *lock(&self.0.dirty));
            if !dirty.is_empty() {
                return dirty;
            }
            self.0.dirty_added.notified().await;
        }
    }

    pub(crate) fn node(&self) -> Uuid {
        self.0.node
    }

    pub(super) fn outgoing(&self) -> &Outgoing {
        &self.0.outgoing
    }
}

/// An event for all sockets of an audience.
pub(super) fn published(position: i64, event: LiveEvent) -> Update {
    let frame = frame(&ServerFrame::Event { position, event: event.clone() });
    Update::Event(Arc::new(Published { position, event, frame }))
}

fn passing(signal: Signal) -> Update {
    let frame = frame(&ServerFrame::Signal(signal.clone()));
    Update::Signal(Arc::new(Passing { signal, frame }))
}

fn frame(frame: &ServerFrame) -> Bytes {
    serde_json::to_vec(frame).unwrap_or_default().into()
}

/// What a visitor gets of a signal.
fn for_visitor(signal: &Signal) -> Option<Signal> {
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

/// A lock that outlives a panic of another holder: every change under it is complete by itself.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
