//! Who listens to what on this node.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;
use types::id::{ConversationId, OrganizationId, SessionId, VisitorId};

use super::update::Update;

/// Updates that a slow socket of a member may fall behind before it has to load anew.
const MEMBERS_BUFFER: usize = 512;
/// The same for a visitor's socket, which sees one conversation. Room for each is there from the beginning, for as long
/// as the socket is open.
const VISITOR_BUFFER: usize = 16;
/// The same for what concerns a session or a browser itself, which is seldom anything.
const OWN_BUFFER: usize = 8;

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

/// The topics that sockets of this node listen to.
#[derive(Default)]
pub(super) struct Topics(Mutex<Open>);

#[derive(Default)]
struct Open {
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
    /// Position of the last event that was handed to them, or that they have seen by themselves.
    delivered: Option<i64>,
}

impl Topics {
    /// A new listener of a topic, who gives it back with [`Topics::unlisten`].
    pub(super) fn listen(&self, organization: OrganizationId, topic: Topic) -> broadcast::Receiver<Update> {
        let mut open = lock(&self.0);
        let receiver = match open.senders.get(&topic) {
            Some(sender) => sender.subscribe(),
            None => {
                let buffer = match topic {
                    Topic::Members(_) => MEMBERS_BUFFER,
                    Topic::Conversation(..) => VISITOR_BUFFER,
                    Topic::Visitor(..) | Topic::Session(_) => OWN_BUFFER,
                };
                let (sender, receiver) = broadcast::channel(buffer);
                open.senders.insert(topic, sender);
                open.organizations.entry(organization).or_default().topics += 1;
                receiver
            }
        };
        if open.is_leaving && topic.is_own() {
            // Other listeners of this topic, who were told before, just hear it again.
            open.send(topic, Update::Leaving);
        }
        receiver
    }

    /// Removes a topic when its last receiver has gone.
    pub(super) fn unlisten(&self, organization: OrganizationId, topic: Topic) {
        let mut open = lock(&self.0);
        if open.senders.get(&topic).is_some_and(|sender| sender.receiver_count() == 0) {
            open.senders.remove(&topic);
            if let Some(heard) = open.organizations.get_mut(&organization) {
                heard.topics -= 1;
                if heard.topics == 0 {
                    open.organizations.remove(&organization);
                }
            }
        }
    }

    pub(super) fn listens(&self, topic: Topic) -> bool {
        lock(&self.0).senders.contains_key(&topic)
    }

    /// Whether a visitor of an organization listens.
    pub(super) fn has_visitors(&self, organization: OrganizationId) -> bool {
        lock(&self.0).senders.keys().any(|topic| matches!(topic, Topic::Visitor(of, _) if *of == organization))
    }

    pub(super) fn send(&self, topic: Topic, update: Update) {
        lock(&self.0).send(topic, update);
    }

    /// Closes all sockets of an organization, members' and visitors'.
    pub(super) fn close(&self, organization: OrganizationId) {
        let open = lock(&self.0);
        for topic in open.senders.keys() {
            if let Topic::Members(of) | Topic::Conversation(of, _) | Topic::Visitor(of, _) = topic
                && *of == organization
            {
                open.send(*topic, Update::SessionEnded);
            }
        }
    }

    /// Tells the sockets of all visitors of an organization of a change to a channel; each knows whether it is its own.
    pub(super) fn tell_visitors(&self, organization: OrganizationId, update: &Update) {
        let open = lock(&self.0);
        for topic in open.senders.keys() {
            if matches!(topic, Topic::Visitor(of, _) if *of == organization) {
                open.send(*topic, update.clone());
            }
        }
    }

    /// Lets all sockets of an organization load anew, also those of visitors who have no conversation yet.
    pub(super) fn reload(&self, organization: OrganizationId) {
        let open = lock(&self.0);
        for topic in open.senders.keys() {
            if let Topic::Members(of) | Topic::Visitor(of, _) = topic
                && *of == organization
            {
                open.send(*topic, Update::Reload);
            }
        }
    }

    /// From now on new listeners are sent elsewhere; gives a topic of each that is there.
    pub(super) fn begin_leaving(&self) -> Vec<Topic> {
        let mut open = lock(&self.0);
        open.is_leaving = true;
        open.senders.keys().filter(|topic| topic.is_own()).copied().collect()
    }

    /// Organizations that somebody on this node listens to.
    pub(super) fn organizations(&self) -> Vec<OrganizationId> {
        lock(&self.0).organizations.keys().copied().collect()
    }

    /// Position of the last event that was handed to an organization's sockets, if one was; `None` when it has no
    /// socket here.
    pub(super) fn delivered(&self, organization: OrganizationId) -> Option<Option<i64>> {
        lock(&self.0).organizations.get(&organization).map(|heard| heard.delivered)
    }

    /// Says that a listener has seen everything up to a position by itself: what comes after it is handed over from there on,
    /// also when the first event that this node is told of is a later one.
    pub(super) fn begin_at(&self, organization: OrganizationId, position: i64) {
        if let Some(heard) = lock(&self.0).organizations.get_mut(&organization) {
            // What is handed over twice is left out by the sockets.
            heard.delivered = Some(heard.delivered.map_or(position, |delivered| delivered.min(position)));
        }
    }

    pub(super) fn set_delivered(&self, organization: OrganizationId, position: i64) {
        if let Some(heard) = lock(&self.0).organizations.get_mut(&organization) {
            heard.delivered = Some(position);
        }
    }
}

impl Open {
    fn send(&self, topic: Topic, update: Update) {
        if let Some(sender) = self.senders.get(&topic) {
            // Nobody listening any more is no fault.
            let _ = sender.send(update);
        }
    }
}

/// A lock that outlives a panic of another holder: every change under it is complete by itself.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
