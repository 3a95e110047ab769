//! Limits on how often one address or visitor may do something, counted in the memory of this node.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Error;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{ApiError, ClientIp};

/// After so many questions the keys that have been quiet are forgotten.
const SWEEP_EVERY: usize = 4096;

/// A number of attempts per minute and key, with a burst (GCRA).
#[derive(Clone)]
pub struct Limit(Arc<Inner>);

struct Inner {
    limiter: RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>,
    quota: Quota,
    clock: DefaultClock,
    asked: AtomicUsize,
}

impl Limit {
    /// `per_minute` attempts on average, `burst` of them at once; zero counts as one.
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst));
        Self(Arc::new(Inner {
            limiter: RateLimiter::keyed(quota).with_middleware(),
            quota,
            clock: DefaultClock::default(),
            asked: AtomicUsize::new(0),
        }))
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the seconds until the next is allowed.
    pub fn check(&self, key: &str) -> domain::Result<()> {
        self.count(key).map(drop)
    }

    /// Counts one attempt, and says how many more are allowed now.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the seconds until the next is allowed.
    pub(crate) fn count(&self, key: &str) -> domain::Result<Standing> {
        if self.0.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
        let state = self.0.limiter.check_key(&key.to_owned()).map_err(|until| Error::RateLimited {
            retry_after_seconds: until.wait_time_from(self.0.clock.now()).as_secs() + 1,
        })?;
        Ok(self.standing(state.remaining_burst_capacity()))
    }

    /// Where somebody stands who may do so many more.
    pub(crate) fn standing(&self, remaining: u32) -> Standing {
        let limit = self.0.quota.burst_size().get();
        let used = limit.saturating_sub(remaining);
        Standing { limit, remaining, reset: (self.0.quota.replenish_interval() * used).as_secs() + 1 }
    }
}

/// How much of a limit is left, as the `RateLimit-*` headers tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Requests at once, after a pause.
    pub(crate) limit: u32,
    /// Requests that are allowed now.
    pub(crate) remaining: u32,
    /// Seconds until all of them are allowed again.
    pub(crate) reset: u64,
}

/// Server functions and operations of the REST API that try passwords, codes or links, make organizations, keep something for
/// whoever asks, or send mails to whom somebody names.
const COUNTED: [&str; 17] = [
    "/api/v1/auth/login",
    "/api/v1/auth/password-resets",
    "/api/v1/auth/signup",
    "/api/v1/auth/verify-email",
    "/rpc/accept_as_new",
    "/rpc/ask_passkey",
    "/rpc/enter_founded",
    "/rpc/enter_invited",
    "/rpc/enter_restored",
    "/rpc/invite",
    "/rpc/log_in",
    "/rpc/request_reset",
    "/rpc/resend_invitation",
    "/rpc/reset_password",
    "/rpc/second_step",
    "/rpc/sign_up",
    "/rpc/verify_email",
];

/// Middleware for the whole application: slows down those who try passwords or make organizations, by address.
/// `axum::middleware::from_fn_with_state(Limit::new(20, 10), rate_limit::sign_in)`.
pub async fn sign_in(State(limit): State<Limit>, ip: ClientIp, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let counts = COUNTED.iter().any(|prefix| path.starts_with(prefix));
    if counts
        && request.method() == Method::POST
        && let Err(error) = limit.check(&ip.counted_as())
    {
        return ApiError::from(error).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_is_told_when_to_come_back() {
        let limit = Limit::new(20, 3);
        for _ in 0..3 {
            limit.check("a").expect("within the burst");
        }
        assert!(matches!(limit.check("a"), Err(Error::RateLimited { retry_after_seconds: 1..=4 })));
        limit.check("b").expect("another key has its own count");
    }
}
