//! Requests that may arrive twice. Who gives a request a key of its own gets the first answer again when it repeats the
//! request, and nothing is done a second time.

mod reserve;
mod store;

pub use reserve::{Reserved, reserve};
pub use store::store;

/// How long a key is remembered.
const REMEMBERED: chrono::Duration = chrono::Duration::hours(24);
