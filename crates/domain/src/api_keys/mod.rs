//! API keys: how programs sign in. A key is kept as its SHA-256, which also finds it before any organization is known.

mod authenticate;
mod create;
mod list;
mod revoke;

pub use authenticate::{KeyHolder, authenticate};
pub use create::create;
pub use list::{get, list};
pub use revoke::revoke;

/// What every key begins with, so that people and scanners of leaked secrets know it.
const START: &str = "bsd_";
/// An organization has at most so many keys that are not revoked.
const MAX_KEYS: i64 = 100;
