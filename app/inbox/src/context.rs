//! What the parts of the inbox share.

use base::{AppError, Connection, use_live};
use leptos::prelude::*;
use types::{
    conversation::{ConversationSummary, InboxFilter},
    id::{ConversationId, MemberId},
    message::CannedResponse,
};

use crate::{drafts::Drafts, rpc::Choices, selection::Selection};

/// What the parts of the inbox share.
#[derive(Clone, Copy)]
pub struct Inbox {
    /// What the address asks for.
    pub filter: Memo<InboxFilter>,
    /// The conversation that the address opens.
    pub open: Memo<Option<ConversationId>>,
    /// What filters, selects and menus offer.
    pub choices: Resource<Result<Choices, AppError>>,
    /// The canned answers, once the browser has them.
    pub canned: RwSignal<Vec<CannedResponse>>,
    /// The conversations on the screen, in order.
    pub shown: RwSignal<Vec<ConversationId>>,
    /// Conversations that were told of while the list is being read: its answer may be older. None while it is not.
    pub heard: StoredValue<Option<Vec<ConversationSummary>>>,
    /// The rows chosen for a change of several.
    pub selection: Selection,
    /// What is begun and not sent.
    pub drafts: Drafts,
}

impl Inbox {
    /// The members with their names, once loaded. Read it inside `Transition`.
    pub fn members(&self) -> Vec<(MemberId, String)> {
        self.choices.get().and_then(Result::ok).map(|choices| choices.members).unwrap_or_default()
    }

    /// Tags in use, once loaded.
    pub fn tags(&self) -> Vec<String> {
        self.choices.get().and_then(Result::ok).map(|choices| choices.tags).unwrap_or_default()
    }
}

/// The inbox around.
///
/// # Panics
/// Outside of the inbox.
#[track_caller]
pub fn use_inbox() -> Inbox {
    expect_context::<Inbox>()
}

/// Calls back when something may have been missed: when the connection opens, at first and again, and when the server
/// says so. The page was rendered before the connection stood.
pub fn on_catch_up(callback: impl Fn() + Clone + 'static) {
    let live = use_live();
    let call = callback.clone();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = live.state() == Connection::Open;
        if is_open && was_open == Some(false) {
            untrack(&call);
        }
        is_open
    });
    live.on_reload(callback);
}
