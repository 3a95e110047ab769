use std::{net::IpAddr, sync::Arc, time::Duration};

use ipnet::IpNet;
use reqwest::{dns::Resolve, header::HeaderMap, redirect};
use url::{Host, Url};

use crate::{
    Error, Result,
    address::{Guard, System},
};

/// What the client may do.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Private or reserved networks that may be reached all the same.
    pub allowed_networks: Vec<IpNet>,
    /// To make a connection.
    pub connect_timeout: Duration,
    /// For one `get` from its beginning to its last byte, redirects included.
    pub total_timeout: Duration,
    /// The most bytes of one body, after decompression.
    pub max_bytes: u64,
    /// How the client names itself.
    pub user_agent: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            max_bytes: 50 * 1024 * 1024,
            user_agent: concat!("Biseda/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

/// The guarded client. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub(crate) guard: Guard,
    pub(crate) policy: Arc<Policy>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with rustls (ring) and Mozilla's roots. It reads no proxy settings and follows no redirect by itself.
    ///
    /// # Errors
    /// When the user agent is no header value.
    pub fn new(policy: Policy) -> std::result::Result<Self, reqwest::Error> {
        Self::with_names(policy, Arc::new(System))
    }

    /// The same with somebody else who knows the addresses of names.
    pub(crate) fn with_names(policy: Policy, names: Arc<dyn Resolve>) -> std::result::Result<Self, reqwest::Error> {
        // An error says that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(&policy.allowed_networks, names);
        let http = reqwest::Client::builder()
            .user_agent(&policy.user_agent)
            .connect_timeout(policy.connect_timeout)
            .pool_max_idle_per_host(4)
            .pool_idle_timeout(Duration::from_secs(30))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .build()?;
        Ok(Self { http, guard, policy: Arc::new(policy) })
    }

    /// Checks what can be told from an address alone: scheme, credentials, and a host that is written as a number in
    /// any of the ways that browsers accept.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] or [`Error::Private`].
    pub fn check(&self, url: &str) -> Result<Url> {
        let url = Url::parse(url.trim()).map_err(|error| Error::InvalidUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::InvalidUrl(format!("it begins with {}:, not with https:// or http://", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::InvalidUrl("it contains a user name or a password".into()));
        }
        if url.as_str().len() > 2048 {
            return Err(Error::InvalidUrl("it is longer than 2048 characters".into()));
        }
        let literal = match url.host() {
            None => return Err(Error::InvalidUrl("it names no host".into())),
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            Some(Host::Domain(_)) => None,
        };
        match literal {
            Some(address) if !self.guard.permits(address) => Err(Error::Private(address.to_string())),
            _ => Ok(url),
        }
    }

    /// A request to a checked address. Redirects are not followed; names are resolved under the guard.
    ///
    /// # Errors
    /// As [`Client::check`].
    pub fn request(&self, method: reqwest::Method, url: &str) -> Result<reqwest::RequestBuilder> {
        Ok(self.http.request(method, self.check(url)?))
    }

    /// Posts JSON and gives the response as soon as its head is there; the body streams. Redirects are not followed,
    /// so that keys in the headers reach nobody else.
    ///
    /// `timeout` covers the request from its beginning to the last byte of the body.
    ///
    /// # Errors
    /// When the address is refused or nothing answers. A response with a status of failure is no error here.
    pub async fn post_json_stream(
        &self,
        url: &str,
        headers: HeaderMap,
        body: impl Into<reqwest::Body>,
        timeout: Duration,
    ) -> Result<reqwest::Response> {
        let url = self.check(url)?;
        let host = host_of(&url);
        self.http
            .post(url)
            .headers(headers)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body)
            .timeout(timeout)
            .send()
            .await
            .map_err(|error| Error::from_reqwest(&error, &host))
    }
}

/// Name and port, for messages.
pub(crate) fn host_of(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    }
}
