//! See the area's own files.

use base::NavigationEntry;
use i18n::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute};

/// The area's place in the navigation.
pub fn navigation() -> NavigationEntry {
    NavigationEntry {
        path: "/app/contacts",
        icon: ui::icons::USERS,
        label: |i18n| tu_string!(i18n, common.nav.contacts).to_string(),
        key: 'c',
        shows_unread: false,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> impl MatchNestedRoutes + Clone {
    ().into_any_nested_route()
}
