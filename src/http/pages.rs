use std::{collections::HashSet, thread};

use app::{App, shell};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware,
};
use domain::Services;
use leptos::{
    config::{Env, LeptosOptions},
    prelude::use_context,
};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use tokio::runtime;
use tower_http::limit::RequestBodyLimitLayer;

use super::{files, finish, notices, security};
use crate::config::Config;

/// The most that a server function reads. Files go to the endpoints of `api`.
const BODY_BYTES: usize = 1 << 20;

/// The pages and server functions of the interface and, for every other address, files or the page that says that
/// nothing is there.
pub(super) fn routes(config: &Config, services: Services, files: files::Files) -> Router {
    let options = options(config);
    let with_notices = middleware::from_fn_with_state(services.clone(), notices::attach);
    let public_url: std::sync::Arc<str> = services.settings.public_url.as_str().into();
    let context = move || {
        base::server::provide_request(services.clone());
        if let Some(response) = use_context::<ResponseOptions>() {
            security::page(&response, &public_url);
        }
    };
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let not_found = leptos_axum::render_app_to_stream_with_context(context.clone(), document.clone());
    Router::new()
        .leptos_routes_with_context(&options, route_list(), context, document)
        .fallback(move |request: Request| {
            let (files, not_found) = (files.clone(), not_found.clone());
            async move {
                match files.find(&request).await {
                    Some(response) => response,
                    None => not_found(request).await,
                }
            }
        })
        .with_state(options)
        .layer(middleware::from_fn(api::retry_deadlocks))
        .layer(middleware::from_fn(finish::pages))
        .layer(with_notices)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_BYTES))
}

/// Every address of the interface once: an area whose pages share a frame at the area's own address lists that twice.
fn route_list() -> Vec<AxumRouteListing> {
    let mut seen = HashSet::new();
    // In a runtime that runs nothing: what the application begins meanwhile would look for what is gone when it is run.
    let idle = || runtime::Builder::new_current_thread().build();
    let list = move || idle().map(|idle| idle.block_on(async { generate_route_list(App) }));
    let listed = thread::spawn(list).join().ok().and_then(Result::ok).unwrap_or_else(|| generate_route_list(App));
    listed.into_iter().filter(|route| seen.insert(route.path().to_owned())).collect()
}

fn options(config: &Config) -> LeptosOptions {
    let build = std::fs::read_to_string(config.site_root.join("build.txt")).unwrap_or_else(|_| {
        tracing::warn!("{} holds no built site; pages come without style and script", config.site_root.display());
        "pkg".to_owned()
    });
    LeptosOptions::builder()
        .output_name("biseda")
        .site_root(config.site_root.to_string_lossy().into_owned())
        .site_pkg_dir(build)
        .env(Env::PROD)
        .site_addr(config.listen)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_address_is_there_once() {
        let routes = route_list();
        let paths: HashSet<_> = routes.iter().map(AxumRouteListing::path).collect();
        assert_eq!(paths.len(), routes.len());
        for path in ["/", "/login", "/app", "/app/inbox", "/app/settings/profile"] {
            assert!(paths.contains(path), "{path} of {paths:?}");
        }
    }
}
