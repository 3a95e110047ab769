//! The inbox: lists of conversations, the open thread with its composer, and who is on the other side.

mod bulk;
mod canned;
mod context;
mod divider;
mod drafts;
mod filters;
mod list;
mod page;
mod pages;
mod panel;
mod query;
mod rail;
mod row;
mod rows;
mod rpc;
mod selection;
mod snooze_time;
mod source;
mod thread;
mod words;

use base::NavigationEntry;
pub use drafts::provide_drafts;
use i18n::*;
use leptos::prelude::*;
use leptos_router::{
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
        <Route path=path!("/inbox/canned") view=pages::canned() />
        <ParentRoute path=path!("/inbox") view=pages::inbox()>
            <Route path=path!("") view=pages::empty() />
            <Route path=path!(":id") view=pages::thread() />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
