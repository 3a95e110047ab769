//! Keeps an open thread true: new messages, changed fields, the agent's draft, who types and who looks.

use std::time::Duration;

use base::{Connection, use_live};
use leptos::{ev, prelude::*, task::spawn_local};
use types::{
    event::EventName,
    live::{ClientFrame, RawEvent, Signal, read},
    message::{AuthorType, Message},
};

use super::state::{Draft, Reload, ThreadState, Typing};
use crate::{context::on_catch_up, rpc, words};

/// A typing signal counts for so long.
const TYPING: Duration = Duration::from_secs(5);

/// Follows what happens to the thread for as long as it is on the screen.
pub fn follow(state: ThreadState) {
    let live = use_live();
    let i18n = i18n::use_i18n();
    live.on_event(move |event| {
        if event.conversation_id == Some(state.id) {
            take_event(state, event);
        }
        take_contact(state, event);
    });
    live.on_signal(move |signal| {
        if let Some(signal) = read::<Signal>(signal).filter(|signal| signal.conversation_id() == state.id) {
            take_signal(state, i18n, &signal);
        }
    });
    // What came between the loading of the thread and this moment.
    Effect::new(move || {
        if untrack(|| live.state()) == Connection::Open {
            catch_up(state);
        }
    });
    on_catch_up(move || catch_up(state));
    Effect::new(move || {
        live.send(ClientFrame::Viewing { conversation_id: Some(state.id) });
        on_cleanup(move || live.leave(state.id));
    });
    mark_read(state);
}

fn take_event(state: ThreadState, event: &RawEvent) {
    if let Some(message) = event.message.as_deref().and_then(read::<Message>) {
        // A gap means that something was missed.
        if message.seq > state.entries.last_seq() + 1 {
            catch_up(state);
        }
        match message.author_type {
            AuthorType::Agent if !message.is_note => state.end_draft(),
            AuthorType::Contact => forget_typing(state, |one| one.is_contact),
            _ => forget_typing(state, |one| one.name == message.author_name),
        }
        state.take_in(vec![message]);
    }
    if let Some(summary) = event.conversation.as_deref().and_then(read) {
        state.conversation.update(|conversation| conversation.summary = summary);
        state.reload.update_value(|reload| reload.is_overtaken = true);
    }
    match event.name {
        EventName::ConversationOwnerChanged | EventName::ConversationClosed => state.end_draft(),
        // How far the customer has read is no part of the row.
        EventName::ConversationRead => reload_conversation(state),
        _ => {}
    }
}

/// The head names the customer, who is renamed without the conversation.
fn take_contact(state: ThreadState, event: &RawEvent) {
    let contact = state.conversation.with_untracked(|conversation| conversation.summary.contact_id);
    if event.name == EventName::ContactUpdated && event.resource_id == contact.0 {
        reload_conversation(state);
    }
}

fn take_signal(state: ThreadState, i18n: i18n::I18n, signal: &Signal) {
    match signal {
        Signal::AgentThinking { .. } => state.is_thinking.set(true),
        Signal::Draft { message_id, html, .. } => {
            state.is_thinking.set(false);
            state.draft.set(Some(Draft { message_id: *message_id, html: html.clone() }));
        }
        Signal::DraftEnded { .. } => state.end_draft(),
        Signal::ContactTyping { .. } => {
            let name = state.conversation.with_untracked(|conversation| words::customer(i18n, &conversation.summary));
            note_typing(state, name, true);
        }
        Signal::MemberTyping { member_id, name, .. } if state.me.with_value(|me| me.member_id != *member_id) => {
            note_typing(state, name.clone(), false);
        }
        Signal::Viewers { members, .. } => {
            let me = state.me.with_value(|me| me.member_id);
            state.viewers.set(members.iter().filter(|viewer| viewer.member_id != me).cloned().collect());
        }
        _ => {}
    }
}

fn note_typing(state: ThreadState, name: String, is_contact: bool) {
    let signal = state.heard.get_value().wrapping_add(1);
    state.heard.set_value(signal);
    state.typing.maybe_update(|typing| {
        let known = typing.iter_mut().find(|one| one.name == name && one.is_contact == is_contact);
        match known {
            Some(one) => {
                one.signal = signal;
                false
            }
            None => {
                typing.push(Typing { name, is_contact, signal });
                true
            }
        }
    });
    // Each signal sets a timer; the name goes with that of the person's last one.
    set_timeout(move || forget_typing(state, |one| one.signal == signal), TYPING);
}

fn forget_typing(state: ThreadState, is_gone: impl Fn(&Typing) -> bool) {
    state.typing.maybe_update(|typing| {
        let before = typing.len();
        typing.retain(|one| !is_gone(one));
        typing.len() < before
    });
}

/// Gets what came after the newest message on the screen, and the conversation as it is now.
pub fn catch_up(state: ThreadState) {
    reload_conversation(state);
    // Now, before a message that is heard meanwhile hides what lies before it.
    let seen = state.entries.last_seq();
    spawn_local(async move {
        if let Ok(messages) = rpc::newer_messages(state.id, seen).await
            && !state.conversation.is_disposed()
        {
            state.take_in(messages);
        }
    });
}

/// Gets the conversation as it is now. What is told while the answer is on its way is newer than the answer.
pub fn reload_conversation(state: ThreadState) {
    let mut number = 0;
    state.reload.update_value(|reload| {
        number = reload.number.wrapping_add(1);
        *reload = Reload { number, is_overtaken: false };
    });
    spawn_local(async move {
        let answer = rpc::get_conversation(state.id).await;
        let (Ok(mut answer), Some(reload)) = (answer, state.reload.try_get_value()) else { return };
        if reload.number != number {
            return;
        }
        state.conversation.try_update(|conversation| {
            if reload.is_overtaken {
                std::mem::swap(&mut answer.summary, &mut conversation.summary);
            }
            *conversation = answer;
        });
    });
}

/// Says what the member has seen, while the page is in front of them.
fn mark_read(state: ThreadState) {
    let entries = state.entries;
    let is_visible = RwSignal::new(true);
    Effect::new(move || {
        let look = move || is_visible.set(document().visibility_state() == web_sys::VisibilityState::Visible);
        look();
        let handle = window_event_listener(ev::visibilitychange, move |_| look());
        on_cleanup(move || handle.remove());
    });
    let unread = Memo::new(move |_| state.conversation.with(|conversation| conversation.summary.unread_count > 0));
    Effect::new(move |told: Option<i64>| {
        entries.list();
        let (seq, told) = (entries.last_seq(), told.unwrap_or_default());
        if !is_visible.get() || (seq <= told && !unread.get()) || seq == 0 {
            return told;
        }
        spawn_local(async move {
            // Not being able to say so does no harm: the next message says it again.
            _ = rpc::mark_read(state.id, seq).await;
        });
        seq
    });
}
