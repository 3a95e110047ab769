use futures::StreamExt;
use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap},
};
use url::Url;

use crate::{Client, Error, Result, client::host_of};

const MAX_REDIRECTS: usize = 5;

/// What to get, and on which conditions.
#[derive(Default, Clone, Copy)]
pub struct Get<'a> {
    /// Sent as `If-None-Match`.
    pub etag: Option<&'a str>,
    /// Sent as `If-Modified-Since`.
    pub last_modified: Option<&'a str>,
    /// The most bytes of the body; the client's own limit where this is larger or none.
    pub max_bytes: Option<u64>,
    /// Asked before each redirect is followed; without it every checked address is.
    pub may_redirect: Option<&'a (dyn Fn(&Url) -> bool + Send + Sync)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// 200 to 599; 304 when the condition holds.
    pub status: u16,
    /// Where the redirects ended.
    pub final_url: Url,
    /// The declared type in lower case without parameters, empty when none is declared.
    pub media_type: String,
    /// The declared character encoding.
    pub charset: Option<String>,
    /// The decompressed body; empty unless the status is a success.
    pub bytes: Vec<u8>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// Seconds, from `Retry-After`, where the server gives a number.
    pub retry_after: Option<u64>,
}

impl Client {
    /// Gets an address: each redirect is checked like the address itself (at most 5), the body is cut off at the
    /// limit while it streams, and all of it together must end within the policy's total time.
    ///
    /// # Errors
    /// When the address or a redirect is refused, nothing answers in time, or the body is too large. A status of
    /// failure is no error here.
    pub async fn get(&self, url: &str, what: Get<'_>) -> Result<Fetched> {
        let url = self.check(url)?;
        let host = host_of(&url);
        match tokio::time::timeout(self.policy.total_timeout, self.follow(url, what)).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout(host)),
        }
    }

    async fn follow(&self, mut url: Url, what: Get<'_>) -> Result<Fetched> {
        for _ in 0..=MAX_REDIRECTS {
            let host = host_of(&url);
            let mut request = self.request(Method::GET, url.as_str())?;
            if let Some(etag) = what.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(date) = what.last_modified {
                request = request.header(header::IF_MODIFIED_SINCE, date);
            }
            let response = request.send().await.map_err(|error| Error::from_reqwest(&error, &host))?;
            if !is_redirect(response.status()) {
                return self.read(url, response, what).await;
            }
            let Some(target) = text(response.headers(), header::LOCATION) else {
                return self.read(url, response, what).await;
            };
            // Checked like the address itself, when it is asked.
            let mut next = url.join(&target).map_err(|error| Error::InvalidUrl(format!("redirect: {error}")))?;
            if next.fragment().is_none() {
                next.set_fragment(url.fragment());
            }
            if what.may_redirect.is_some_and(|may| !may(&next)) {
                return Err(Error::RedirectRefused(next.to_string()));
            }
            url = next;
        }
        Err(Error::TooManyRedirects(MAX_REDIRECTS))
    }

    async fn read(&self, url: Url, response: reqwest::Response, what: Get<'_>) -> Result<Fetched> {
        let host = host_of(&url);
        let limit = what.max_bytes.unwrap_or(u64::MAX).min(self.policy.max_bytes);
        let headers = response.headers();
        let declared = text(headers, header::CONTENT_TYPE).unwrap_or_default();
        let mut fetched = Fetched {
            status: response.status().as_u16(),
            media_type: declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            charset: charset(&declared),
            bytes: Vec::new(),
            etag: text(headers, header::ETAG),
            last_modified: text(headers, header::LAST_MODIFIED),
            retry_after: text(headers, header::RETRY_AFTER).and_then(|value| value.trim().parse().ok()),
            final_url: url,
        };
        if !response.status().is_success() {
            return Ok(fetched);
        }
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(Error::TooLarge { limit });
        }
        let mut body = response.bytes_stream();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| Error::from_reqwest(&error, &host))?;
            if (fetched.bytes.len() + piece.len()) as u64 > limit {
                return Err(Error::TooLarge { limit });
            }
            fetched.bytes.extend_from_slice(&piece);
        }
        Ok(fetched)
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= 2048).then(|| value.to_owned())
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_take_hostile_bytes() {
        let examples: [&[u8]; 2] = [b"text/html; charset=\"UTF-8\"", b"text/plain;boundary=x; Charset = latin1"];
        fuzz::bytes(&examples, &[";", "charset=", "\"", "=", " ", "\u{130}", ",", "\t"], |value| {
            let Ok(value) = header::HeaderValue::from_bytes(value) else { return };
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value)]);
            let Some(declared) = text(&headers, header::CONTENT_TYPE) else { return };
            assert!(declared.len() <= 2048 && declared.is_ascii());
            let charset = charset(&declared);
            assert!(charset.is_none_or(|name| !name.contains(';') && name == name.to_ascii_lowercase()));
        });
    }
}
