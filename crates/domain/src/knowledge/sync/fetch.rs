use std::time::Duration;

use outbound::{Error, Fetched, Get};
use types::{
    knowledge::{NotRead, NotReadCode},
    reason::ReasonCode,
};

use super::run::Run;
use crate::knowledge::not_read::of_address;

const ATTEMPTS: u32 = 3;
/// The largest page or document of a site, in bytes.
const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// Why a page was not read.
pub(in crate::knowledge) struct Failure {
    pub reason: NotRead,
    /// The page is gone for good, so that its old version must not go on answering.
    pub is_gone: bool,
}

impl Failure {
    pub fn passing(reason: impl Into<NotRead>) -> Self {
        Self { reason: reason.into(), is_gone: false }
    }

    pub fn gone(reason: impl Into<NotRead>) -> Self {
        Self { reason: reason.into(), is_gone: true }
    }
}

/// Gets a page: 200 or 304. What may be better later (no answer, server errors, too many requests) is asked again a
/// few times.
pub(super) async fn fetch(run: &Run, location: &str, what: Get<'_>) -> Result<Fetched, Failure> {
    let what = Get { max_bytes: Some(MAX_BYTES), ..what };
    let mut wait = run.services.settings.knowledge.retry_wait;
    let mut attempts = 0;
    loop {
        attempts += 1;
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
                return Err(Failure::gone(of_address(error)));
            }
            // An unknown name stays unknown for the next seconds.
            Err(error) if !error.is_temporary() || matches!(error, Error::NoAddress(_)) => {
                return Err(Failure::passing(of_address(error)));
            }
            Err(error) => (Failure::passing(of_address(error)), None),
        };
        if attempts == ATTEMPTS {
            return Err(failure);
        }
        tokio::time::sleep(asked.unwrap_or(wait).min(Duration::from_secs(30))).await;
        wait *= 2;
    }
}

fn status(status: u16) -> Failure {
    match status {
        401 | 403 => Failure::gone(NotReadCode::NotPublic.number(status)),
        404 | 410 => Failure::gone(NotReadCode::NotThere.number(status)),
        429 => Failure::passing(NotReadCode::TooManyRequests.number(status)),
        500..=599 => Failure::passing(NotReadCode::SiteFault.number(status)),
        _ => Failure::passing(NotReadCode::OtherStatus.number(status)),
    }
}
