//! `/app`: how things stand, and the way to a first answer for a new organization.

mod chart;
mod checklist;
mod figures;
mod page;
mod pages;
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
        path: "/app",
        icon: ui::icons::LAYOUT_DASHBOARD,
        label: |i18n| tu_string!(i18n, common.nav.overview).to_string(),
        keys: "g o",
        shows_unread: false,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! { <Route path=path!("") view=pages::overview() /> }.into_inner().into_any_nested_route()
}
