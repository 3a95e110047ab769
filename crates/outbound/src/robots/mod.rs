mod file;
mod rules;

use std::{sync::Arc, time::Duration};

use url::{Position, Url};

use crate::{Client, Error, Get, Result};
use file::File;

/// RFC 9309 asks parsers to read at least 500 KiB.
const MAX_ROBOTS_BYTES: u64 = 512 * 1024;

/// The rules of one host's `robots.txt` for us. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Robots(Arc<File>);

impl Robots {
    /// No rules: everything may be fetched.
    pub fn allow_all() -> Self {
        Self::default()
    }

    /// The rules of a file for the agent of this name. What cannot be read as rules forbids nothing.
    pub fn parse(agent: &str, file: &[u8]) -> Self {
        Self(Arc::new(file::read(agent, file)))
    }

    /// Whether the address may be fetched. Takes up to a millisecond when the file means harm: who asks for many addresses
    /// asks on a thread that may block.
    pub fn allows(&self, url: &Url) -> bool {
        url.path() == "/robots.txt" || self.0.rules.allow(url[Position::BeforePath..Position::AfterQuery].as_bytes())
    }

    /// The time that the host asks to be left alone between two requests.
    pub fn delay(&self) -> Option<Duration> {
        let seconds = self.0.delay?;
        (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f32(seconds.min(3600.0)))
    }

    /// Addresses of sitemaps that the file names.
    pub fn sitemaps(&self) -> &[String] {
        &self.0.sitemaps
    }
}

impl Client {
    /// Fetches and reads the `robots.txt` of an address's host. As RFC 9309 has it, a file that is not there (4xx)
    /// forbids nothing, and one that cannot be had (5xx) forbids everything: that is an error here.
    ///
    /// # Errors
    /// When the host cannot be reached or answers with a server error.
    pub async fn robots(&self, of: &Url) -> Result<Robots> {
        let mut url = of.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        url.set_fragment(None);
        let fetched = match self.get(url.as_str(), Get { max_bytes: Some(MAX_ROBOTS_BYTES), ..Get::default() }).await {
            Ok(fetched) => fetched,
            // Not a file of rules that a crawler could be expected to read.
            Err(Error::TooLarge { .. } | Error::TooManyRedirects(_)) => return Ok(Robots::allow_all()),
            Err(error) => return Err(error),
        };
        match fetched.status {
            200..=299 => {
                let agent = self.policy.user_agent.split('/').next().unwrap_or_default().to_owned();
                let read = move || Robots::parse(&agent, &fetched.bytes);
                tokio::task::spawn_blocking(read)
                    .await
                    .map_err(|error| Error::Broken { host: url.to_string(), reason: error.to_string() })
            }
            500..=599 => Err(Error::ServerFault(fetched.status)),
            _ => Ok(Robots::allow_all()),
        }
    }
}
