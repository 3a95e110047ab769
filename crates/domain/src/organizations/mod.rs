//! The organization itself, as its members see and change it.

mod get;
mod update;

pub use get::get;
pub use update::update;
