//! The public pages: what the product is, sign-up, sign-in.

mod example;
mod form_page;
mod landing;
mod log_in;
mod pages;
mod rpc;
mod sign_up;

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
        <Route path=path!("/signup") view=pages::sign_up() ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
