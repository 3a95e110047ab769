//! The thread's head: who, how it stands, who is responsible, how urgent, tags, and what can be done.

use ::contacts::{TagInputs, submit_on_change};
use base::ActionForm;
use i18n::*;
use leptos::prelude::*;
use types::conversation::{ConversationStatus, Priority};
use ui::{ActingSelect, Avatar, Badge, Button, Icon, LocalTime, Tone, icons};

use super::{snooze::SnoozeMenu, state::use_thread};
use crate::{
    context::use_inbox,
    page::BackToList,
    query,
    rpc::{Assign, ChangeTags, SetPriority},
    words,
};

/// The select's id, for the shortcut.
pub const ASSIGNEE_ID: &str = "thread-assignee";

/// The thread's head.
#[component]
pub fn Header() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let state = use_thread();
    let row = Memo::new(move |_| state.conversation.with(|conversation| conversation.summary.clone()));
    let name = Memo::new(move |_| row.with(|row| words::customer(i18n, row)));
    // Another one once a visitor has signed in.
    let contact = Memo::new(move |_| row.with(|row| row.contact_id));
    let is_active = Memo::new(move |_| state.is_active());
    let panel = move || {
        let address = query::href(&inbox.filter.get(), Some(state.id));
        format!("{address}{}panel=1", if address.contains('?') { '&' } else { '?' })
    };
    view! {
        <header class="thread-head">
            <div class="flex min-w-0 items-center gap-2">
                <BackToList />
                {move || view! { <Avatar name=name.get() seed=contact.get().to_string() class="size-8 max-sm:hidden" /> }}
                <div class="min-w-0 flex-1">
                    <div class="flex min-w-0 items-center gap-2">
                        <h2 class="truncate text-base font-semibold">
                            <a class="hover:underline" href=move || format!("/app/contacts/{}", contact.get())>
                                {move || name.get()}
                            </a>
                        </h2>
                        <Status />
                    </div>
                    <p class="flex min-w-0 items-center gap-1.5 text-sm text-muted">
                        <Icon glyph=words::channel_glyph(row.with_untracked(|row| row.channel_type)) class="size-3.5" />
                        <span class="truncate">{move || row.get().channel_name}</span>
                    </p>
                </div>
                <Show when=move || is_active.get()>
                    <SnoozeMenu />
                </Show>
                <CloseButton />
                <a
                    class="btn btn-ghost btn-sm btn-square min-[88rem]:hidden"
                    href=panel
                    title=tu_string!(i18n, inbox.details)
                    aria-label=tu_string!(i18n, inbox.details)
                >
                    <Icon glyph=icons::PANEL_RIGHT />
                </a>
            </div>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <AssigneeForm />
                <PriorityForm />
                <TagsForm />
            </div>
        </header>
    }
}

#[component]
fn Status() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let standing = Memo::new(move |_| state.conversation.with(|one| (one.summary.status, one.summary.snoozed_until)));
    move || match standing.get() {
        (ConversationStatus::Active, Some(until)) => view! {
            <Badge tone=Tone::Warning icon=icons::ALARM_CLOCK>
                {tu_string!(i18n, inbox.status_snoozed)} " · " <LocalTime at=until />
            </Badge>
        }
        .into_any(),
        (ConversationStatus::Active, None) => {
            view! { <Badge tone=Tone::Success>{tu_string!(i18n, inbox.status_active)}</Badge> }.into_any()
        }
        (ConversationStatus::Closed, _) => view! { <Badge>{tu_string!(i18n, inbox.status_closed)}</Badge> }.into_any(),
        (ConversationStatus::Archived, _) => {
            view! { <Badge>{tu_string!(i18n, inbox.status_archived)}</Badge> }.into_any()
        }
    }
}

#[component]
fn CloseButton() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let is_active = Memo::new(move |_| state.is_active());
    let button = move || {
        let (change, glyph, label) = if is_active.get() {
            ("close", icons::CHECK, tu_string!(i18n, inbox.close))
        } else {
            ("reopen", icons::ROTATE_CCW, tu_string!(i18n, inbox.reopen))
        };
        view! {
            <Button kind="submit" name="change" value=change icon=glyph pending=state.change.pending()>
                {label}
            </Button>
        }
    };
    view! {
        <ActionForm action=state.change>
            <input type="hidden" name="id" value=state.id.to_string() />
            {button}
        </ActionForm>
    }
}

#[component]
fn AssigneeForm() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let state = use_thread();
    let action = ServerAction::<Assign>::new();
    state.keep(action);
    let assignee = Memo::new(move |_| state.conversation.with(|one| one.summary.assignee_id));
    let assignee_name = move || state.conversation.with_untracked(|one| one.summary.assignee_name.clone());
    // A refused choice does not stay: each answer has the options chosen anew.
    let answers = action.version();
    let option = move |id: Option<types::id::MemberId>, text: String| {
        let is_chosen = move || {
            answers.track();
            assignee.try_get() == Some(id)
        };
        let value = id.map(|id| id.to_string()).unwrap_or_default();
        view! { <option value=value selected=is_chosen prop:selected=is_chosen>{text}</option> }
    };
    let options = move || {
        let me = state.me.with_value(|me| me.member_id);
        let mut members = inbox.members();
        // Someone who has left stays visible as the one who is responsible.
        if let Some(id) = assignee.get_untracked().filter(|id| !members.iter().any(|(known, _)| known == id)) {
            members.push((id, assignee_name().unwrap_or_else(|| tu_string!(i18n, inbox.deleted_author).to_owned())));
        }
        members.sort_by_key(|(id, _)| *id != me);
        let name = |id, name| {
            if id == me { format!("{name} ({})", tu_string!(i18n, inbox.you)) } else { name }
        };
        members.into_iter().map(|(id, text)| option(Some(id), name(id, text))).collect_view()
    };
    view! {
        <ActionForm action attr:class="flex items-center gap-1.5">
            <input type="hidden" name="id" value=state.id.to_string() />
            <label class="text-sm text-muted max-sm:sr-only" for=ASSIGNEE_ID>{tu_string!(i18n, inbox.assignee)}</label>
            <ActingSelect id=ASSIGNEE_ID class="select select-xs w-44" name="assignee" on_choice=submit_on_change>
                {option(None, tu_string!(i18n, inbox.nobody).to_owned())}
                <Transition>{options}</Transition>
            </ActingSelect>
            <button class="btn btn-xs without-script">{tu_string!(i18n, inbox.set)}</button>
        </ActionForm>
    }
}

#[component]
fn PriorityForm() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let action = ServerAction::<SetPriority>::new();
    state.keep(action);
    let priority = Memo::new(move |_| state.conversation.with(|one| one.summary.priority));
    // As with the assignee.
    let answers = action.version();
    let options = Priority::ALL
        .iter()
        .rev()
        .map(|own| {
            let is_chosen = move || {
                answers.track();
                priority.try_get() == Some(*own)
            };
            view! {
                <option value=own.as_str() selected=is_chosen prop:selected=is_chosen>{words::priority(i18n, *own)}</option>
            }
        })
        .collect_view();
    view! {
        <ActionForm action attr:class="flex items-center gap-1.5">
            <input type="hidden" name="id" value=state.id.to_string() />
            <label class="text-sm text-muted max-sm:sr-only" for="thread-priority">{tu_string!(i18n, inbox.priority)}</label>
            <ActingSelect id="thread-priority" class="select select-xs w-28" name="priority" on_choice=submit_on_change>
                {options}
            </ActingSelect>
            <button class="btn btn-xs without-script">{tu_string!(i18n, inbox.set)}</button>
        </ActionForm>
    }
}

#[component]
fn TagsForm() -> impl IntoView {
    let inbox = use_inbox();
    let state = use_thread();
    let action = ServerAction::<ChangeTags>::new();
    state.keep(action);
    let tags = Signal::derive(move || state.conversation.with(|one| one.summary.tags.clone()));
    view! {
        <ActionForm action attr:class="min-w-0">
            <input type="hidden" name="id" value=state.id.to_string() />
            <Transition>
                <TagInputs
                    id="thread-tags"
                    tags
                    known=Signal::derive(move || inbox.tags())
                    saved=Signal::derive(move || matches!(action.value().get(), Some(Ok(_))))
                />
            </Transition>
        </ActionForm>
    }
}
