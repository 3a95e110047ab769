//! A member's browser, as far as requests go.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Client, RequestBuilder, header};

use crate::program::Program;

/// A signed-in browser: compressed answers, kept connections.
pub struct Browser {
    pub http: Client,
    url: String,
    cookie: String,
}

impl Browser {
    pub fn new(program: &Program, session: &str) -> anyhow::Result<Self> {
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let cookie = format!("{}={session}", domain::accounts::SESSION_COOKIE);
        Ok(Self { http, url: program.url(), cookie })
    }

    /// Loads a page to its last byte: its text, and the time that took.
    pub async fn page(&self, path: &str) -> anyhow::Result<(String, Duration)> {
        let begun = Instant::now();
        let response = self.signed(self.http.get(format!("{}{path}", self.url))).send().await?;
        let status = response.status();
        let text = response.text().await?;
        let time = begun.elapsed();
        if !status.is_success() {
            bail!("{path} answered {status}");
        }
        Ok((text, time))
    }

    /// Posts to a server function, as a page's script does.
    pub async fn call(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<()> {
        let request = self.http.post(format!("{}{path}", self.url)).form(form);
        let request = self.signed(request).header(header::ORIGIN, &self.url).header(header::ACCEPT, "application/json");
        let response = request.send().await?;
        let status = response.status();
        if !status.is_success() {
            bail!("{path} answered {status}: {}", response.text().await.unwrap_or_default());
        }
        response.bytes().await?;
        Ok(())
    }

    /// The address of a server function, as a page that has its form names it.
    pub async fn function(&self, page: &str, name: &str) -> anyhow::Result<String> {
        let (html, _) = self.page(page).await?;
        let start = html.find(&format!("/rpc/{name}")).with_context(|| format!("{page} has no form of {name}"))?;
        Ok(html[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_')).collect())
    }

    /// The headers of a socket that this browser opens.
    pub fn socket_headers(&self) -> [(&'static str, String); 2] {
        [("origin", self.url.clone()), ("cookie", self.cookie.clone())]
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(header::COOKIE, &self.cookie)
    }
}
