use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    Result, Services, Token,
    api_keys::{self, KeyHolder},
};

/// So long an answer counts. What is taken away, by a revocation or a suspension, is gone within a second everywhere.
const FRESH: Duration = Duration::from_millis(250);
/// More keys than this are not remembered at a time.
const MOST: usize = 10_000;

/// Who is behind the API keys that were asked for a moment ago: a program that asks often has its key looked up some
/// times a second, not for each request.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<Vec<u8>, (Instant, KeyHolder)>>);

impl Keys {
    /// As [`api_keys::authenticate`], whose answers of the last quarter of a second it remembers. Refusals are not
    /// remembered.
    pub(super) async fn authenticate(&self, services: &Services, token: &str) -> Result<Option<KeyHolder>> {
        let key = Token::hash(token);
        if let Some(holder) = self.fresh(&key) {
            return Ok(Some(holder));
        }
        let found = api_keys::authenticate(services, token).await?;
        if let Some(holder) = &found {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(key, (Instant::now(), holder.clone()));
        }
        Ok(found)
    }

    fn fresh(&self, key: &[u8]) -> Option<KeyHolder> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, holder) = known.get(key)?;
        if since.elapsed() < FRESH {
            return Some(holder.clone());
        }
        known.remove(key);
        None
    }
}
