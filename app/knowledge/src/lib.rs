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
    Lazy,
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
            <Route path=path!("") view={Lazy::<pages::Sources>::new()} />
            <Route path=path!("answers") view={Lazy::<pages::Answers>::new()} />
            <Route path=path!("search") view={Lazy::<pages::Search>::new()} />
            <Route path=path!("new") view={Lazy::<pages::AddSource>::new()} />
            <Route path=path!("new/website") view={Lazy::<pages::AddWebsite>::new()} />
            <Route path=path!("new/file") view={Lazy::<pages::AddFile>::new()} />
            <Route path=path!("new/text") view={Lazy::<pages::AddText>::new()} />
            <Route path=path!(":id") view={Lazy::<pages::Source>::new()} />
            <Route path=path!(":id/documents/:document") view={Lazy::<pages::Document>::new()} />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
