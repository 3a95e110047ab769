//! What an attempt leads to.

use chrono::{DateTime, Duration, Utc};
use rand::Rng;
use types::webhook::{DeliveryStatus, NotDelivered};
use uuid::Uuid;

use super::send::Due;

/// The pauses after the first failed attempt, the second, and so on, in seconds: after the last attempt, 76 hours have
/// passed.
const PAUSES: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
/// An endpoint may ask for no more than this.
const LONGEST_PAUSE: Duration = Duration::hours(24);

/// What came of an attempt.
pub(super) struct Outcome {
    pub delivery: Uuid,
    /// Attempts made, this one included.
    pub attempts: i32,
    pub status: Option<i32>,
    pub body: Option<String>,
    pub failure: Option<NotDelivered>,
    pub duration_ms: i32,
    /// How long the endpoint asked to wait.
    pub retry_after: Option<Duration>,
    /// The endpoint wants nothing any more.
    pub is_gone: bool,
}

impl Outcome {
    /// Before anything came back.
    pub(super) fn of(due: &Due) -> Self {
        Self {
            delivery: due.id,
            attempts: due.attempts + 1,
            status: None,
            body: None,
            failure: None,
            duration_ms: 0,
            retry_after: None,
            is_gone: false,
        }
    }

    /// What becomes of the delivery, and when it is tried again. Each pause is lengthened by up to a tenth, so that
    /// what failed together does not come back together.
    pub(super) fn next(&self, now: DateTime<Utc>) -> (DeliveryStatus, Option<DateTime<Utc>>) {
        if self.failure.is_none() {
            return (DeliveryStatus::Delivered, None);
        }
        let made = usize::try_from(self.attempts).unwrap_or(usize::MAX);
        match PAUSES.get(made.saturating_sub(1)) {
            Some(seconds) if !self.is_gone => {
                let jitter = rand::rng().random_range(0.0..0.1);
                let pause = Duration::milliseconds((*seconds as f64 * 1000.0 * (1.0 + jitter)) as i64);
                let asked = self.retry_after.unwrap_or_default().min(LONGEST_PAUSE);
                (DeliveryStatus::Pending, Some(now + pause.max(asked)))
            }
            _ => (DeliveryStatus::Failed, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use types::{reason::ReasonCode, webhook::NotDeliveredCode};

    use super::*;

    fn failed(attempts: i32) -> Outcome {
        Outcome { failure: Some(NotDeliveredCode::OtherStatus.number(500u64)), ..Outcome::of(&Due::example(attempts)) }
    }

    #[test]
    fn pauses_grow_until_the_tenth_attempt_and_carry_jitter() {
        let now = DateTime::UNIX_EPOCH;
        for (made, seconds) in (0..).zip(PAUSES) {
            let (status, at) = failed(made).next(now);
            let pause = (at.unwrap() - now).num_milliseconds();
            assert_eq!(status, DeliveryStatus::Pending);
            assert!((seconds * 1000..=seconds * 1100).contains(&pause), "{made}: {pause}");
        }
        assert_eq!(failed(9).next(now), (DeliveryStatus::Failed, None));
    }

    #[test]
    fn an_endpoint_may_ask_for_a_longer_pause_and_may_end_it() {
        let now = DateTime::UNIX_EPOCH;
        let asked = |hours| Outcome { retry_after: Some(Duration::hours(hours)), ..failed(0) };
        assert_eq!(asked(1).next(now).1, Some(now + Duration::hours(1)));
        assert_eq!(asked(1000).next(now).1, Some(now + LONGEST_PAUSE));
        assert!(asked(-1).next(now).1.unwrap() > now);
        assert_eq!(Outcome { is_gone: true, ..failed(0) }.next(now), (DeliveryStatus::Failed, None));
    }
}
