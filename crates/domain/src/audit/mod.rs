//! The audit log: who changed what that others must be able to look up later. It only grows: the program's role may
//! neither change nor delete its rows. Soon after the commit a row is sealed: it gets its place in the organization's
//! chain, with a digest of itself and of the row before it, and shows from then on.

mod chain;
mod days;
mod list;
mod record;
mod seal;
mod verify;

pub use chain::Walk;
pub(crate) use chain::{Entry, Walker};
pub use days::filter_of_days;
pub use list::{before, list};
pub use record::{changed, difference, record};
pub use seal::seal;
pub use verify::{verify, walk};
