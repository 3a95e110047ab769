//! What those see who operate the service for all organizations.

mod announcements;
mod flags;
mod frame;
mod jobs;
mod log;
mod mail;
mod mails;
mod organization;
mod organizations;
mod overview;
mod pages;
mod rpc;
mod second_factor;
mod sources;
mod system;
mod trend;
mod user;
mod users;
mod webhooks;
mod words;

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
        <Route path=path!("/admin") view=pages::overview() ssr=SsrMode::Async />
        <Route path=path!("/admin/organizations") view=pages::organizations() ssr=SsrMode::Async />
        <Route path=path!("/admin/organizations/:id") view=pages::organization() ssr=SsrMode::Async />
        <Route path=path!("/admin/users") view=pages::users() ssr=SsrMode::Async />
        <Route path=path!("/admin/users/:id") view=pages::user() ssr=SsrMode::Async />
        <Route path=path!("/admin/jobs") view=pages::jobs() ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks") view=pages::webhooks() ssr=SsrMode::Async />
        <Route path=path!("/admin/sources") view=pages::sources() ssr=SsrMode::Async />
        <Route path=path!("/admin/system") view=pages::system() ssr=SsrMode::Async />
        <Route path=path!("/admin/announcements") view=pages::announcements() ssr=SsrMode::Async />
        <Route path=path!("/admin/flags") view=pages::flags() ssr=SsrMode::Async />
        <Route path=path!("/admin/audit") view=pages::log() ssr=SsrMode::Async />
        <Route path=path!("/admin/second-factor") view=pages::second_factor() ssr=SsrMode::Async />
        <Route path=path!("/admin/mail") view=pages::mails() ssr=SsrMode::Async />
        <Route path=path!("/admin/mail/:id") view=pages::mail() ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
