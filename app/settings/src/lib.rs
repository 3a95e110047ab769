//! Channels and settings.

mod add_passkey;
mod api_keys;
mod appearance;
mod audit;
mod channel_form;
mod channel_page;
mod channels;
mod delete_organization;
mod form_acts;
mod invitations;
mod member_form;
mod members;
mod organization;
mod organizations;
mod pages;
mod passkeys;
mod permissions;
mod preview;
mod profile;
mod recovery_codes;
mod role_names;
mod roles;
mod rpc;
mod secret;
mod security;
mod sessions;
mod tabs;
mod teams;
mod webhooks;

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

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
    let channels = view! {
        <Route path=path!("/channels") view=pages::channels() />
        <Route path=path!("/channels/new") view=pages::new_channel() />
        <Route path=path!("/channels/:id") view=pages::channel() />
    };
    let settings = view! {
        <Route path=path!("/settings") view=pages::organization() />
        <Route path=path!("/settings/members") view=pages::members() />
        <Route path=path!("/settings/roles") view=pages::roles() />
        <Route path=path!("/settings/teams") view=pages::teams() />
        <Route path=path!("/settings/organizations") view=pages::organizations() />
        <Route path=path!("/settings/api-keys") view=pages::api_keys() />
        <Route path=path!("/settings/webhooks") view=pages::webhooks() />
        <Route path=path!("/settings/webhooks/new") view=pages::new_webhook() />
        <Route path=path!("/settings/webhooks/:id") view=pages::webhook() />
        <Route path=path!("/settings/audit") view=pages::audit() />
        <Route path=path!("/settings/profile") view=pages::profile() />
        <Route path=path!("/settings/appearance") view=pages::appearance() />
    };
    (channels.into_inner(), settings.into_inner()).into_any_nested_route()
}
