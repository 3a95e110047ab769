//! What a member writes in a thread: a reply and a note side by side, and the files that go with the next of them.

use std::time::Duration;

use base::{AppError, Live, error_text, field_text, use_live};
use i18n::*;
use leptos::prelude::*;
use types::{error::ErrorCode, live::ClientFrame, message::Message};

use super::{
    news::since,
    send::{Outgoing, send, show},
    state::{Mode, ThreadState},
    upload::Uploads,
};
use crate::drafts::Drafts;

/// At most one typing signal in this time, in milliseconds.
const TYPING_MS: f64 = 3_000.0;

/// A reply, a note and files that are not sent yet.
#[derive(Clone, Copy)]
pub struct Composition {
    i18n: I18n,
    live: Live,
    state: ThreadState,
    pub reply: RwSignal<String>,
    pub note: RwSignal<String>,
    pub uploads: Uploads,
    /// What came since the reply was begun, until the member has decided about it.
    pub news: RwSignal<Vec<Message>>,
    /// The newest message that the sender of a refused reply had seen, until what came since is on the screen.
    refused_at: RwSignal<Option<i64>>,
    /// The newest message when the text was begun: what came later may not have been seen.
    begun_at: StoredValue<Option<i64>>,
    typed_at: StoredValue<f64>,
}

impl Composition {
    /// Begins with what was left unsent, and keeps what is for the next time.
    pub fn new(i18n: I18n, state: ThreadState) -> Self {
        let drafts = state.inbox.drafts;
        let begun = untrack(|| drafts.take(state.id, |client_id| state.entries.has_arrived(client_id)));
        let composition = Self {
            i18n,
            live: use_live(),
            state,
            reply: RwSignal::new(begun.reply),
            note: RwSignal::new(begun.note),
            uploads: Uploads::new(state.id, drafts),
            news: RwSignal::new(Vec::new()),
            refused_at: RwSignal::new(None),
            begun_at: StoredValue::new(None),
            typed_at: StoredValue::new(0.0),
        };
        composition.uploads.put_back(begun.attachments);
        composition.follow_drafts(drafts);
        composition.follow_refusals();
        composition
    }

    /// Keeps what is written, and takes in what comes back: texts in the composer, messages that did not arrive in the thread.
    fn follow_drafts(self, drafts: Drafts) {
        let Self { i18n, state, reply, note, uploads, .. } = self;
        Effect::new(move || {
            drafts.keep(state.id, reply.get(), note.get(), uploads.done());
        });
        Effect::new(move || {
            // Not sooner: the server, whose page is taken over, knows nothing of them, and what was typed before that is
            // told in this turn.
            let member = state.me.with_value(|me| me.member_id);
            let failure = tu_string!(i18n, inbox.not_confirmed);
            set_timeout(move || drafts.bring_back(member, failure), Duration::ZERO);
        });
        Effect::new(move || {
            let draft = drafts.take(state.id, |client_id| state.entries.has_arrived(client_id));
            for (text, kept) in [(reply, draft.reply), (note, draft.note)] {
                if text.try_with_untracked(|text| *text != kept) == Some(true) {
                    text.set(kept);
                }
            }
            uploads.put_back(draft.attachments);
            for message in draft.unsent {
                show(state, message);
            }
        });
    }

    /// Names what a refused reply did not know of, which is on its way to the screen.
    fn follow_refusals(self) {
        Effect::new(move || {
            let Some(seen) = self.refused_at.get() else { return };
            self.state.entries.list();
            let arrived = since(self.state, seen);
            if !arrived.is_empty() {
                self.news.set(arrived);
                self.refused_at.set(None);
            }
        });
    }

    /// The text of the mode that is on; none once the thread is left.
    pub fn text(&self) -> String {
        self.of(self.state.mode.try_get() == Some(Mode::Note)).try_get().unwrap_or_default()
    }

    fn of(&self, is_note: bool) -> RwSignal<String> {
        if is_note { self.note } else { self.reply }
    }

    /// Takes what was typed, and lets the others know that a reply is being written.
    pub fn write(&self, text: String) {
        if self.state.conversation.is_disposed() {
            return;
        }
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
        if !untrack(|| self.state.is_open()) {
            return false;
        }
        let is_note = self.state.mode.get_untracked() == Mode::Note;
        let content = self.of(is_note).get_untracked();
        let attachments = untrack(|| self.uploads.done());
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
        self.refused_at.set(None);
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
            self.refused_at.set(Some(seen));
        } else {
            let reason = error.details.first().map(|detail| field_text(self.i18n, detail));
            self.state.toasts.error(reason.unwrap_or_else(|| error_text(self.i18n, &error)));
        }
    }
}
