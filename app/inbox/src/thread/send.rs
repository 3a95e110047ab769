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

use super::{entries::UNSENT, live::catch_up, state::ThreadState};
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
/// customer's message came first, or a rule is broken. Whatever fails after the thread was left goes to its draft.
pub fn send(i18n: I18n, state: ThreadState, outgoing: Outgoing, give_back: impl FnOnce(Outgoing, AppError) + 'static) {
    let message = unsent(state, &outgoing);
    let client_id = message.client_id.clone().unwrap_or_default();
    state.entries.add_unsent(message);
    let Outgoing { is_note, content, attachments, .. } = outgoing.clone();
    let held = Unsent { client_id: client_id.clone(), is_note, content, attachments, is_given_up: false };
    state.inbox.drafts.hold(state.id, held);
    spawn_local(async move {
        match call(state.id, &outgoing, client_id.clone()).await {
            Ok(message) => state.take_in(vec![message]),
            Err(error) if state.conversation.is_disposed() => leave(i18n, state, &client_id, &error),
            Err(error) if needs_change(&error) => {
                state.discard(&client_id);
                if error.code == ErrorCode::Conflict {
                    catch_up(state);
                }
                give_back(outgoing, error);
            }
            Err(error) => state.entries.fail(&client_id, error_text(i18n, &error)),
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
    state.entries.add_unsent(message.clone());
    spawn_local(async move {
        match call(state.id, &outgoing, client_id.clone()).await {
            Ok(message) => state.take_in(vec![message]),
            Err(error) if state.conversation.is_disposed() => leave(i18n, state, &client_id, &error),
            Err(error) => state.entries.fail(&client_id, error_text(i18n, &error)),
        }
    });
}

/// Gives back what could not be sent for the next time that the member opens the thread, which they have left, and says so.
fn leave(i18n: I18n, state: ThreadState, client_id: &str, error: &AppError) {
    state.inbox.drafts.give_back(state.id, client_id);
    let reason = error_text(i18n, error);
    state.toasts.error(tu_string!(i18n, inbox.failed_reason, reason = reason).to_string());
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

fn unsent(state: ThreadState, outgoing: &Outgoing) -> Message {
    let (member_id, author_name) = state.me.with_value(|me| (me.member_id.0, me.name.clone()));
    let now = DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default();
    let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let client_id = format!("{:x}-{:08x}{:08x}", now.timestamp_millis(), random(), random());
    Message {
        id: MessageId(Uuid::from_u128(now.timestamp_millis() as u128)),
        conversation_id: state.id,
        seq: UNSENT,
        direction: Direction::Outbound,
        role: MessageRole::Assistant,
        author_type: AuthorType::Member,
        author_id: Some(member_id),
        author_name,
        content: outgoing.content.clone(),
        html: String::new(),
        content_type: ContentType::Markdown,
        is_note: outgoing.is_note,
        delivery_state: DeliveryState::Queued,
        failure_reason: None,
        citations: Vec::new(),
        attachments: outgoing.attachments.clone(),
        client_id: Some(client_id),
        created_at: now,
    }
}
