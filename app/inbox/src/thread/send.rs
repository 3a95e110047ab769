//! Sends messages: shown at once, confirmed or marked as failed when the server answers.

use base::{AppError, error_text};
use chrono::DateTime;
use i18n::*;
use leptos::{prelude::*, task::spawn_local};
use types::{
    attachment::Attachment,
    error::ErrorCode,
    id::{ConversationId, MessageId},
    message::{AuthorType, ContentType, DeliveryState, Direction, Message, MessageRole},
};
use uuid::Uuid;

use super::{
    entries::{Sending, UNSENT},
    live::catch_up,
    state::ThreadState,
};
use crate::{drafts::Unsent, rpc};

/// What the composer hands over.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub content: String,
    pub is_note: bool,
    pub attachments: Vec<Attachment>,
    /// The newest message that the sender has seen.
    pub last_seen_seq: Option<i64>,
}

/// Shows the message and sends it. `give_back` gets it back when the server wants something about it changed: a
/// customer's message came first, or a rule is broken. What fails otherwise stays in the thread, to be sent again.
pub fn send(i18n: I18n, state: ThreadState, outgoing: Outgoing, give_back: impl FnOnce(Outgoing, AppError) + 'static) {
    let client_id = new_client_id();
    begin(state, client_id.clone(), &outgoing);
    spawn_local(async move {
        match call(state.id, &outgoing, client_id.clone()).await {
            Ok(message) => state.take_in(vec![message]),
            Err(error) if needs_change(&error) && !state.conversation.is_disposed() => {
                state.discard(&client_id);
                if error.code == ErrorCode::Conflict {
                    catch_up(state);
                }
                give_back(outgoing, error);
            }
            Err(error) => fail(i18n, state, &client_id, &error),
        }
    });
}

/// Sends a failed message again. One that never arrived keeps its id, so that it arrives once even if only the
/// answer was lost.
pub fn again(i18n: I18n, state: ThreadState, message: &Message) {
    let outgoing = Outgoing {
        content: message.content.clone(),
        is_note: message.is_note,
        attachments: message.attachments.clone(),
        last_seen_seq: None,
    };
    if message.seq != UNSENT {
        return send(i18n, state, Outgoing { attachments: Vec::new(), ..outgoing }, |_, _| ());
    }
    let client_id = message.client_id.clone().unwrap_or_default();
    begin(state, client_id.clone(), &outgoing);
    spawn_local(async move {
        match call(state.id, &outgoing, client_id.clone()).await {
            Ok(message) => state.take_in(vec![message]),
            Err(error) => fail(i18n, state, &client_id, &error),
        }
    });
}

/// Shows a message that the server has not confirmed.
pub fn show(state: ThreadState, unsent: Unsent) {
    let sending = unsent.failure.clone().map_or(Sending::Pending, Sending::Failed);
    state.entries.show_unsent(message(state, unsent), sending);
}

/// Shows a message that goes on its way, and keeps it until it has arrived.
fn begin(state: ThreadState, client_id: String, outgoing: &Outgoing) {
    let Outgoing { is_note, content, attachments, .. } = outgoing.clone();
    let unsent = Unsent { client_id, is_note, content, attachments, failure: None };
    state.inbox.drafts.hold(state.id, unsent.clone());
    show(state, unsent);
}

/// Says why a message was not sent: in its thread, and everywhere when the member has left that.
fn fail(i18n: I18n, state: ThreadState, client_id: &str, error: &AppError) {
    let reason = error_text(i18n, error);
    if !state.is_open() {
        state.toasts.error(tu_string!(i18n, inbox.failed_reason, reason = reason.clone()).to_string());
    }
    state.inbox.drafts.fail(state.id, client_id, reason);
}

async fn call(id: ConversationId, outgoing: &Outgoing, client_id: String) -> Result<Message, AppError> {
    let attachments = outgoing.attachments.iter().map(|file| file.id).collect();
    rpc::post_message(id, outgoing.content.clone(), outgoing.is_note, client_id, attachments, outgoing.last_seen_seq)
        .await
}

fn needs_change(error: &AppError) -> bool {
    match error.code {
        ErrorCode::Validation | ErrorCode::TooLarge | ErrorCode::NotFound | ErrorCode::Forbidden => true,
        _ => error.is_conflict(),
    }
}

/// An id of the browser's own for a message.
fn new_client_id() -> String {
    let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:x}-{:08x}{:08x}", js_sys::Date::now() as i64, random(), random())
}

/// A message as it looks before the server has it.
fn message(state: ThreadState, unsent: Unsent) -> Message {
    let (member_id, author_name) = state.me.with_value(|me| (me.member_id.0, me.name.clone()));
    let now = DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default();
    Message {
        id: MessageId(Uuid::from_u128(now.timestamp_millis() as u128)),
        conversation_id: state.id,
        seq: UNSENT,
        direction: Direction::Outbound,
        role: MessageRole::Assistant,
        author_type: AuthorType::Member,
        author_id: Some(member_id),
        author_name,
        content: unsent.content,
        html: String::new(),
        content_type: ContentType::Markdown,
        is_note: unsent.is_note,
        delivery_state: DeliveryState::Queued,
        failure_reason: None,
        citations: Vec::new(),
        attachments: unsent.attachments,
        client_id: Some(unsent.client_id),
        created_at: now,
    }
}
