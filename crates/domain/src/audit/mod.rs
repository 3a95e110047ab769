//! The audit log: who changed what that others must be able to look up later. It only grows: the program's role may
//! neither change nor delete its rows, and each row carries a digest of itself and of the row before it.

mod chain;
mod list;
mod record;
mod verify;

pub(crate) use chain::Entry;
pub use list::{before, list};
pub use record::{changed, difference, record};
pub use verify::{Walk, verify, walk};
