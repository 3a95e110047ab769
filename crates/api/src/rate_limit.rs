//! Limits on how often one address or visitor may do something, counted in the memory of this node.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Error;
use governor::{
    NotUntil, Quota, RateLimiter,
    clock::{Clock, DefaultClock, QuantaInstant},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{ApiError, ClientIp};

/// After so many questions the keys that have been quiet are forgotten.
const SWEEP_EVERY: usize = 4096;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A number of attempts per time and key, with a burst (GCRA).
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
        Self::of(Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst)))
    }

    /// So many in a day, all of them at once if need be.
    pub(crate) fn per_day(number: u32) -> Self {
        let number = at_least_one(number);
        let each = Quota::with_period(DAY / number.get()).unwrap_or(Quota::per_minute(number));
        Self::of(each.allow_burst(number))
    }

    fn of(quota: Quota) -> Self {
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
        self.sweep();
        let state = self.0.limiter.check_key(&key.to_owned()).map_err(|until| self.refused(&until))?;
        Ok(self.standing(state.remaining_burst_capacity()))
    }

    /// Counts so many at once; zero counts as one.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the seconds until as many are allowed, and when there are never as many.
    pub(crate) fn take(&self, key: &str, number: u32) -> domain::Result<()> {
        self.sweep();
        match self.0.limiter.check_key_n(&key.to_owned(), at_least_one(number)) {
            Ok(counted) => counted.map(drop).map_err(|until| self.refused(&until)),
            Err(_) => Err(Error::RateLimited { retry_after_seconds: DAY.as_secs() }),
        }
    }

    fn refused(&self, until: &NotUntil<QuantaInstant>) -> Error {
        Error::RateLimited { retry_after_seconds: until.wait_time_from(self.0.clock.now()).as_secs() + 1 }
    }

    /// Forgets, now and then, who has been quiet.
    fn sweep(&self) {
        if self.0.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
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

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// Server functions and operations of the REST API that try passwords, codes or links, make organizations, or keep something
/// for whoever asks.
const SIGN_IN: &[&str] = &[
    "/api/v1/auth/login",
    "/api/v1/auth/password-resets",
    "/api/v1/auth/signup",
    "/api/v1/auth/verify-email",
    "/rpc/accept_as_new",
    "/rpc/ask_passkey",
    "/rpc/enter_founded",
    "/rpc/enter_invited",
    "/rpc/enter_restored",
    "/rpc/log_in",
    "/rpc/request_reset",
    "/rpc/reset_password",
    "/rpc/second_step",
    "/rpc/sign_up",
    "/rpc/verify_email",
];

/// Server functions that try the password of who is signed in, each of which keeps a core busy for a while.
const PASSWORDS: &[&str] = &[
    "/rpc/begin_passkey",
    "/rpc/begin_second_factor",
    "/rpc/change_password",
    "/rpc/remove_passkey",
    "/rpc/remove_second_factor",
];

/// Server functions that send mails to whom a member names.
const INVITATIONS: &[&str] = &["/rpc/invite", "/rpc/resend_invitation"];

/// Server functions that compute a vector or ask a model, as often as a member likes.
const QUESTIONS: &[&str] = &["/rpc/ask", "/rpc/search"];

/// Parts of the application that are slowed down by address, each by itself: who invites a team can still sign in.
#[derive(Clone)]
pub struct Slowed {
    limit: Limit,
    paths: &'static [&'static str],
}

impl Slowed {
    /// Those who try passwords or make organizations.
    pub fn sign_in() -> Self {
        Self { limit: Limit::new(20, 10), paths: SIGN_IN }
    }

    /// Those who try a password once more.
    pub fn passwords() -> Self {
        Self { limit: Limit::new(20, 10), paths: PASSWORDS }
    }

    /// Those who try an agent or the search.
    pub fn questions() -> Self {
        Self { limit: Limit::new(120, 60), paths: QUESTIONS }
    }

    /// Those who invite.
    pub fn invitations() -> Self {
        Self { limit: Limit::new(20, 10), paths: INVITATIONS }
    }
}

/// Middleware for the whole application: `axum::middleware::from_fn_with_state(Slowed::sign_in(), rate_limit::slow)`.
pub async fn slow(State(slowed): State<Slowed>, ip: ClientIp, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if slowed.paths.iter().any(|prefix| path.starts_with(prefix))
        && request.method() == Method::POST
        && let Err(error) = slowed.limit.check(&ip.counted_as())
    {
        return ApiError::from(error).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state};
    use tower::ServiceExt;

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

    #[test]
    fn what_weighs_more_counts_for_more() {
        let limit = Limit::per_day(100);
        limit.take("a", 60).expect("within the day");
        assert!(matches!(limit.take("a", 60), Err(Error::RateLimited { retry_after_seconds: 17_000..=17_300 })));
        limit.take("a", 40).expect("what was refused counts for nothing");
        assert!(matches!(limit.take("a", 0), Err(Error::RateLimited { .. })));
        assert!(matches!(limit.take("b", 101), Err(Error::RateLimited { .. })));
    }

    #[tokio::test]
    async fn who_invites_or_tries_a_password_once_more_can_still_sign_in() {
        let app = Router::new()
            .fallback(async || "done")
            .layer(from_fn_with_state(Slowed::sign_in(), slow))
            .layer(from_fn_with_state(Slowed::passwords(), slow))
            .layer(from_fn_with_state(Slowed::questions(), slow))
            .layer(from_fn_with_state(Slowed::invitations(), slow));
        let ask = async |path: &str| {
            app.clone().oneshot(Request::post(path).body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
        };
        for (often, burst, alike) in [
            ("/rpc/invite123", 10, "/rpc/resend_invitation123"),
            ("/rpc/begin_second_factor123", 10, "/rpc/change_password123"),
            ("/rpc/search123", 60, "/rpc/ask123"),
        ] {
            let mut asked = Vec::new();
            for _ in 0..2 * burst {
                asked.push(ask(often).await);
            }
            assert!(asked.iter().take(burst).all(|status| *status == 200) && asked.contains(&429), "{asked:?}");
            assert_eq!(ask(alike).await, 429);
        }
        assert_eq!(ask("/rpc/log_in123").await, 200);
    }
}
