//! Where replies and notes are written.

use base::{action_error, error_text, own};
use i18n::*;
use leptos::{ev, html, prelude::*, server_fn::ServerFn};
use types::{
    conversation::{ConversationStatus, Owner},
    message::MAX_MESSAGE_CHARS,
};
use ui::{Alert, Button, ButtonStyle, Icon, Tone, icons, shows};

use super::{
    attach::{AttachButton, carries_files, pasted_files},
    canned_menu::{CannedList, CannedMenu, LIST_ID},
    composition::Composition,
    news::NewsWarning,
    state::{Mode, use_thread},
    upload::UploadList,
};
use crate::rpc::PostMessage;

/// The text field's id, for shortcuts.
pub const TEXT_ID: &str = "composer-text";

/// The composer. Without script it sends a reply as a plain form.
#[component]
pub fn Composer() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let mode = state.mode;
    let canned = state.inbox.canned;
    let composition = Composition::new(i18n, state);
    let Composition { reply, note, uploads, news, .. } = composition;
    let node = NodeRef::<html::Textarea>::new();
    let (reply_menu, note_menu) = (CannedMenu::new(reply, canned), CannedMenu::new(note, canned));
    let menu = move || if mode.try_get() == Some(Mode::Note) { note_menu } else { reply_menu };
    // A plain form that was refused comes back to this page with its error.
    let posted = action_error(ServerAction::<PostMessage>::new());

    let submit = move |is_confirmed: bool| {
        if composition.submit(is_confirmed) {
            focus(node);
        }
    };

    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() || !untrack(|| state.is_open()) {
            return;
        }
        let key = event.key();
        if key == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            submit(false);
        } else if untrack(menu).on_key(&key) {
            event.prevent_default();
            event.stop_propagation();
        } else if key == "Escape" {
            // So that single-key shortcuts work again.
            if let Some(field) = node.get_untracked() {
                _ = field.blur();
            }
        }
    };

    let placeholder = move || {
        let is_closed = state.conversation.with(|one| one.summary.status != ConversationStatus::Active);
        match mode.get() {
            Mode::Note => tu_string!(i18n, inbox.note_placeholder),
            Mode::Reply if is_closed => tu_string!(i18n, inbox.closed_placeholder),
            Mode::Reply => tu_string!(i18n, inbox.reply_placeholder),
        }
    };
    let is_note = Memo::new(move |_| mode.get() == Mode::Note);
    view! {
        <Show when=move || news.with(|news| !news.is_empty())>
            <NewsWarning
                news
                on_send=move |()| submit(true)
                on_keep=move |()| {
                    composition.go_on();
                    focus(node);
                }
            />
        </Show>
        <form
            class="composer"
            class:composer-note=is_note
            method="post"
            action=own(PostMessage::PATH)
            aria-label=tu_string!(i18n, inbox.compose)
            on:submit=move |event| {
                event.prevent_default();
                submit(false);
            }
            on:dragover=move |event: ev::DragEvent| {
                if event.data_transfer().is_some_and(|data| carries_files(&data)) {
                    event.prevent_default();
                }
            }
            on:drop=move |event: ev::DragEvent| {
                let data = event.data_transfer().filter(carries_files);
                if let Some(files) = data.and_then(|data| data.files()) {
                    event.prevent_default();
                    uploads.add(i18n, &files);
                }
            }
        >
            <input type="hidden" name="id" value=state.id.to_string() />
            {move || {
                posted
                    .get()
                    .map(|error| view! { <Alert tone=Tone::Danger class="m-2">{error_text(i18n, &error)}</Alert> })
            }}
            <Modes on_choice=move || focus(node) />
            <CannedList menu=reply_menu />
            <CannedList menu=note_menu />
            <textarea
                node_ref=node
                id=TEXT_ID
                class="composer-text"
                name="content"
                rows="3"
                // Files go without words. Without script there are none.
                required=move || uploads.done().is_empty()
                maxlength=MAX_MESSAGE_CHARS.to_string()
                use:shows=Signal::derive(move || composition.text())
                placeholder=placeholder
                aria-label=move || {
                    if is_note.get() { tu_string!(i18n, inbox.note_text) } else { tu_string!(i18n, inbox.reply_text) }
                }
                aria-autocomplete="list"
                aria-controls=move || menu().active_id().map(|_| LIST_ID)
                aria-activedescendant=move || menu().active_id()
                on:input=move |event| composition.write(event_target_value(&event))
                on:keydown=on_key
                on:paste=move |event: ev::ClipboardEvent| {
                    if let Some(files) = event.clipboard_data().as_ref().and_then(pasted_files) {
                        event.prevent_default();
                        uploads.add(i18n, &files);
                    }
                }
            ></textarea>
            <UploadList uploads />
            <div class="flex items-center gap-2 p-2">
                <AttachButton uploads />
                <span class="ms-auto hidden text-xs text-muted sm:inline">{tu_string!(i18n, inbox.send_hint)}</span>
                <Button
                    kind="submit"
                    style=ButtonStyle::Primary
                    icon=icons::SEND
                    class="composer-send"
                    disabled=Signal::derive(move || uploads.is_busy())
                >
                    {move || {
                        if is_note.get() { tu_string!(i18n, inbox.send_note) } else { tu_string!(i18n, inbox.send) }
                    }}
                </Button>
            </div>
        </form>
    }
}

/// Whether a reply is written or a note, and what a reply will do.
#[component]
fn Modes(on_choice: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let mode = state.mode;
    let takes_over = Memo::new(move |_| {
        mode.get() == Mode::Reply
            && state
                .conversation
                .with(|one| one.summary.status == ConversationStatus::Active && one.summary.owner == Owner::Agent)
    });
    let tab = move |own: Mode, glyph, label: &'static str| {
        let is_on = move || mode.get() == own;
        view! {
            <button
                type="button"
                class="composer-tab"
                aria-pressed=move || is_on().to_string()
                on:click=move |_| {
                    mode.set(own);
                    on_choice();
                }
            >
                <Icon glyph class="size-3.5" />
                {label}
            </button>
        }
    };
    view! {
        <div class="flex items-center gap-1 px-2 pt-2">
            <div class="flex gap-1 with-script" role="group" aria-label=tu_string!(i18n, inbox.compose)>
                {tab(Mode::Reply, icons::CORNER_UP_LEFT, tu_string!(i18n, inbox.tab_reply))}
                {tab(Mode::Note, icons::LOCK, tu_string!(i18n, inbox.tab_note))}
            </div>
            <Show when=move || takes_over.get()>
                <span class="ms-auto truncate text-xs text-muted">{tu_string!(i18n, inbox.takes_over_hint)}</span>
            </Show>
        </div>
    }
}

fn focus(node: NodeRef<html::Textarea>) {
    if let Some(field) = node.try_get_untracked().flatten() {
        _ = field.focus();
    }
}
