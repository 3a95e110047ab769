//! What a member writes in a thread: a reply and a note side by side, and the files that go with the next of them.

use base::{AppError, Live, error_text, field_text, use_live};
use i18n::*;
use leptos::prelude::*;
use types::{error::ErrorCode, live::ClientFrame, message::Message};
use ui::{Toasts, use_toasts};

use super::{
    news::since,
    send::{Outgoing, send},
    state::{Mode, ThreadState},
    upload::Uploads,
};
use crate::context::Inbox;

/// At most one typing signal in this time, in milliseconds.
const TYPING_MS: f64 = 3_000.0;

/// A reply, a note and files that are not sent yet.
#[derive(Clone, Copy)]
pub struct Composition {
    i18n: I18n,
    toasts: Toasts,
    live: Live,
    state: ThreadState,
    pub reply: RwSignal<String>,
    pub note: RwSignal<String>,
    pub uploads: Uploads,
    /// What came since the reply was begun, until the member has decided about it.
    pub news: RwSignal<Vec<Message>>,
    /// The newest message when the text was begun: what came later may not have been seen.
    begun_at: StoredValue<Option<i64>>,
    typed_at: StoredValue<f64>,
}

impl Composition {
    /// Begins with the reply that was left unsent, and keeps it for the next time.
    pub fn new(i18n: I18n, inbox: Inbox, state: ThreadState) -> Self {
        let kept = inbox.drafts.with_value(|drafts| drafts.get(&state.id).cloned()).unwrap_or_default();
        let reply = RwSignal::new(kept);
        Effect::new(move || {
            let text = reply.get();
            inbox.drafts.update_value(|drafts| {
                if text.is_empty() {
                    drafts.remove(&state.id)
                } else {
                    drafts.insert(state.id, text)
                };
            });
        });
        Self {
            i18n,
            toasts: use_toasts(),
            live: use_live(),
            state,
            reply,
            note: RwSignal::new(String::new()),
            uploads: Uploads::new(state.id),
            news: RwSignal::new(Vec::new()),
            begun_at: StoredValue::new(None),
            typed_at: StoredValue::new(0.0),
        }
    }

    /// The text of the mode that is on.
    pub fn text(&self) -> String {
        self.of(self.state.mode.get() == Mode::Note).get()
    }

    fn of(&self, is_note: bool) -> RwSignal<String> {
        if is_note { self.note } else { self.reply }
    }

    /// Takes what was typed, and lets the others know that a reply is being written.
    pub fn write(&self, text: String) {
        if text.is_empty() {
            self.begun_at.set_value(None);
        } else if self.begun_at.get_value().is_none() {
            self.begun_at.set_value(Some(self.state.entries.last_seq()));
        }
        let is_note = self.state.mode.get_untracked() == Mode::Note;
        self.of(is_note).set(text);
        let now = js_sys::Date::now();
        // A note is nobody else's business, and neither is that one is being written.
        if !is_note && now - self.typed_at.get_value() > TYPING_MS {
            self.typed_at.set_value(now);
            self.live.send(ClientFrame::Typing { conversation_id: Some(self.state.id) });
        }
    }

    /// Sends the text and the files; not before `is_confirmed` when something came since the text was begun. Says whether
    /// anything was sent.
    pub fn submit(self, is_confirmed: bool) -> bool {
        let is_note = self.state.mode.get_untracked() == Mode::Note;
        let content = self.of(is_note).get_untracked();
        let attachments = self.uploads.done();
        if (content.trim().is_empty() && attachments.is_empty()) || untrack(|| self.uploads.is_busy()) {
            return false;
        }
        if !is_note && !is_confirmed {
            let seen = self.begun_at.get_value().unwrap_or_else(|| self.state.entries.last_seq());
            let arrived = since(self.state, seen);
            if !arrived.is_empty() {
                self.news.set(arrived);
                return false;
            }
        }
        let last_seen_seq = (!is_note).then(|| self.state.entries.last_seq());
        self.news.set(Vec::new());
        self.begun_at.set_value(None);
        self.uploads.clear();
        self.of(is_note).set(String::new());
        let outgoing = Outgoing { content, is_note, attachments, last_seen_seq };
        send(self.i18n, self.state, outgoing, move |outgoing, error| self.take_back(outgoing, error));
        true
    }

    /// Goes on writing with what came in view.
    pub fn go_on(&self) {
        self.news.set(Vec::new());
        self.begun_at.set_value(Some(self.state.entries.last_seq()));
    }

    /// Takes back what the server wants changed before it is sent again.
    fn take_back(self, outgoing: Outgoing, error: AppError) {
        self.of(outgoing.is_note).update(|text| {
            *text = if text.is_empty() { outgoing.content } else { format!("{}\n{text}", outgoing.content) }
        });
        self.uploads.put_back(outgoing.attachments);
        if error.code == ErrorCode::Conflict {
            let seen = outgoing.last_seen_seq.unwrap_or_default();
            self.begun_at.set_value(Some(seen));
            // What came is on its way to the screen; the warning names it once it is there.
            Effect::new(move || {
                self.state.entries.list();
                self.news.set(since(self.state, seen));
            });
        } else {
            let reason = error.details.first().map(|detail| field_text(self.i18n, detail));
            self.toasts.error(reason.unwrap_or_else(|| error_text(self.i18n, &error)));
        }
    }
}
