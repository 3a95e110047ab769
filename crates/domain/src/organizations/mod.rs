//! The organization itself, as its members see and change it.

mod delete;
mod get;
mod purge;
mod update;

pub use delete::delete;
pub use get::get;
pub(crate) use purge::purge_due;
pub use update::update;
