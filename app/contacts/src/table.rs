//! Contacts as rows.

use base::Panel;
use i18n::*;
use leptos::prelude::*;
use leptos_router::components::A;
use types::{
    contact::{ContactFilter, ContactSummary},
    page::Page,
};
use ui::{Avatar, ButtonLink, Column, EmptyState, Pagination, RelativeTime, Table, icons};

use crate::{ContactBadges, display_name, query};

/// A page of contacts, or what to do when there are none.
#[component]
pub fn ContactTable(page: Page<ContactSummary>, filter: ContactFilter) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() && page.page == 1 {
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
