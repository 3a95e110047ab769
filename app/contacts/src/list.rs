//! The list of contacts.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};
use types::{
    contact::{ContactFilter, ContactSort, ContactSummary},
    page::Page as Rows,
};
use ui::{Avatar, ButtonLink, ButtonStyle, Column, Dialog, EmptyState, Icon, Pagination, RelativeTime, Table, icons};

use crate::{ContactBadges, create::CreateForm, display_name, query, rpc};

/// The page `/app/contacts`: search, tag, order and page stand in the address.
#[component]
pub fn ContactsPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| map.with(query::read));
    let list = Resource::new(move || filter.get(), rpc::list_contacts);
    let tags = Resource::new(|| (), |()| rpc::contact_tags());
    let creating = RwSignal::new(false);
    // Without script the link shows the form above the list.
    let is_shown_plain = move || map.with(|map| map.get_str("new").is_some());
    view! {
        <Page
            title=tu_string!(i18n, contacts.title)
            subtitle=tu_string!(i18n, contacts.intro)
            width="max-w-6xl"
            actions=move || {
                view! {
                    <a
                        class="btn btn-primary btn-sm"
                        href="/app/contacts?new=1"
                        on:click=move |event: ev::MouseEvent| {
                            event.prevent_default();
                            creating.set(true);
                        }
                    >
                        <Icon glyph=icons::PLUS />
                        {tu_string!(i18n, contacts.new)}
                    </a>
                }
            }
        >
            <Show when=is_shown_plain>
                <Panel title=tu_string!(i18n, contacts.new) class="mb-4">
                    <div class="p-4"><CreateForm /></div>
                </Panel>
            </Show>
            <Dialog
                open=creating
                title=tu_string!(i18n, contacts.new)
                close_label=tu_string!(i18n, common.action.close)
            >
                <CreateForm />
            </Dialog>
            <Filters filter tags />
            <Loaded resource=list children=move |page| view! { <ContactTable page filter=filter.get_untracked() /> } />
        </Page>
    }
}

/// Search, tag and order: a plain form, which acts at once where there is script.
#[component]
fn Filters(filter: Memo<ContactFilter>, tags: Resource<Result<Vec<String>, base::AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let go = Callback::new(move |change: ContactFilter| {
        let change = ContactFilter { page: None, ..change };
        navigate(&query::href(&change), NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() });
    });
    let text = move |value: String| (!value.trim().is_empty()).then_some(value);
    let search = move |event: ev::Event| {
        go.run(ContactFilter { q: text(event_target_value(&event)), ..filter.get_untracked() });
    };
    view! {
        <form
            class="mb-4 flex flex-wrap items-center gap-2"
            method="get"
            action="/app/contacts"
            role="search"
            on:submit=move |event| event.prevent_default()
        >
            <label class="input input-sm min-w-0 flex-1 basis-56">
                <Icon glyph=icons::SEARCH class="size-4 opacity-60" />
                <input
                    type="search"
                    name="q"
                    maxlength="200"
                    value=filter.get_untracked().q.unwrap_or_default()
                    prop:value=move || filter.get().q.unwrap_or_default()
                    placeholder=tu_string!(i18n, contacts.search_hint)
                    aria-label=tu_string!(i18n, contacts.search)
                    on:change=search
                />
            </label>
            <select
                class="select select-sm w-auto"
                name="tag"
                aria-label=tu_string!(i18n, contacts.tag)
                on:change=move |event| {
                    go.run(ContactFilter { tag: text(event_target_value(&event)), ..filter.get_untracked() });
                }
            >
                <option value="">{tu_string!(i18n, contacts.any_tag)}</option>
                <Transition>
                    {move || {
                        let chosen = filter.get().tag;
                        let mut known = tags.get().and_then(Result::ok).unwrap_or_default();
                        if let Some(tag) = chosen.clone().filter(|tag| !known.contains(tag)) {
                            known.push(tag);
                        }
                        known
                            .into_iter()
                            .map(|tag| {
                                let selected = chosen.as_ref() == Some(&tag);
                                view! { <option value=tag.clone() selected=selected>{tag.clone()}</option> }
                            })
                            .collect_view()
                    }}
                </Transition>
            </select>
            <select
                class="select select-sm w-auto"
                name="sort"
                aria-label=tu_string!(i18n, contacts.sort)
                on:change=move |event| {
                    go.run(ContactFilter { sort: event_target_value(&event).parse().ok(), ..filter.get_untracked() });
                }
            >
                {[
                    (ContactSort::Recent, tu_string!(i18n, contacts.sort_recent)),
                    (ContactSort::Oldest, tu_string!(i18n, contacts.sort_oldest)),
                    (ContactSort::Name, tu_string!(i18n, contacts.sort_name)),
                    (ContactSort::NameDescending, tu_string!(i18n, contacts.sort_name_descending)),
                ]
                    .into_iter()
                    .map(|(sort, label)| {
                        let chosen = move || filter.get().sort.unwrap_or(ContactSort::Recent) == sort;
                        view! { <option value=sort.as_str() selected=chosen>{label}</option> }
                    })
                    .collect_view()}
            </select>
            <button class="btn btn-sm without-script">{tu_string!(i18n, contacts.apply)}</button>
            <Show when=move || filter.with(query::is_narrowed)>
                <ButtonLink href="/app/contacts" style=ButtonStyle::Ghost>{tu_string!(i18n, contacts.clear)}</ButtonLink>
            </Show>
        </form>
    }
}

#[component]
fn ContactTable(page: Rows<ContactSummary>, filter: ContactFilter) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return if query::is_narrowed(&filter) {
            view! {
                <EmptyState
                    icon=icons::SEARCH
                    title=tu_string!(i18n, contacts.empty_filtered_title)
                    text=tu_string!(i18n, contacts.empty_filtered_body)
                >
                    <ButtonLink href="/app/contacts">{tu_string!(i18n, contacts.clear)}</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState
                    icon=icons::USERS
                    title=tu_string!(i18n, contacts.empty_title)
                    text=tu_string!(i18n, contacts.empty_body)
                >
                    <ButtonLink href="/app/channels">{tu_string!(i18n, contacts.empty_action)}</ButtonLink>
                </EmptyState>
            }
            .into_any()
        };
    }
    let (number, pages) = (page.page, page.pages());
    let columns = vec![
        Column::new(tu_string!(i18n, contacts.name)),
        Column::classed(tu_string!(i18n, contacts.company), "hidden lg:table-cell"),
        Column::classed(tu_string!(i18n, contacts.tags), "hidden md:table-cell"),
        Column::classed(tu_string!(i18n, contacts.last_contact), "text-end max-sm:hidden"),
    ];
    let rows = page.items.into_iter().map(|contact| view! { <ContactRow contact /> }).collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, contacts.title) columns>{rows}</Table>
        </Panel>
        <Pagination
            page=number
            pages
            href=Callback::new(move |page| query::href(&ContactFilter { page: Some(page), ..filter.clone() }))
            label=tu_string!(i18n, common.pages.label)
            previous_label=tu_string!(i18n, common.pages.previous)
            next_label=tu_string!(i18n, common.pages.next)
            position=tu_string!(i18n, common.pages.of, page = number, pages = pages).to_string()
        />
    }
    .into_any()
}

#[component]
fn ContactRow(contact: ContactSummary) -> impl IntoView {
    let i18n = use_i18n();
    let name = display_name(i18n, &contact.name, contact.email.as_deref(), contact.id);
    let below = contact.email.clone().filter(|email| *email != name).or_else(|| contact.phone.clone());
    let last = contact.last_contact_at;
    view! {
        <tr class="relative hover:bg-base-200">
            <td>
                <div class="flex min-w-0 items-center gap-3">
                    <Avatar name=name.clone() seed=contact.id.to_string() />
                    <div class="min-w-0">
                        <div class="flex flex-wrap items-center gap-x-2">
                            // The link covers the whole row.
                            <A href=format!("/app/contacts/{}", contact.id) attr:class="row-link font-medium break-words">
                                {name.clone()}
                            </A>
                            <ContactBadges contact=contact.clone() />
                        </div>
                        <div class="truncate text-sm text-muted">{below}</div>
                        {last.map(|at| view! { <RelativeTime at class="text-xs text-muted sm:hidden" /> })}
                    </div>
                </div>
            </td>
            <td class="hidden lg:table-cell">{contact.company.clone()}</td>
            <td class="hidden md:table-cell">
                <div class="flex flex-wrap gap-1">
                    {contact.tags.iter().map(|tag| view! { <span class="chip">{tag.clone()}</span> }).collect_view()}
                </div>
            </td>
            <td class="text-end text-muted tabular-nums whitespace-nowrap max-sm:hidden">
                {match last {
                    Some(at) => view! { <RelativeTime at /> }.into_any(),
                    None => tu_string!(i18n, contacts.never).into_any(),
                }}
            </td>
        </tr>
    }
}
