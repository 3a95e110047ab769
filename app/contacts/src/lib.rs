//! Contacts: the list of customers, and what is known of each.
//!
//! The inbox shows the same fields beside a conversation: [`ContactFields`].

mod conversations;
mod create;
mod custom_fields;
mod delete;
mod detail;
mod draft;
mod field;
mod fields;
mod flags;
mod identities;
mod list;
mod name;
mod pages;
mod query;
pub mod rpc;
mod shown;
mod table;
mod tags;
mod timeline;

use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

pub use conversations::ConversationLinks;
pub use fields::{ContactFields, submit_on_change};
pub use flags::ContactBadges;
pub use name::display_name;
pub use query::address;
pub use shown::ShownContact;
pub use tags::TagInputs;

/// The area's place in the navigation.
pub fn navigation() -> NavigationEntry {
    NavigationEntry {
        path: "/app/contacts",
        icon: ui::icons::USERS,
        label: |i18n| tu_string!(i18n, common.nav.contacts).to_string(),
        keys: "g c",
        shows_unread: false,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/contacts") view=pages::list() />
        <Route path=path!("/contacts/:id") view=pages::detail() />
    }
    .into_inner()
    .into_any_nested_route()
}
