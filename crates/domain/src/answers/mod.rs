//! Curated questions and answers. They beat what an agent would say by itself.

mod create;
mod delete;
mod find;
mod input;
mod list;
mod renew;
mod update;

pub use create::create;
pub use delete::delete;
pub(crate) use find::{Found, find, hit};
pub use list::list;
pub(crate) use renew::renew;
pub use update::update;
