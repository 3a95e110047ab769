//! See the area's own files.

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute};

/// The area's places in the navigation: channels and settings.
pub fn navigation() -> [NavigationEntry; 2] {
    let channels = NavigationEntry {
        path: "/app/channels",
        icon: ui::icons::RADIO,
        label: |i18n| tu_string!(i18n, common.nav.channels).to_string(),
        keys: "g h",
        shows_unread: false,
    };
    let settings = NavigationEntry {
        path: "/app/settings",
        icon: ui::icons::SETTINGS,
        label: |i18n| tu_string!(i18n, common.nav.settings).to_string(),
        keys: "g s",
        shows_unread: false,
    };
    [channels, settings]
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    ().into_any_nested_route()
}
