//! What the parts of an open thread share.

use base::{AppError, after_action, error_text};
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use types::{
    conversation::{Conversation, ConversationStatus},
    id::{ConversationId, MessageId},
    live::Viewer,
    message::{Citation, Message},
    user::Me,
};
use ui::{Toasts, use_toasts};

use super::{entries::Entries, live::reload_conversation};
use crate::{
    context::{Inbox, use_inbox},
    rpc::{ChangeState, StateChange, Thread},
};

/// An answer that an agent is writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub message_id: MessageId,
    pub html: String,
}

/// Somebody who types now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    pub name: String,
    /// Whether it is the customer.
    pub is_contact: bool,
    /// Number of the last signal that said so.
    pub signal: u32,
}

/// How far the conversation is being read anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reload {
    /// Number of the last time that it was asked for; only that answer counts.
    pub number: u32,
    /// An event has told of the conversation since.
    pub is_overtaken: bool,
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
    pub inbox: Inbox,
    pub toasts: Toasts,
    pub me: StoredValue<Me>,
    pub conversation: RwSignal<Conversation>,
    pub entries: Entries,
    /// The agent looks for an answer.
    pub is_thinking: RwSignal<bool>,
    pub draft: RwSignal<Option<Draft>>,
    /// Colleagues who look at it too.
    pub viewers: RwSignal<Vec<Viewer>>,
    pub typing: RwSignal<Vec<Typing>>,
    /// Signals of typing that were heard.
    pub heard: StoredValue<u32>,
    pub reload: StoredValue<Reload>,
    pub mode: RwSignal<Mode>,
    /// The citation whose source is open.
    pub citation: RwSignal<Option<Citation>>,
    /// The answer whose trace is open.
    pub traced: RwSignal<Option<MessageId>>,
    /// Takes over, hands back, closes and reopens.
    pub change: ServerAction<ChangeState>,
    is_changing: Memo<bool>,
}

impl ThreadState {
    /// The state of a thread that was just loaded.
    pub fn new(thread: Thread, me: Me) -> Self {
        let change = ServerAction::<ChangeState>::new();
        let state = Self {
            id: thread.conversation.summary.id,
            inbox: use_inbox(),
            toasts: use_toasts(),
            me: StoredValue::new(me),
            conversation: RwSignal::new(thread.conversation),
            entries: Entries::new(thread.messages),
            is_thinking: RwSignal::new(false),
            draft: RwSignal::new(None),
            viewers: RwSignal::new(Vec::new()),
            typing: RwSignal::new(Vec::new()),
            heard: StoredValue::new(0),
            reload: StoredValue::new(Reload::default()),
            mode: RwSignal::new(Mode::Reply),
            citation: RwSignal::new(None),
            traced: RwSignal::new(None),
            change,
            is_changing: change.pending(),
        };
        let asked = StoredValue::new(None);
        Effect::new(move || {
            if let Some(ChangeState { change, .. }) = change.input().get() {
                asked.set_value(Some(change));
            }
        });
        after_action(change, state.taking(), move |i18n, error| {
            if error.is_conflict() && asked.get_value() == Some(StateChange::HandBack) {
                tu_string!(i18n, inbox.no_agent).to_owned()
            } else {
                error_text(i18n, error)
            }
        });
        state
    }

    /// Whether the conversation goes on; followed.
    pub fn is_active(&self) -> bool {
        self.conversation.with(|one| one.summary.status == ConversationStatus::Active)
    }

    /// Whether keys and the composer may act on it. While another conversation is on its way to the screen, this one
    /// is still seen.
    pub fn is_open(&self) -> bool {
        let other = self.inbox.open.try_get().flatten().filter(|open| *open != self.id);
        other.is_none() && !self.conversation.is_disposed()
    }

    /// Takes over, hands back, closes or reopens, one after the other.
    pub fn change_state(&self, change: StateChange) {
        if self.is_changing.try_get_untracked() == Some(false) {
            self.change.dispatch(ChangeState { id: self.id, change });
        }
    }

    /// Shows what a server function made of the conversation, or why it did not.
    pub fn keep<F>(&self, action: ServerAction<F>)
    where
        F: ServerFn<Output = Conversation, Error = AppError> + Clone + Send + Sync + 'static,
    {
        after_action(action, self.taking(), error_text);
    }

    /// Takes what a change answers. Of two changes, the answer to the first may come last: the conversation is read anew, too.
    fn taking(self) -> impl Fn(Conversation) {
        move |newer| {
            self.conversation.set(newer);
            reload_conversation(self);
        }
    }

    /// Shows messages of the server. Those of this browser among them have arrived.
    pub fn take_in(&self, messages: Vec<Message>) {
        for client_id in messages.iter().filter_map(|message| message.client_id.as_ref()) {
            self.inbox.drafts.release(self.id, client_id);
        }
        self.entries.merge(messages);
    }

    /// Forgets a message that never arrived.
    pub fn discard(&self, client_id: &str) {
        self.inbox.drafts.release(self.id, client_id);
        self.entries.discard(client_id);
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
