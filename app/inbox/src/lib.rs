//! The inbox: lists of conversations, the open thread with its composer, and who is on the other side.

mod canned;
mod context;
mod filters;
mod list;
mod page;
mod pages;
mod panel;
mod query;
mod rail;
mod row;
mod rpc;
mod snooze_time;
mod source;
mod thread;
mod words;

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::{
    Lazy,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{ParentRoute, Route},
    path,
};

/// The area's place in the navigation.
pub fn navigation() -> NavigationEntry {
    NavigationEntry {
        path: "/app/inbox",
        icon: ui::icons::INBOX,
        label: |i18n| tu_string!(i18n, common.nav.inbox).to_string(),
        keys: "g i",
        shows_unread: true,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/inbox/canned") view={Lazy::<pages::Canned>::new()} />
        <ParentRoute path=path!("/inbox") view={Lazy::<pages::Inbox>::new()}>
            <Route path=path!("") view={Lazy::<pages::Empty>::new()} />
            <Route path=path!(":id") view={Lazy::<pages::Thread>::new()} />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
