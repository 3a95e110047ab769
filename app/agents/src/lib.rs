//! AI agents: their settings and a playground that answers as the widget would.

mod editor;
mod fields;
#[cfg(feature = "ssr")]
mod form;
mod list;
mod pages;
mod playground;
mod rpc;

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The area's place in the navigation.
pub fn navigation() -> NavigationEntry {
    NavigationEntry {
        path: "/app/agents",
        icon: ui::icons::BOT,
        label: |i18n| tu_string!(i18n, common.nav.agents).to_string(),
        keys: "g a",
        shows_unread: false,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/agents") view=pages::list() />
        <Route path=path!("/agents/new") view=pages::new() />
        <Route path=path!("/agents/:id") view=pages::edit() />
        <Route path=path!("/agents/:id/playground") view=pages::playground() />
    }
    .into_inner()
    .into_any_nested_route()
}
