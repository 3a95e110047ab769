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
    components::{Outlet, ParentRoute, Route},
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
        <ParentRoute path=path!("knowledge") view=Outlet>
            <Route path=path!("") view=pages::sources() />
            <Route path=path!("answers") view=pages::answers() />
            <Route path=path!("search") view=pages::search() />
            <Route path=path!("new") view=pages::add_source() />
            <Route path=path!("new/website") view=pages::add_website() />
            <Route path=path!("new/file") view=pages::add_file() />
            <Route path=path!("new/text") view=pages::add_text() />
            <Route path=path!(":id") view=pages::source() />
            <Route path=path!(":id/documents/:document") view=pages::document() />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
