//! Contacts: an organization's customers.

mod create;
mod delete;
mod get;
mod input;
mod list;
mod merge;
mod tags;
mod timeline;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::{COUNT_BOUND, list, walk};
pub use merge::merge;
pub use tags::tags;
pub use timeline::timeline;
pub use update::update;
