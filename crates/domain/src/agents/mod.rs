//! AI agents: their settings, how they answer, and the job that answers visitors.

pub mod answer;
mod create;
mod delete;
mod get;
mod input;
mod list;
mod load;
mod playground;
mod remove;
pub mod reply;
mod trace;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use load::Loaded;
pub use playground::{may_try, playground, playground_watched};
pub use remove::remove;
pub(crate) use remove::sweep;
pub use trace::trace;
pub use update::update;
