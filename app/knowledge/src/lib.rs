//! Knowledge: sources, documents, curated answers, and a page to try a search.

mod add;
mod answers;
mod document;
mod pages;
mod rpc;
mod search;
mod source;
mod sources;
mod status;
mod tabs;

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
        path: "/app/knowledge",
        icon: ui::icons::BOOK_OPEN,
        label: |i18n| tu_string!(i18n, common.nav.knowledge).to_string(),
        keys: "g k",
        shows_unread: false,
    }
}

/// The area's pages, below `/app`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/knowledge") view=pages::sources() />
        <Route path=path!("/knowledge/answers") view=pages::answers() />
        <Route path=path!("/knowledge/search") view=pages::search() />
        <Route path=path!("/knowledge/new") view=pages::add_source() />
        <Route path=path!("/knowledge/new/website") view=pages::add_website() />
        <Route path=path!("/knowledge/new/file") view=pages::add_file() />
        <Route path=path!("/knowledge/new/text") view=pages::add_text() />
        <Route path=path!("/knowledge/:id") view=pages::source() />
        <Route path=path!("/knowledge/:id/documents/:document") view=pages::document() />
    }
    .into_inner()
    .into_any_nested_route()
}
