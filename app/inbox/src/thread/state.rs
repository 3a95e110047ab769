//! What the parts of an open thread share.

use base::AppError;
use leptos::{prelude::*, server_fn::ServerFn};
use types::{
    conversation::Conversation,
    id::{ConversationId, MessageId},
    live::Viewer,
    message::Citation,
    user::Me,
};
use ui::use_toasts;

use super::entries::Entries;
use crate::rpc::{Thread, Turn, TurnConversation};

/// An answer that an agent is writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub message_id: MessageId,
    pub html: String,
}

/// What the composer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Reply,
    Note,
}

/// What the parts of an open thread share.
#[derive(Clone, Copy)]
pub struct ThreadState {
    pub id: ConversationId,
    pub me: StoredValue<Me>,
    pub conversation: RwSignal<Conversation>,
    pub entries: Entries,
    /// The agent looks for an answer.
    pub is_thinking: RwSignal<bool>,
    pub draft: RwSignal<Option<Draft>>,
    /// Colleagues who look at it too.
    pub viewers: RwSignal<Vec<Viewer>>,
    /// Names of those who type now, with whether it is the customer.
    pub typing: RwSignal<Vec<(String, bool)>>,
    pub mode: RwSignal<Mode>,
    /// The citation whose source is open.
    pub citation: RwSignal<Option<Citation>>,
    /// The answer whose trace is open.
    pub traced: RwSignal<Option<MessageId>>,
    /// Takes over, hands back, closes and reopens.
    pub turn: ServerAction<TurnConversation>,
}

impl ThreadState {
    /// The state of a thread that was just loaded.
    pub fn new(thread: Thread, me: Me) -> Self {
        let state = Self {
            id: thread.conversation.summary.id,
            me: StoredValue::new(me),
            conversation: RwSignal::new(thread.conversation),
            entries: Entries::new(thread.messages),
            is_thinking: RwSignal::new(false),
            draft: RwSignal::new(None),
            viewers: RwSignal::new(Vec::new()),
            typing: RwSignal::new(Vec::new()),
            mode: RwSignal::new(Mode::Reply),
            citation: RwSignal::new(None),
            traced: RwSignal::new(None),
            turn: ServerAction::new(),
        };
        state.keep(state.turn);
        state
    }

    /// Takes over, hands back, closes or reopens.
    pub fn turn(&self, turn: Turn) {
        self.turn.dispatch(TurnConversation { id: self.id, turn });
    }

    /// Shows what a server function made of the conversation, or why it did not.
    pub fn keep<F>(&self, action: ServerAction<F>)
    where
        F: ServerFn<Output = Conversation, Error = AppError> + Clone + Send + Sync + 'static,
    {
        let (i18n, toasts, conversation) = (i18n::use_i18n(), use_toasts(), self.conversation);
        Effect::new(move || match action.value().get() {
            Some(Ok(newer)) => conversation.set(newer),
            Some(Err(error)) => toasts.error(base::error_text(i18n, &error)),
            None => {}
        });
    }

    /// The agent is done writing, or was stopped.
    pub fn end_draft(&self) {
        self.is_thinking.set(false);
        self.draft.set(None);
    }
}

/// The thread around.
///
/// # Panics
/// Outside of a thread.
#[track_caller]
pub fn use_thread() -> ThreadState {
    expect_context::<ThreadState>()
}
