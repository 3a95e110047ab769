use types::{
    id::{ConversationId, MessageId, OrganizationId},
    live::Signal,
};

use crate::{Services, agents::answer::Progress};

/// The answer that is being written, as the browsers see it.
pub(super) struct Draft {
    services: Services,
    organization: OrganizationId,
    conversation: ConversationId,
    /// The message that is being answered; the draft goes by its id until the answer has one.
    message: MessageId,
    epoch: i64,
}

impl Draft {
    pub(super) fn new(
        services: &Services,
        organization: OrganizationId,
        conversation: ConversationId,
        message: MessageId,
        epoch: i64,
    ) -> Self {
        Self { services: services.clone(), organization, conversation, message, epoch }
    }

    /// Takes it away: nothing came of it.
    pub(super) fn end(&self) {
        let signal = Signal::DraftEnded { conversation_id: self.conversation, message_id: self.message };
        self.services.live.signal(self.organization, signal);
    }
}

impl Progress for Draft {
    fn text(&mut self, text: &str) {
        let signal = Signal::Draft {
            conversation_id: self.conversation,
            message_id: self.message,
            epoch: self.epoch,
            text: text.to_owned(),
            html: text::markdown_to_html(text),
        };
        self.services.live.signal(self.organization, signal);
    }
}
