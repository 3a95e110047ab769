//! What those see who operate the service for all organizations.

mod frame;
mod mail;
mod mails;
mod pages;
mod rpc;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The area's pages, below `/admin`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/admin/mail") view=pages::mails() ssr=SsrMode::Async />
        <Route path=path!("/admin/mail/:id") view=pages::mail() ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
