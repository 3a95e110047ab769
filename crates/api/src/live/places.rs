use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::Error;

/// How many sockets each has open on this node, by a name of theirs. Each socket costs memory and a share of every event.
#[derive(Clone)]
pub(crate) struct Places {
    most: usize,
    open: Arc<Mutex<HashMap<String, usize>>>,
}

impl Places {
    /// So many for each.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// A place for one more socket.
    ///
    /// # Errors
    /// Rate limited when all of them are taken.
    pub(crate) fn take(&self, whose: String) -> domain::Result<Place> {
        let mut open = self.lock();
        let count = open.entry(whose.clone()).or_default();
        if *count >= self.most {
            return Err(Error::RateLimited { retry_after_seconds: 60 });
        }
        *count += 1;
        Ok(Place { places: self.clone(), whose })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one socket; given back when it is dropped.
pub(crate) struct Place {
    places: Places,
    whose: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.lock();
        if let Some(count) = open.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.whose);
            }
        }
    }
}
