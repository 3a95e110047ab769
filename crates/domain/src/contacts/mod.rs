//! Contacts: an organization's customers.

mod change_tags;
mod create;
mod delete;
mod get;
mod input;
mod list;
mod merge;
mod set_custom_field;
mod tags;
mod timeline;
mod update;

pub use change_tags::change_tags;
pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::{COUNT_BOUND, list, walk};
pub use merge::merge;
pub use set_custom_field::set_custom_field;
pub use tags::tags;
pub use timeline::timeline;
pub use update::update;
