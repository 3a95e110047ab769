use tokio::sync::broadcast::{self, error::RecvError};
use types::id::{ChannelId, ConversationId, OrganizationId};

use super::{bus::Bus, topics::Topic, update::Update};

/// One socket's place on the [`Bus`]. Dropping it ends it.
pub struct Subscription {
    bus: Bus,
    organization: OrganizationId,
    /// What the socket looks at; a visitor without a conversation looks at nothing yet.
    main: Option<Listening>,
    /// What concerns the session or browser itself.
    own: Listening,
    /// The channel that a visitor is on.
    channel: Option<ChannelId>,
}

impl Subscription {
    pub(super) fn new(bus: Bus, organization: OrganizationId, main: Option<Topic>, own: Topic) -> Self {
        let listen = |topic| Listening::new(bus.clone(), organization, topic);
        Self { main: main.map(listen), own: listen(own), channel: None, organization, bus }
    }

    /// The same, of a visitor on this channel.
    pub(super) fn on(self, channel: ChannelId) -> Self {
        Self { channel: Some(channel), ..self }
    }

    /// The next update. A socket that fell too far behind loses what it has not read and gets [`Update::Reload`].
    pub async fn recv(&mut self) -> Update {
        loop {
            let main = async {
                match &mut self.main {
                    Some(main) => main.recv().await,
                    None => std::future::pending().await,
                }
            };
            let update = tokio::select! {
                biased;
                update = self.own.recv() => update,
                update = main => update,
            };
            match update {
                Update::Moved(conversation) if self.follow(conversation) => return Update::Reload,
                Update::Moved(_) => {}
                Update::ChannelEnded(channel) if Some(channel) == self.channel => return Update::SessionEnded,
                Update::SecretRenewed(channel) if Some(channel) == self.channel => return Update::Reload,
                Update::ChannelEnded(_) | Update::SecretRenewed(_) => {}
                other => return other,
            }
        }
    }

    /// Looks at this conversation of the visitor from now on. False when it does so already; then what waits to be read
    /// stays.
    pub fn follow(&mut self, conversation: Option<ConversationId>) -> bool {
        let topic = conversation.map(|id| Topic::Conversation(self.organization, id));
        let moves = self.main.as_ref().map(|main| main.topic) != topic;
        if moves {
            self.main = topic.map(|topic| Listening::new(self.bus.clone(), self.organization, topic));
        }
        moves
    }
}

/// A receiver that takes its topic with it when the last one goes.
struct Listening {
    bus: Bus,
    organization: OrganizationId,
    topic: Topic,
    receiver: Option<broadcast::Receiver<Update>>,
}

impl Listening {
    fn new(bus: Bus, organization: OrganizationId, topic: Topic) -> Self {
        let receiver = Some(bus.topics().listen(organization, topic));
        Self { bus, organization, topic, receiver }
    }

    async fn recv(&mut self) -> Update {
        let Some(receiver) = &mut self.receiver else { return std::future::pending().await };
        match receiver.recv().await {
            Ok(update) => update,
            Err(RecvError::Lagged(_)) => {
                *receiver = receiver.resubscribe();
                Update::Reload
            }
            // The topic lives as long as this receiver.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.receiver = None;
        self.bus.topics().unlisten(self.organization, self.topic);
    }
}
