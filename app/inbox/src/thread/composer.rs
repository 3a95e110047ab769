//! Where replies and notes are written.

use base::{AppError, action_error, error_text, field_text, use_live};
use i18n::*;
use leptos::{ev, html, prelude::*, server_fn::ServerFn};
use types::{
    conversation::{ConversationStatus, Owner},
    error::ErrorCode,
    live::ClientFrame,
    message::{MAX_MESSAGE_CHARS, Message},
};
use ui::{Alert, Button, ButtonStyle, Icon, Tone, icons, use_toasts};

use super::{
    canned_menu::{CannedList, CannedMenu, LIST_ID},
    news::{NewsWarning, since},
    send::{Outgoing, send},
    state::{Mode, use_thread},
    upload::{UploadList, Uploads},
};
use crate::{context::use_inbox, rpc::PostMessage};

/// At most one typing signal in this time, in milliseconds.
const TYPING_MS: f64 = 3_000.0;
/// The text field's id, for shortcuts.
pub const TEXT_ID: &str = "composer-text";

/// The composer. Without script it sends a reply as a plain form.
#[component]
pub fn Composer() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let live = use_live();
    let inbox = use_inbox();
    let state = use_thread();
    let kept = inbox.drafts.with_value(|drafts| drafts.get(&state.id).cloned()).unwrap_or_default();
    let (reply, note) = (RwSignal::new(kept), RwSignal::new(String::new()));
    let mode = state.mode;
    let uploads = Uploads::new(state.id);
    let news = RwSignal::new(Vec::<Message>::new());
    // The newest message when the text was begun: what came later may not have been seen.
    let begun_at = StoredValue::new(None::<i64>);
    let node = NodeRef::<html::Textarea>::new();
    let (reply_menu, note_menu) = (CannedMenu::new(reply, inbox.canned), CannedMenu::new(note, inbox.canned));
    let menu = move || if mode.get() == Mode::Note { note_menu } else { reply_menu };
    let text = move || if mode.get() == Mode::Note { note.get() } else { reply.get() };
    // A plain form that was refused comes back to this page with its error.
    let posted = action_error(ServerAction::<PostMessage>::new());

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

    let typed_at = StoredValue::new(0.0);
    let on_input = move |value: String| {
        if value.is_empty() {
            begun_at.set_value(None);
        } else if begun_at.get_value().is_none() {
            begun_at.set_value(Some(state.entries.last_seq()));
        }
        let is_note = mode.get_untracked() == Mode::Note;
        if is_note {
            note.set(value)
        } else {
            reply.set(value)
        }
        let now = js_sys::Date::now();
        // A note is nobody else's business, and neither is that one is being written.
        if !is_note && now - typed_at.get_value() > TYPING_MS {
            typed_at.set_value(now);
            live.send(ClientFrame::Typing { conversation_id: Some(state.id) });
        }
    };

    let give_back = Callback::new(move |(outgoing, error): (Outgoing, AppError)| {
        let field = if outgoing.is_note { note } else { reply };
        field.update(|text| {
            *text = if text.is_empty() { outgoing.content } else { format!("{}\n{text}", outgoing.content) }
        });
        uploads.put_back(outgoing.attachments);
        if error.code == ErrorCode::Conflict {
            let seen = outgoing.last_seen_seq.unwrap_or_default();
            begun_at.set_value(Some(seen));
            // What came is on its way to the screen; the warning names it once it is there.
            Effect::new(move || {
                state.entries.list();
                news.set(since(state, seen));
            });
        } else {
            let reason = error.details.first().map(|detail| field_text(i18n, detail));
            toasts.error(reason.unwrap_or_else(|| error_text(i18n, &error)));
        }
    });

    let submit = move |is_confirmed: bool| {
        let is_note = mode.get_untracked() == Mode::Note;
        let content = if is_note { note.get_untracked() } else { reply.get_untracked() };
        let attachments = uploads.done();
        if (content.trim().is_empty() && attachments.is_empty()) || untrack(|| uploads.is_busy()) {
            return;
        }
        if !is_note && !is_confirmed {
            let seen = begun_at.get_value().unwrap_or_else(|| state.entries.last_seq());
            let arrived = since(state, seen);
            if !arrived.is_empty() {
                news.set(arrived);
                return;
            }
        }
        let last_seen_seq = (!is_note).then(|| state.entries.last_seq());
        news.set(Vec::new());
        begun_at.set_value(None);
        uploads.clear();
        if is_note {
            note.set(String::new())
        } else {
            reply.set(String::new())
        }
        send(i18n, state, Outgoing { content, is_note, attachments, last_seen_seq }, give_back);
        focus(node);
    };

    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
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
    let takes_over = Memo::new(move |_| {
        !is_note.get()
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
                    focus(node);
                }
            >
                <Icon glyph class="size-3.5" />
                {label}
            </button>
        }
    };
    view! {
        <Show when=move || news.with(|news| !news.is_empty())>
            <NewsWarning
                news
                on_send=move |()| submit(true)
                on_keep=move |()| {
                    news.set(Vec::new());
                    begun_at.set_value(Some(state.entries.last_seq()));
                    focus(node);
                }
            />
        </Show>
        <form
            class="composer"
            class:composer-note=is_note
            method="post"
            action=PostMessage::url()
            aria-label=tu_string!(i18n, inbox.compose)
            on:submit=move |event| {
                event.prevent_default();
                submit(false);
            }
            on:dragover=move |event: ev::DragEvent| event.prevent_default()
            on:drop=move |event: ev::DragEvent| {
                event.prevent_default();
                if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
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
            <div class="flex items-center gap-1 px-2 pt-2">
                <div class="flex gap-1 with-script" role="group" aria-label=tu_string!(i18n, inbox.compose)>
                    {tab(Mode::Reply, icons::CORNER_UP_LEFT, tu_string!(i18n, inbox.tab_reply))}
                    {tab(Mode::Note, icons::LOCK, tu_string!(i18n, inbox.tab_note))}
                </div>
                <Show when=move || takes_over.get()>
                    <span class="ms-auto truncate text-xs text-muted">{tu_string!(i18n, inbox.takes_over_hint)}</span>
                </Show>
            </div>
            <CannedList menu=reply_menu />
            <CannedList menu=note_menu />
            <textarea
                node_ref=node
                id=TEXT_ID
                class="composer-text"
                name="content"
                rows="3"
                required
                maxlength=MAX_MESSAGE_CHARS.to_string()
                prop:value=text
                placeholder=placeholder
                aria-label=move || {
                    if is_note.get() { tu_string!(i18n, inbox.note_text) } else { tu_string!(i18n, inbox.reply_text) }
                }
                aria-autocomplete="list"
                aria-controls=move || menu().active_id().map(|_| LIST_ID)
                aria-activedescendant=move || menu().active_id()
                on:input=move |event| on_input(event_target_value(&event))
                on:keydown=on_key
                on:paste=move |event: ev::ClipboardEvent| {
                    let files = event
                        .clipboard_data()
                        .and_then(|data| data.files())
                        .filter(|files| files.length() > 0);
                    if let Some(files) = files {
                        event.prevent_default();
                        uploads.add(i18n, &files);
                    }
                }
            ></textarea>
            <UploadList uploads />
            <div class="flex items-center gap-2 p-2">
                <label class="btn btn-ghost btn-sm btn-square with-script" title=tu_string!(i18n, inbox.attach)>
                    <Icon glyph=icons::PAPERCLIP />
                    <input
                        class="sr-only"
                        type="file"
                        multiple
                        aria-label=tu_string!(i18n, inbox.attach)
                        on:change=move |event| {
                            let input = event_target::<web_sys::HtmlInputElement>(&event);
                            if let Some(files) = input.files() {
                                uploads.add(i18n, &files);
                            }
                            input.set_value("");
                        }
                    />
                </label>
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

fn focus(node: NodeRef<html::Textarea>) {
    if let Some(field) = node.get_untracked() {
        _ = field.focus();
    }
}
