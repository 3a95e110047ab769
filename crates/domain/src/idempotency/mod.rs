//! Requests that may arrive twice. Who gives a request a key of its own gets the first answer again when it repeats the
//! request, and nothing is done a second time.

mod reserve;
mod store;
mod sweep;

pub use reserve::{Reserved, reserve};
pub use store::store;

pub(crate) use sweep::sweep;

/// A request that may arrive twice.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    pub key: &'a str,
    /// A digest of what is asked for.
    pub fingerprint: &'a [u8],
}

/// How long a key is remembered.
const REMEMBERED: chrono::Duration = chrono::Duration::hours(24);
