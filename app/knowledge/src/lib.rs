//! Knowledge: sources, documents, curated answers, and a page to try a search.

mod add;
mod answers;
mod document;
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

use crate::{
    add::{AddFilePage, AddSourcePage, AddTextPage, AddWebsitePage},
    answers::AnswersPage,
    document::DocumentPage,
    search::SearchPage,
    source::SourcePage,
    sources::SourcesPage,
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
            <Route path=path!("") view=SourcesPage />
            <Route path=path!("answers") view=AnswersPage />
            <Route path=path!("search") view=SearchPage />
            <Route path=path!("new") view=AddSourcePage />
            <Route path=path!("new/website") view=AddWebsitePage />
            <Route path=path!("new/file") view=AddFilePage />
            <Route path=path!("new/text") view=AddTextPage />
            <Route path=path!(":id") view=SourcePage />
            <Route path=path!(":id/documents/:document") view=DocumentPage />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
