//! See the area's own files.

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute};

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
    ().into_any_nested_route()
}
