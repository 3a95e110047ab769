use std::{path::Path, sync::Arc};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The built site: what browsers load.
#[derive(Clone)]
pub(super) struct Files {
    folder: ServeDir,
    widget_version: Arc<str>,
}

impl Files {
    pub(super) fn new(root: &Path) -> Self {
        let folder = ServeDir::new(root).precompressed_br().precompressed_gzip();
        Self { folder: folder.append_index_html_on_directories(false), widget_version: widget_version(root).into() }
    }

    /// What the addresses of the widget's script and style carry: it changes when they do.
    pub(super) fn widget_version(&self) -> &str {
        &self.widget_version
    }

    /// The file at the request's address, if there is one. Does not keep the request, whose body is the next one's.
    pub(super) fn find(&self, request: &Request) -> impl Future<Output = Option<Response>> + Send + use<> {
        let mut asked = Request::new(Body::empty());
        *asked.method_mut() = request.method().clone();
        *asked.uri_mut() = request.uri().clone();
        *asked.headers_mut() = request.headers().clone();
        let versioned = request.uri().query().and_then(|query| query.strip_prefix("v="));
        let is_fixed = !self.widget_version.is_empty() && versioned == Some(&*self.widget_version);
        Self::answer(self.folder.clone(), asked, is_fixed)
    }

    async fn answer(files: ServeDir, asked: Request, is_fixed: bool) -> Option<Response> {
        let path = asked.uri().path().to_owned();
        let is_read = matches!(*asked.method(), Method::GET | Method::HEAD);
        // No name of ours has an escape; one may stand for a point.
        if !is_read || path.ends_with('/') || path.contains('%') || path.split('/').any(|part| part.starts_with('.')) {
            return None;
        }
        let Ok(response) = files.oneshot(asked).await;
        let mut response = response.into_response();
        if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            return None;
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep(&path, is_fixed)));
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if path.ends_with(".js") || path.starts_with("/fonts/") || path.starts_with("/widget/") {
            // Sites of customers load them from their own origins.
            headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        }
        Some(response)
    }
}

/// A digest of the widget's script and style; empty when they are not there.
fn widget_version(root: &Path) -> String {
    let folder = root.join("widget/assets");
    let contents = ["app.js", "app.css"].map(|name| std::fs::read(folder.join(name)));
    match contents {
        [Ok(script), Ok(style)] => hex::encode(&Sha256::digest([script, style].concat())[..8]),
        _ => String::new(),
    }
}

/// How long browsers keep a file. What is below `pkg` is named after its content; the widget's parts are asked for with
/// their version, and only that of this program is fixed: another node's may differ while they are being replaced.
fn keep(path: &str, is_fixed: bool) -> &'static str {
    match path {
        _ if path.starts_with("/pkg/") || (is_fixed && path.starts_with("/widget/assets/")) => {
            "public, max-age=31536000, immutable"
        }
        _ if path.starts_with("/fonts/") => "public, max-age=2592000",
        // Sites include it under a name that never changes.
        "/widget.js" => "public, max-age=600, stale-while-revalidate=86400",
        _ => "public, max-age=3600",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(files: &Files, path: &str, encoding: &str) -> Option<Response> {
        let request = Request::get(path).header("accept-encoding", encoding).body(Body::empty()).unwrap();
        files.find(&request).await
    }

    #[tokio::test]
    async fn files_come_compressed_and_with_the_right_time_to_live() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        std::fs::write(folder.path().join("pkg/biseda.0a1b.js"), "plain").unwrap();
        std::fs::write(folder.path().join("pkg/biseda.0a1b.js.br"), "br").unwrap();
        std::fs::write(folder.path().join(".stamp"), "secret").unwrap();
        assert_eq!(Files::new(folder.path()).widget_version(), "");
        std::fs::create_dir_all(folder.path().join("widget/assets")).unwrap();
        std::fs::write(folder.path().join("widget/assets/app.js"), "one").unwrap();
        std::fs::write(folder.path().join("widget/assets/app.css"), "two").unwrap();
        let files = Files::new(folder.path());
        let version = files.widget_version();
        assert_eq!(version.len(), 16);
        for (query, lasts) in [(format!("?v={version}"), true), ("?v=older".into(), false), (String::new(), false)] {
            let response = get(&files, &format!("/widget/assets/app.js{query}"), "").await.unwrap();
            let cache = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
            assert_eq!(cache.contains("immutable"), lasts, "{query}");
        }
        std::fs::write(folder.path().join("widget/assets/app.css"), "three").unwrap();
        assert_ne!(Files::new(folder.path()).widget_version(), version);

        let response = get(&files, "/pkg/biseda.0a1b.js", "br").await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let response = get(&files, "/pkg/biseda.0a1b.js", "").await.unwrap();
        assert!(response.headers().get(header::CONTENT_ENCODING).is_none());

        for path in ["/.stamp", "/%2estamp", "/pkg/", "/pkg", "/nothing.js", "/../secret"] {
            assert!(get(&files, path, "br").await.is_none(), "{path}");
        }
    }

    #[test]
    fn paths_take_hostile_bytes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        std::fs::create_dir_all(root.join("pkg")).unwrap();
        std::fs::write(folder.path().join("key"), "secret").unwrap();
        std::fs::write(root.join(".stamp"), "secret").unwrap();
        std::fs::write(root.join("pkg/app.js"), "shown").unwrap();
        let files = Files::new(&root);
        let words =
            ["../", "..", "%2e%2e%2f", "%5c", "\\", "//", "/./", "%00", "key", ".stamp", "%2Estamp", "?v=", "#"];
        fuzz::few_text(300, &["/pkg/app.js", "/../key", "/pkg/../.stamp", "/pkg/..%2f..%2fkey"], &words, |path| {
            let Ok(request) = Request::get(path).body(Body::empty()) else { return };
            let Some(answer) = runtime.block_on(files.find(&request)) else { return };
            let content = runtime.block_on(axum::body::to_bytes(answer.into_body(), 1024)).unwrap();
            assert_ne!(content, "secret");
        });
    }
}
