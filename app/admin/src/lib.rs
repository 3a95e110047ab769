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
    components::{ParentRoute, Route},
    path,
};

/// The area's pages, below `/admin`.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    let second_factor =
        view! { <Route path=path!("/admin/second-factor") view=pages::second_factor() ssr=SsrMode::Async /> };
    let area = view! {
        <ParentRoute path=path!("/admin") view=pages::frame() ssr=SsrMode::Async>
            <Route path=path!("") view=pages::overview() />
            <Route path=path!("organizations") view=pages::organizations() />
            <Route path=path!("organizations/:id") view=pages::organization() />
            <Route path=path!("users") view=pages::users() />
            <Route path=path!("users/:id") view=pages::user() />
            <Route path=path!("jobs") view=pages::jobs() />
            <Route path=path!("webhooks") view=pages::webhooks() />
            <Route path=path!("sources") view=pages::sources() />
            <Route path=path!("system") view=pages::system() />
            <Route path=path!("announcements") view=pages::announcements() />
            <Route path=path!("flags") view=pages::flags() />
            <Route path=path!("audit") view=pages::log() />
            <Route path=path!("mail") view=pages::mails() />
            <Route path=path!("mail/:id") view=pages::mail() />
        </ParentRoute>
    };
    (second_factor.into_inner(), area.into_inner()).into_any_nested_route()
}
