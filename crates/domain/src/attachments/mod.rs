//! Attachments: the files of conversations, on disk under the organization's folder.

mod attach;
mod links;

pub(crate) use attach::attach;
pub(crate) use links::visitor_url;
