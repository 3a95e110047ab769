//! Who has the workers for replies in hand. A share counts how often an organization asks, not how long its answers take: with
//! a provider that is slow, replies within a few shares could hold all workers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use types::id::OrganizationId;

/// Workers for replies within the shares. A reply mostly waits for a provider.
pub(super) const REPLIES: u32 = 32;

/// How many of these workers each organization has in this process.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<OrganizationId, u32>>>);

impl Places {
    /// A worker for an organization until the place is dropped, as long as it has fewer than half as many as are free, or none:
    /// one alone gets a third of all, and nine together are needed to hold all.
    pub(super) fn take(&self, organization: OrganizationId) -> Option<Place> {
        let mut held = self.held();
        let free = REPLIES.saturating_sub(held.values().sum());
        let own = held.entry(organization).or_default();
        if *own > 0 && *own >= free / 2 {
            return None;
        }
        *own += 1;
        Some(Place { places: self.clone(), organization })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<OrganizationId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker that works for an organization.
pub(super) struct Place {
    places: Places,
    organization: OrganizationId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        if let Some(own) = held.get_mut(&self.organization) {
            *own -= 1;
        }
        held.retain(|_, own| *own > 0);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_holds_a_third_and_eight_leave_a_place() {
        let places = Places::default();
        let all_of = |n| {
            let organization = OrganizationId(Uuid::from_u128(n));
            std::iter::from_fn(|| places.take(organization)).collect::<Vec<_>>()
        };
        let held: Vec<_> = (0..8).map(all_of).collect();
        assert_eq!(held[0].len(), 11);
        assert!(held.iter().all(|own| !own.is_empty()));
        assert_eq!(all_of(8).len(), 1);
        drop(held);
        assert_eq!(all_of(0).len(), 11, "what was given back is free");
    }
}
