use std::net::SocketAddr;

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{Switch, serve};

/// Pages of each site, the first one included.
pub const PAGES: usize = 5;

/// Web sites at `/<name>/`, each of some pages that link to each other.
pub(super) async fn start() -> anyhow::Result<SocketAddr> {
    let router = Router::new()
        .route("/{name}/", get(|Path(name): Path<String>| async move { Html(html(&name, 0)) }))
        .route("/{name}/{page}", get(page));
    serve(router, &Switch::default()).await
}

async fn page(Path((name, page)): Path<(String, String)>) -> Response {
    match page.strip_suffix(".html").and_then(|number| number.parse().ok()) {
        Some(number) if (1..PAGES).contains(&number) => Html(html(&name, number)).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn html(name: &str, number: usize) -> String {
    let links: String = (1..PAGES).map(|n| format!("<a href='/{name}/{n}.html'>{n}</a> ")).collect();
    let text: String = (0..12)
        .map(|n| format!("<p>Paragraph {n} of page {number} of {name} tells how the thing number {n} works.</p>"))
        .collect();
    format!(
        "<!doctype html><html lang=en><title>{name} {number}</title><nav>{links}</nav><main><h1>Page {number}</h1>{text}</main></html>"
    )
}
