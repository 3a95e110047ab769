//! A web site on loopback whose pages a test changes while it is read.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header},
};

/// What a path answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// HTML with an `ETag` made of its length and beginning.
    Page(String),
    Bytes(&'static str, Vec<u8>),
    Redirect(String),
    Status(u16),
    /// Never ends.
    Endless,
    /// Answers after so long.
    Slow(Duration, String),
}

#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Answer>>>,
    hits: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Site {
    /// An empty site: every path answers 404.
    pub async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self { address: listener.local_addr().unwrap(), pages: Arc::default(), hits: Arc::default() };
        let app = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        site
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn set(&self, path: &str, answer: Answer) {
        self.pages.lock().unwrap().insert(path.into(), answer);
    }

    /// A page with a title, a text and links.
    pub fn page(&self, path: &str, title: &str, text: &str, links: &[&str]) {
        let links: String = links.iter().map(|link| format!("<a href='{link}'>more</a> ")).collect();
        let html = format!(
            "<!doctype html><html lang=en><title>{title}</title><body><nav>{links}</nav><main><h1>{title}</h1><p>{text}</p></main></html>"
        );
        self.set(path, Answer::Page(html));
    }

    pub fn remove(&self, path: &str) {
        self.pages.lock().unwrap().remove(path);
    }

    /// Paths that were asked for since the last call, with the status of the answer, sorted; without robots.txt and
    /// sitemaps.
    pub fn take_hits(&self) -> Vec<(String, u16)> {
        let mut hits = std::mem::take(&mut *self.hits.lock().unwrap());
        hits.retain(|(path, _)| path != "/robots.txt" && !path.contains("sitemap"));
        hits.sort();
        hits
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response<Body> {
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let found = site.pages.lock().unwrap().get(&path).cloned();
    let html = |text: String| Response::builder().header(header::CONTENT_TYPE, "text/html").body(Body::from(text));
    let response = match found {
        None => Response::builder().status(404).body(Body::from("not here")),
        Some(Answer::Page(text)) => {
            let tag = format!("\"{:x}\"", text.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte)));
            let same = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| *value == tag.as_str());
            if same {
                Response::builder().status(304).body(Body::empty())
            } else {
                Response::builder()
                    .header(header::CONTENT_TYPE, "text/html")
                    .header(header::ETAG, tag)
                    .body(Body::from(text))
            }
        }
        Some(Answer::Bytes(media_type, bytes)) => {
            Response::builder().header(header::CONTENT_TYPE, media_type).body(Body::from(bytes))
        }
        Some(Answer::Redirect(to)) => Response::builder().status(302).header(header::LOCATION, to).body(Body::empty()),
        Some(Answer::Status(status)) => {
            Response::builder().status(StatusCode::from_u16(status).unwrap()).body(Body::empty())
        }
        Some(Answer::Endless) => {
            let pieces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>("<p>and so on ".repeat(8_000)));
            Response::builder().header(header::CONTENT_TYPE, "text/html").body(Body::from_stream(pieces))
        }
        Some(Answer::Slow(wait, text)) => {
            tokio::time::sleep(wait).await;
            html(text)
        }
    }
    .unwrap();
    site.hits.lock().unwrap().push((path, response.status().as_u16()));
    response
}
