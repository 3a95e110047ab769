use i18n::*;
use leptos::{ev, prelude::*};
use types::{
    conversation::{ConversationSummary, InboxCounts, Owner, Priority},
    id::MemberId,
    message::Direction,
};
use ui::{Avatar, Badge, Elapsed, Icon, RelativeTime, Tone, icons};

use crate::{context::use_inbox, words};

/// A conversation in the list: who, where, what was said last, when, and who answers.
#[component]
pub fn ConversationRow(
    summary: ArcRwSignal<ConversationSummary>,
    #[prop(into)] href: Signal<String>,
    member: MemberId,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let id = summary.with_untracked(|row| row.id);
    let current = move || (inbox.open.get() == Some(id)).then_some("page");
    let name = Memo::new({
        let summary = summary.clone();
        move |_| summary.with(|row| words::customer(i18n, row))
    });
    let is_selected = Memo::new(move |_| inbox.selection.has(id));
    view! {
        <li class="inbox-item" class:inbox-selected=is_selected>
            <input
                type="checkbox"
                class="checkbox row-check with-script"
                aria-label=move || tu_string!(i18n, inbox.select_row, name = name.get()).to_string()
                prop:checked=is_selected
                on:click=move |event: ev::MouseEvent| {
                    inbox.selection.toggle(id, event.shift_key(), &inbox.shown.get_untracked());
                }
            />
            <a href=href class="inbox-row" aria-current=current>
                {move || inside(i18n, &summary.get(), member)}
            </a>
        </li>
    }
}

fn inside(i18n: I18n, row: &ConversationSummary, member: MemberId) -> impl IntoView + use<> {
    let name = words::customer(i18n, row);
    let unread = row.unread_count;
    let weight = if unread > 0 { "font-semibold" } else { "font-medium" };
    let mine = (row.last_message_direction == Direction::Outbound && row.assignee_id == Some(member))
        .then(|| view! { <span class="text-muted">{tu_string!(i18n, inbox.you_prefix)} " "</span> });
    let count = InboxCounts::text(unread.into());
    view! {
        <span class="row-face">
            <Avatar name=name.clone() seed=row.contact_id.to_string() />
            <span class="channel-glyph" title=row.channel_name.clone()>
                <Icon glyph=words::channel_glyph(row.channel_type) class="size-3" />
                <span class="sr-only">{words::channel(i18n, row.channel_type)}</span>
            </span>
        </span>
        <span class="min-w-0 flex-1">
            <span class="flex items-baseline gap-2">
                <span class=format!("truncate {weight}")>{name}</span>
                <RelativeTime at=row.last_message_at class="ms-auto shrink-0 text-xs text-muted" />
            </span>
            <span class="flex items-center gap-2">
                <span class="min-w-0 flex-1 truncate text-muted">{mine} {row.last_message_preview.clone()}</span>
                {(unread > 0)
                    .then(|| {
                        view! {
                            <span class="rail-count">
                                <span aria-hidden="true">{count.clone()}</span>
                                <span class="sr-only">
                                    {tu_string!(i18n, inbox.unread_messages, count = count).to_string()}
                                </span>
                            </span>
                        }
                    })}
            </span>
            <span class="mt-1 flex flex-wrap items-center gap-1 empty:hidden">
                {owner(i18n, row, member)} {urgency(i18n, row.priority)}
                {row
                    .waiting_since
                    .map(|since| {
                        view! {
                            <Badge tone=Tone::Warning icon=icons::CLOCK>
                                {tu_string!(i18n, inbox.waiting_short)} " " <Elapsed since />
                            </Badge>
                        }
                    })}
                {row.tags.iter().take(3).cloned().map(|tag| view! { <Badge icon=icons::TAG>{tag}</Badge> }).collect_view()}
            </span>
        </span>
    }
}

/// Who answers: the agent, a person, or nobody.
fn owner(i18n: I18n, row: &ConversationSummary, member: MemberId) -> impl IntoView + use<> {
    match row.owner {
        Owner::Agent => {
            let name = row.agent_name.clone().unwrap_or_default();
            view! {
                <Badge tone=Tone::Info icon=icons::BOT>
                    {tu_string!(i18n, inbox.owner_agent)} " · " {name}
                </Badge>
            }
            .into_any()
        }
        _ => {
            let name = match (row.assignee_id, row.assignee_name.clone()) {
                (Some(id), _) if id == member => tu_string!(i18n, inbox.you).to_owned(),
                (Some(_), Some(name)) => name,
                _ => return ().into_any(),
            };
            view! { <Badge icon=icons::USER>{name}</Badge> }.into_any()
        }
    }
}

fn urgency(i18n: I18n, priority: Priority) -> impl IntoView + use<> {
    let tone = match priority {
        Priority::Urgent => Tone::Danger,
        Priority::High => Tone::Warning,
        Priority::Medium | Priority::Low => return ().into_any(),
    };
    view! { <Badge tone icon=icons::FLAG>{words::priority(i18n, priority)}</Badge> }.into_any()
}
