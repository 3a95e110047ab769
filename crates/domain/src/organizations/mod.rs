//! The organization itself, as its members see and change it.

mod bring_back;
mod delete;
mod get;
mod index;
mod limits;
mod purge;
mod update;

pub(crate) use bring_back::bring_back;
pub use delete::delete;
pub use get::{changed_at, get};
pub(crate) use index::{check_active, index};
pub(crate) use limits::{Limited, check_limit, month_of};
pub(crate) use purge::{purge, purge_due};
pub use update::update;
