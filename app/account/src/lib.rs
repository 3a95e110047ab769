//! The public pages: what the product is, sign-up, sign-in.

mod example;
mod form_page;
mod landing;
mod log_in;
mod rpc;
mod sign_up;

use landing::Landing;
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};
use log_in::LogInPage;
pub use rpc::{LogIn, LogOut, SignUp};
use sign_up::SignUpPage;

/// The public pages.
#[component(transparent)]
pub fn Routes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=Landing />
        <Route path=path!("/login") view=LogInPage ssr=SsrMode::Async />
        <Route path=path!("/signup") view=SignUpPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
