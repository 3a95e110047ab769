use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::Error;
use types::id::MemberId;

/// Sockets of one member on one node. Nobody has as many tabs; each costs memory and a share of every event.
const MOST: usize = 100;

/// How many sockets each member has open on this node.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<MemberId, usize>>>);

impl Places {
    /// A place for one more socket of a member.
    ///
    /// # Errors
    /// Rate limited when the member has as many as one may.
    pub(crate) fn take(&self, member: MemberId) -> domain::Result<Place> {
        let mut open = self.lock();
        let count = open.entry(member).or_default();
        if *count >= MOST {
            return Err(Error::RateLimited { retry_after_seconds: 60 });
        }
        *count += 1;
        Ok(Place { places: self.clone(), member })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one socket; given back when it is dropped.
pub(crate) struct Place {
    places: Places,
    member: MemberId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.lock();
        if let Some(count) = open.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.member);
            }
        }
    }
}
