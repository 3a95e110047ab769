//! `/admin/users`: search, state and page stand in the address.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    page::Page as Rows,
    platform::{UserFilter, UserRow, UserState},
};
use ui::{Badge, Button, Column, EmptyState, RelativeTime, Select, Table, TextField, Tone, icons};

use crate::{
    rpc::load_users,
    words::{Pages, number, text},
};

/// The list of all people.
#[component]
pub fn UsersPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| {
        map.with(|map| UserFilter {
            q: text(map, "q"),
            state: text(map, "state").parse().ok(),
            page: text(map, "page").parse().ok(),
        })
    });
    let list = Resource::new(move || filter.get(), load_users);
    let any = (String::new(), tu_string!(i18n, admin.users.all).to_owned());
    let states = UserState::ALL.iter().map(|state| (state.to_string(), state_name(i18n, *state).to_owned()));
    let states: Vec<_> = std::iter::once(any).chain(states).collect();
    view! {
        <Page title=tu_string!(i18n, admin.frame.users) width="max-w-6xl">
            <form method="get" action="/admin/users" role="search" class="mb-4 flex flex-wrap items-end gap-3">
                <TextField
                    name="q"
                    kind="search"
                    label=tu_string!(i18n, admin.search)
                    hint=tu_string!(i18n, admin.users.search_hint)
                    value=Signal::derive(move || filter.get().q)
                    maxlength=200
                />
                <Select
                    name="state"
                    label=tu_string!(i18n, admin.users.state)
                    options=Signal::stored(states)
                    value=Signal::derive(move || filter.get().state.map(|state| state.to_string()).unwrap_or_default())
                />
                <Button kind="submit" icon=icons::SEARCH>{tu_string!(i18n, admin.show)}</Button>
            </form>
            <Loaded resource=list children=move |page| view! { <Users page /> } />
        </Page>
    }
}

#[component]
fn Users(page: Rows<UserRow>) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::USERS
                    title=tu_string!(i18n, admin.users.empty)
                    text=tu_string!(i18n, admin.nothing_matches)
                />
            </Panel>
        }
        .into_any();
    }
    let (at, pages) = (page.page, page.pages());
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organizations.name)),
        Column::new(tu_string!(i18n, admin.users.state)),
        Column::number(tu_string!(i18n, admin.figures.organizations)),
        Column::number(tu_string!(i18n, admin.users.sessions)),
        Column::new(tu_string!(i18n, admin.users.last_login)),
    ];
    let rows = page
        .items
        .into_iter()
        .map(|user| {
            let badges = badges(i18n, &user);
            view! {
                <tr>
                    <td class="font-medium">
                        <a href=format!("/admin/users/{}", user.id) class="link">{user.name}</a>
                        <span class="block text-xs text-muted break-all">{user.email}</span>
                    </td>
                    <td>{badges}</td>
                    <td class="text-end tabular-nums">{number(i18n, user.organizations)}</td>
                    <td class="text-end tabular-nums">{number(i18n, user.sessions)}</td>
                    <td class="whitespace-nowrap">{user.last_login_at.map(|at| view! { <RelativeTime at /> })}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, admin.frame.users) columns>
                {rows}
            </Table>
        </Panel>
        <Pages path="/admin/users" page=at pages />
    }
    .into_any()
}

/// What stands out about a user.
pub fn badges(i18n: I18n, user: &UserRow) -> impl IntoView + use<> {
    let badge = |is: bool, tone: Tone, text: &'static str| is.then(|| view! { <Badge tone>{text}</Badge> });
    view! {
        <span class="flex flex-wrap gap-1">
            {badge(!user.is_active, Tone::Danger, tu_string!(i18n, admin.users.locked))}
            {badge(user.is_platform_admin, Tone::Info, tu_string!(i18n, admin.users.platform_admin))}
            {badge(user.has_second_factor, Tone::Success, tu_string!(i18n, admin.users.second_factor))}
            {badge(!user.email_is_verified, Tone::Neutral, tu_string!(i18n, admin.users.unverified))}
        </span>
    }
}

fn state_name(i18n: I18n, state: UserState) -> &'static str {
    match state {
        UserState::Active => tu_string!(i18n, admin.users.active),
        UserState::Locked => tu_string!(i18n, admin.users.locked),
        UserState::PlatformAdmin => tu_string!(i18n, admin.users.platform_admin),
    }
}
