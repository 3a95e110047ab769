//! Channels: the configured ways in.

mod appearance;
mod create;
mod delete;
mod find;
mod identity;
mod list;
mod seen;
mod settings;
mod update;

pub use appearance::{Widget, widget};
pub use create::create;
pub use delete::delete;
pub use find::find_by_key;
pub use identity::{identity_secret, rotate_identity_secret, signs};
pub use list::{get, list};
pub use seen::seen;
pub use update::update;
