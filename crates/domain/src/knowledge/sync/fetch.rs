use std::time::Duration;

use outbound::{Error, Fetched, Get};

use super::run::Run;

const ATTEMPTS: u32 = 3;
/// The largest page or document of a site, in bytes.
const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// Why a page was not read.
pub(in crate::knowledge) struct Failure {
    pub reason: String,
    /// The page is gone for good, so that its old version must not go on answering.
    pub is_gone: bool,
}

impl Failure {
    pub fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_gone: false }
    }

    pub fn gone(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_gone: true }
    }
}

/// Gets a page: 200 or 304. What may be better later (no answer, server errors, too many requests) is asked again a
/// few times.
pub(super) async fn fetch(run: &Run, location: &str, what: Get<'_>) -> Result<Fetched, Failure> {
    let what = Get { max_bytes: Some(MAX_BYTES), ..what };
    let mut wait = run.services.settings.knowledge.retry_wait;
    for attempt in 1.. {
        let (failure, asked) = match run.services.outbound.get(location, what).await {
            Ok(fetched) if matches!(fetched.status, 200..=299 | 304) => return Ok(fetched),
            Ok(fetched) => {
                let failure = status(fetched.status);
                if !matches!(fetched.status, 429 | 500 | 502..=504) {
                    return Err(failure);
                }
                (failure, fetched.retry_after.map(Duration::from_secs))
            }
            Err(error @ (Error::Private(_) | Error::InvalidUrl(_) | Error::RedirectRefused(_))) => {
                return Err(Failure::gone(error.to_string()));
            }
            // An unknown name stays unknown for the next seconds.
            Err(error) if !error.is_temporary() || matches!(error, Error::NoAddress(_)) => {
                return Err(Failure::passing(error.to_string()));
            }
            Err(error) => (Failure::passing(error.to_string()), None),
        };
        if attempt == ATTEMPTS {
            return Err(failure);
        }
        tokio::time::sleep(asked.unwrap_or(wait).min(Duration::from_secs(30))).await;
        wait *= 2;
    }
    Err(Failure::passing("no answer"))
}

fn status(status: u16) -> Failure {
    match status {
        401 | 403 => Failure::gone(format!("the page is not public (it answers {status})")),
        404 | 410 => Failure::gone(format!("the page does not exist (it answers {status})")),
        429 => Failure::passing("the site asks to be left alone for a while (it answers 429)"),
        500..=599 => Failure::passing(format!("the site has a fault (it answers {status})")),
        _ => Failure::passing(format!("the page answers {status}")),
    }
}
