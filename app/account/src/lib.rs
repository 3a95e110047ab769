//! The public pages: what the product is, sign-up, sign-in, links that came by mail.

mod code;
mod example;
mod form_page;
mod invitation;
mod landing;
mod log_in;
mod no_organization;
mod pages;
mod passkey;
mod reset;
mod rpc;
mod sign_up;
mod suspended;
mod verify;

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};
pub use rpc::{LogIn, LogOut, SignUp};

/// The public pages.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=pages::front() />
        <Route path=path!("/login") view=pages::log_in() ssr=SsrMode::Async />
        <Route path=path!("/login/code") view=pages::code() ssr=SsrMode::Async />
        <Route path=path!("/login/organization") view=pages::no_organization() ssr=SsrMode::Async />
        <Route path=path!("/signup") view=pages::sign_up() ssr=SsrMode::Async />
        <Route path=path!("/reset") view=pages::request_reset() ssr=SsrMode::Async />
        <Route path=path!("/reset/:token") view=pages::reset() ssr=SsrMode::Async />
        <Route path=path!("/verify/:token") view=pages::verify() ssr=SsrMode::Async />
        <Route path=path!("/suspended") view=pages::suspended() ssr=SsrMode::Async />
        <Route path=path!("/invitation/:token") view=pages::invitation() ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
