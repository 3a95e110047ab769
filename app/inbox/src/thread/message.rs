//! One entry of the timeline: a bubble, a note or a line.

use i18n::*;
use leptos::prelude::*;
use types::{
    id::MessageId,
    message::{AuthorType, ContentType, DeliveryState, Direction, Message},
};
use ui::{Avatar, Badge, Icon, LocalTime, TimeFormat, Tone, icons};

use super::{
    attachments::Attachments,
    citations::Citations,
    entries::{Entry, Sending},
    send,
    state::{ThreadState, use_thread},
};
use crate::words;

/// One entry of the timeline.
#[component]
pub fn MessageView(entry: Entry) -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let message = entry.message.clone();
    move || {
        let entry = entry.clone();
        message.with(|message| match message {
            Message { content_type: ContentType::Event, .. } => line(i18n, message).into_any(),
            _ => bubble(i18n, state, message, entry).into_any(),
        })
    }
}

/// A line such as "Ana took over".
fn line(i18n: I18n, message: &Message) -> impl IntoView + use<> {
    view! {
        <p class="timeline-line">
            {words::system_line(i18n, &message.content, &message.author_name)} " · "
            <LocalTime at=message.created_at format=TimeFormat::Time />
        </p>
    }
}

fn bubble(i18n: I18n, state: ThreadState, message: &Message, entry: Entry) -> impl IntoView + use<> {
    let is_inbound = message.direction == Direction::Inbound;
    let is_agent = message.author_type == AuthorType::Agent;
    let class = match (message.is_note, is_inbound, is_agent) {
        (true, ..) => "message message-out message-note",
        (_, true, _) => "message message-in",
        (_, _, true) => "message message-out message-agent",
        _ => "message message-out message-member",
    };
    let name = author(i18n, state, message);
    let seed = message.author_id.map_or_else(|| name.clone(), |id| id.to_string());
    let label = match message.is_note {
        true => view! {
            <Badge tone=Tone::Warning icon=icons::LOCK>{tu_string!(i18n, inbox.note)}</Badge>
        }
        .into_any(),
        false if is_agent => view! {
            <Badge tone=Tone::Info icon=icons::BOT>
                <abbr class="no-underline" title=tu_string!(i18n, inbox.ai_label)>{tu_string!(i18n, inbox.ai)}</abbr>
            </Badge>
        }
        .into_any(),
        false => ().into_any(),
    };
    let body = if message.html.is_empty() {
        view! { <div class="message-text whitespace-pre-wrap">{message.content.clone()}</div> }.into_any()
    } else {
        view! { <div class="message-text" inner_html=message.html.clone()></div> }.into_any()
    };
    let has_words = !message.content.trim().is_empty();
    let trace = is_agent.then(|| trace_button(i18n, state, message.id));
    let states = (!is_inbound).then(|| delivery(i18n, state, message, entry));
    view! {
        <article class=class>
            <Avatar name=name.clone() seed class="size-7" />
            <div class="message-body">
                <header class="message-head">
                    <span class="font-medium">{name}</span>
                    {label}
                    <LocalTime at=message.created_at format=TimeFormat::Time class="text-muted" />
                    {trace}
                </header>
                {has_words.then(|| view! { <div class="message-bubble">{body}</div> })}
                <Attachments attachments=message.attachments.clone() />
                <Citations citations=message.citations.clone() />
                {states}
            </div>
        </article>
    }
}

fn author(i18n: I18n, state: ThreadState, message: &Message) -> String {
    match (message.author_type, message.author_name.as_str()) {
        (AuthorType::Contact, _) => {
            state.conversation.with_untracked(|conversation| words::customer(i18n, &conversation.summary))
        }
        (AuthorType::System | AuthorType::Workflow, "") => tu_string!(i18n, inbox.system).to_owned(),
        (_, "") => tu_string!(i18n, inbox.deleted_author).to_owned(),
        (_, name) => name.to_owned(),
    }
}

fn trace_button(i18n: I18n, state: ThreadState, id: MessageId) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-ghost btn-xs btn-square"
            title=tu_string!(i18n, agents.trace.title)
            aria-label=tu_string!(i18n, agents.trace.title)
            on:click=move |_| state.traced.set(Some(id))
        >
            <Icon glyph=icons::ACTIVITY class="size-3.5" />
        </button>
    }
}

/// How far the message has come; a failed one says why and can be sent again.
fn delivery(i18n: I18n, state: ThreadState, message: &Message, entry: Entry) -> impl IntoView + use<> {
    let (is_note, seq, stored) = (message.is_note, message.seq, message.delivery_state);
    let reason = message.failure_reason.clone();
    let sending = entry.sending.clone();
    move || match sending.get() {
        Sending::Pending => {
            view! { <p class="message-state">{words::delivery(i18n, DeliveryState::Queued)} "…"</p> }.into_any()
        }
        Sending::Failed(reason) => failed(i18n, state, reason, entry.clone(), true).into_any(),
        Sending::Done if stored == DeliveryState::Failed => {
            let reason = reason.clone().unwrap_or_default();
            failed(i18n, state, reason, entry.clone(), false).into_any()
        }
        Sending::Done if is_note => ().into_any(),
        Sending::Done => {
            let text = move || {
                let is_read = state.conversation.with(|conversation| conversation.contact_read_seq >= seq);
                words::delivery(i18n, if is_read { DeliveryState::Read } else { stored })
            };
            view! { <p class="message-state">{text}</p> }.into_any()
        }
    }
}

fn failed(i18n: I18n, state: ThreadState, reason: String, entry: Entry, is_own: bool) -> impl IntoView {
    let discarded = entry.message.with_untracked(|message| message.client_id.clone()).unwrap_or_default();
    view! {
        <p class="message-state text-error" role="alert">
            <Icon glyph=icons::CIRCLE_ALERT class="size-3.5" />
            {tu_string!(i18n, inbox.failed_reason, reason = reason).to_string()}
            <button
                type="button"
                class="link font-medium"
                on:click=move |_| send::again(i18n, state, &entry.message.get_untracked())
            >
                {tu_string!(i18n, inbox.resend)}
            </button>
            {is_own
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="link font-medium"
                            on:click=move |_| state.discard(&discarded)
                        >
                            {tu_string!(i18n, inbox.discard)}
                        </button>
                    }
                })}
        </p>
    }
}
