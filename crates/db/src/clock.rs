use std::{
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use tokio::sync::Mutex;

use crate::hooks;

/// Where the time comes from, so that tests can move it.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + hooks::machines_shift()
    }
}

/// The database is asked for its time again after this.
const EVERY: Duration = Duration::from_secs(5);
/// An answer that took longer says too little about when it was given.
const SLOW: Duration = Duration::from_secs(1);

/// The database's clock, by which all processes go: those of their machines may differ, and claims, links and what is due
/// are judged by another process than wrote them. Asked for on connections that are in use anyway; the machine's own clock
/// counts until the first answer alone, and may jump after that.
#[derive(Debug, Default)]
pub struct DatabaseClock {
    seen: RwLock<Option<Seen>>,
    /// When the database was asked last, whatever came of it; held by the one who asks.
    asked: Mutex<Option<Instant>>,
}

/// What the database's clock showed.
#[derive(Debug, Clone, Copy)]
struct Seen {
    time: DateTime<Utc>,
    at: Instant,
}

impl DatabaseClock {
    /// Asks the database what time it is, unless that was done just now or is being done: one that is slow is not asked by
    /// everybody.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn follow(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let mut last = match self.asked.try_lock() {
            Ok(last) => last,
            Err(_) if self.seen().is_some() => return Ok(()),
            // Nothing is known before the first answer.
            Err(_) => self.asked.lock().await,
        };
        let is_first = self.seen().is_none();
        if !is_first && last.is_some_and(|at| at.elapsed() < EVERY) {
            return Ok(());
        }
        let asked = Instant::now();
        *last = Some(asked);
        let time: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()").fetch_one(connection).await?;
        let (at, took) = (Instant::now(), asked.elapsed());
        if is_first || took < SLOW {
            let time = time + TimeDelta::from_std(took / 2).unwrap_or_default();
            *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(Seen { time, at });
        }
        Ok(())
    }

    fn seen(&self) -> Option<Seen> {
        *self.seen.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> DateTime<Utc> {
        let Some(Seen { time, at }) = self.seen() else { return SystemClock.now() };
        time + TimeDelta::from_std(at.elapsed()).unwrap_or_default() + hooks::databases_shift()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_time_goes_on_from_when_it_was_told() {
        let clock = DatabaseClock::default();
        let time = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
        let at = Instant::now().checked_sub(Duration::from_secs(90)).unwrap();
        *clock.seen.write().unwrap() = Some(Seen { time, at });
        assert!(clock.now() >= time + TimeDelta::seconds(90));
        assert!(clock.now() < time + TimeDelta::days(1), "whatever the machine's clock says");
    }
}
