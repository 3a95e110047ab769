//! Departments of an organization, in a tree.

mod create;
mod delete;
mod input;
mod list;
mod update;

pub use create::create;
pub use delete::delete;
pub(crate) use input::exists;
pub use list::{get, list};
pub use update::update;
