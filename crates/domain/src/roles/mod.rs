//! Roles of the organization's own: a name and permissions. Such a role stands in for that of a plain member.

mod create;
mod delete;
mod input;
mod list;
mod update;

pub use create::create;
pub use delete::delete;
pub use list::{get, list};
pub use update::update;
