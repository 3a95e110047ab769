//! Attachments: the files of conversations, on disk under the organization's folder.
//!
//! A file is written under a temporary name, checked by what is in it, and renamed when it is whole; only then its row
//! is written. A row without a file cannot come about, and a file without a row is never served.

mod attach;
mod delete;
mod kind;
mod links;
mod open;
mod store;
mod upload;

pub(crate) use attach::attach;
pub use delete::discard_as_visitor;
pub(crate) use delete::{delete_forgotten, delete_of};
pub(crate) use links::visitor_url;
pub use open::{open, open_for_visitor};
pub use upload::{upload, upload_as_visitor};
