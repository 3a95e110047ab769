//! Search and filters: a plain form, which acts at once where there is script.

use i18n::*;
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use types::conversation::{InboxFilter, InboxList, InboxSort, Priority};
use ui::{ActingSelect, Icon, checks, icons, shows};

use crate::{context::use_inbox, query, words};

/// Search and filters of the list.
#[component]
pub fn Filters() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = inbox.filter;
    let navigate = use_navigate();
    let go = Callback::new(move |change: InboxFilter| {
        let address = query::href(&InboxFilter { page: None, ..change }, inbox.open.get_untracked());
        navigate(&address, NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() });
    });
    let search = move |event: ev::Event| {
        let words = event_target_value(&event);
        go.run(InboxFilter { q: (!words.trim().is_empty()).then_some(words), ..filter.get_untracked() });
    };
    let clear = move || {
        let kept = InboxFilter { list: filter.get().list, ..InboxFilter::default() };
        query::href(&kept, inbox.open.get())
    };
    let narrowed = Signal::derive(move || filter.with(query::is_narrowed));
    view! {
        <form
            class="inbox-filters"
            method="get"
            action="/app/inbox"
            role="search"
            on:submit=move |event| event.prevent_default()
        >
            <input type="hidden" name="list" value=move || filter.get().list.unwrap_or(InboxList::All).as_str() />
            <div class="flex items-center gap-1.5">
                <label class="input input-sm min-w-0 flex-1">
                    <Icon glyph=icons::SEARCH class="size-4 opacity-60" />
                    <input
                        type="search"
                        name="q"
                        maxlength="200"
                        value=filter.get_untracked().q.unwrap_or_default()
                        use:shows=Signal::derive(move || filter.get().q.unwrap_or_default())
                        placeholder=tu_string!(i18n, inbox.search_hint)
                        aria-label=tu_string!(i18n, inbox.search)
                        on:change=search
                    />
                </label>
                <button class="btn btn-sm btn-square without-script" aria-label=tu_string!(i18n, inbox.filter_apply)>
                    <Icon glyph=icons::SEARCH />
                </button>
            </div>
            <details class="inbox-filter-fields" open=narrowed.get_untracked()>
                <summary class="btn btn-ghost btn-xs">
                    <Icon glyph=icons::FILTER class="size-3.5" />
                    {tu_string!(i18n, inbox.filters)}
                    <Show when=move || narrowed.get()>
                        <span class="size-1.5 rounded-full bg-primary" aria-hidden="true"></span>
                    </Show>
                </summary>
                <Transition>
                    <div class="grid grid-cols-2 gap-2 pt-2">
                        <ChannelFilter go />
                        <PriorityFilter go />
                        <AssigneeFilter go />
                        <TagFilter go />
                        <SortFilter go />
                        <label class="flex items-center gap-2 self-end py-1">
                            <input
                                type="checkbox"
                                class="checkbox checkbox-sm"
                                name="unread"
                                value="true"
                                checked=filter.get_untracked().unread == Some(true)
                                use:checks=Signal::derive(move || filter.get().unread == Some(true))
                                on:change=move |event| {
                                    let unread = event_target_checked(&event).then_some(true);
                                    go.run(InboxFilter { unread, ..filter.get_untracked() });
                                }
                            />
                            {tu_string!(i18n, inbox.filter_unread)}
                        </label>
                        <button class="btn btn-sm without-script">{tu_string!(i18n, inbox.filter_apply)}</button>
                        <Show when=move || narrowed.get()>
                            <a href=clear class="btn btn-ghost btn-sm">{tu_string!(i18n, inbox.filter_clear)}</a>
                        </Show>
                    </div>
                </Transition>
            </details>
        </form>
    }
}

/// A choice of the filter: its label, its name in the address, and value and text of each option after "any".
fn choice(
    label: &'static str,
    name: &'static str,
    any: Option<&'static str>,
    options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    chosen: Signal<Option<String>>,
    on_choice: impl Fn(Option<String>) + Send + Sync + 'static,
) -> impl IntoView {
    // Compared, so that the same ones loaded again leave an open list as it is.
    let options = Memo::new(move |_| options());
    let option = move |(value, text): (String, String)| {
        let own = value.clone();
        let is_chosen = Signal::derive(move || chosen.get().as_ref() == Some(&own));
        view! { <option value=value selected=is_chosen prop:selected=is_chosen>{text}</option> }
    };
    view! {
        <label class="flex min-w-0 flex-col gap-0.5">
            <span class="text-xs text-muted">{label}</span>
            <ActingSelect
                class="select select-sm w-full"
                name=name
                on_choice=move |event: ev::Event| {
                    let value = event_target_value(&event);
                    on_choice((!value.is_empty()).then_some(value));
                }
            >
                {any.map(|any| view! { <option value="">{any}</option> })}
                {move || options.get().into_iter().map(option).collect_view()}
            </ActingSelect>
        </label>
    }
}

#[component]
fn ChannelFilter(go: Callback<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = inbox.filter;
    let chosen = Signal::derive(move || filter.get().channel.map(|id| id.to_string()));
    let options = move || {
        let channels = inbox.choices.get().and_then(Result::ok).map(|choices| choices.channels).unwrap_or_default();
        channels.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
    };
    choice(
        tu_string!(i18n, inbox.filter_channel),
        "channel",
        Some(tu_string!(i18n, inbox.filter_any)),
        options,
        chosen,
        move |value| {
            let channel = value.and_then(|value| value.parse().ok());
            go.run(InboxFilter { channel, ..filter.get_untracked() });
        },
    )
}

#[component]
fn PriorityFilter(go: Callback<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let filter = use_inbox().filter;
    let chosen = Signal::derive(move || filter.get().priority.map(|priority| priority.to_string()));
    let option = move |priority: &Priority| (priority.to_string(), words::priority(i18n, *priority).to_owned());
    choice(
        tu_string!(i18n, inbox.filter_priority),
        "priority",
        Some(tu_string!(i18n, inbox.filter_any)),
        move || Priority::ALL.iter().rev().map(option).collect(),
        chosen,
        move |value| {
            let priority = value.and_then(|value| value.parse().ok());
            go.run(InboxFilter { priority, ..filter.get_untracked() });
        },
    )
}

#[component]
fn AssigneeFilter(go: Callback<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = inbox.filter;
    let chosen = Signal::derive(move || filter.get().assignee.map(|id| id.to_string()));
    choice(
        tu_string!(i18n, inbox.filter_assignee),
        "assignee",
        Some(tu_string!(i18n, inbox.filter_any)),
        move || inbox.members().into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        chosen,
        move |value| {
            let assignee = value.and_then(|value| value.parse().ok());
            go.run(InboxFilter { assignee, ..filter.get_untracked() });
        },
    )
}

#[component]
fn TagFilter(go: Callback<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let filter = inbox.filter;
    let chosen = Signal::derive(move || filter.get().tag);
    choice(
        tu_string!(i18n, inbox.filter_tag),
        "tag",
        Some(tu_string!(i18n, inbox.filter_any)),
        move || inbox.tags().into_iter().map(|tag| (tag.clone(), tag)).collect(),
        chosen,
        move |tag| go.run(InboxFilter { tag, ..filter.get_untracked() }),
    )
}

#[component]
fn SortFilter(go: Callback<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let filter = use_inbox().filter;
    let chosen = Signal::derive(move || Some(filter.get().sort.unwrap_or(InboxSort::Newest).to_string()));
    choice(
        tu_string!(i18n, inbox.filter_sort),
        "sort",
        None,
        move || InboxSort::ALL.iter().map(|sort| (sort.to_string(), words::sort(i18n, *sort).to_owned())).collect(),
        chosen,
        move |value| {
            let sort = value.and_then(|value| value.parse().ok());
            go.run(InboxFilter { sort, ..filter.get_untracked() });
        },
    )
}
