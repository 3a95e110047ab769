//! A client that repeats what was not answered, under the same id, until it is.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{Rng, rngs::StdRng};
use reqwest::{Method, header};
use serde_json::Value;

use crate::{ledger::Ledger, rule::Rule};

/// As long as an answer may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// What has no answer after this long is a promise that was broken.
const LIMIT: Duration = Duration::from_secs(120);

/// A request as it is sent again and again.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let request = Self { method: Method::POST, path: path.into(), headers: Vec::new(), body: Vec::new() };
        let request = request.header("content-type", "application/json");
        Self { body: body.to_string().into_bytes(), ..request }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The client's words when something was refused.
#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    pub text: String,
}

/// Somebody who asks the product.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    ledger: Arc<Ledger>,
    headers: Vec<(&'static str, String)>,
    /// How likely the first try of a request is given up too early.
    hasty: f64,
}

impl Client {
    /// `address`: where this client seems to come from, so that limits by address count it alone.
    pub fn new(base: &str, ledger: Arc<Ledger>, address: &str) -> anyhow::Result<Self> {
        // A connection for each request: one that a node is about to close would have to be tried twice.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
        let http = http.redirect(reqwest::redirect::Policy::none()).build()?;
        let headers = vec![("x-forwarded-for", address.to_owned()), (header::ORIGIN.as_str(), base.to_owned())];
        Ok(Self { http, base: base.into(), ledger, headers, hasty: 0.0 })
    }

    /// Sends this with every request from now on.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Gives some first tries up too early from now on, as somebody whose connection breaks.
    pub fn hasty(self) -> Self {
        Self { hasty: 0.06, ..self }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// Asks once: status, headers and body of a whole answer.
    pub async fn once(
        &self,
        request: &Request,
        patience: Duration,
    ) -> Option<(u16, reqwest::header::HeaderMap, Vec<u8>)> {
        let mut builder = self.http.request(request.method.clone(), format!("{}{}", self.base, request.path));
        for (name, value) in self.headers.iter().chain(&request.headers) {
            builder = builder.header(*name, value);
        }
        let answer = async {
            let response = builder.body(request.body.clone()).send().await.ok()?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Some((status, headers, response.bytes().await.ok()?.to_vec()))
        };
        let answer = tokio::time::timeout(patience, answer).await.ok().flatten();
        let status = answer.as_ref().map_or(0, |(status, ..)| *status);
        *self.ledger.open().statuses.entry(status).or_default() += 1;
        answer
    }

    /// Asks until there is an answer that is not "later", and gives its data.
    pub async fn ask(&self, rng: &mut StdRng, request: &Request) -> Result<Value, Refused> {
        let begun = Instant::now();
        let mut patience = match rng.random_bool(self.hasty) {
            true => Duration::from_millis(rng.random_range(1..40)),
            false => PATIENCE,
        };
        loop {
            if let Some((status, _, body)) = self.once(request, patience).await {
                match status {
                    200..=299 => {
                        self.looked();
                        return Ok(serde_json::from_slice::<Value>(&body).unwrap_or_default()["data"].take());
                    }
                    429 | 500..=599 => {}
                    _ => {
                        self.looked();
                        return Err(Refused { status, text: String::from_utf8_lossy(&body).into_owned() });
                    }
                }
            }
            if begun.elapsed() > LIMIT {
                let text = format!("{} {} had no answer in two minutes", request.method, request.path);
                self.ledger.broken(Rule::EverythingAnswered, text.clone());
                return Err(Refused { status: 0, text });
            }
            patience = PATIENCE;
            tokio::time::sleep(Duration::from_millis(rng.random_range(100..400))).await;
        }
    }

    /// Something was answered, and is not to be refused.
    fn looked(&self) {
        let mut ledger = self.ledger.open();
        ledger.findings.looked(Rule::EverythingAnswered, 1);
        ledger.findings.looked(Rule::RightNotRefused, 1);
    }
}
