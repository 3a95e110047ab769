//! The open conversation.

mod attach;
mod attachments;
mod canned_menu;
mod citations;
mod composer;
mod composition;
mod draft;
mod entries;
mod header;
mod live;
mod message;
mod news;
mod ownership;
mod page;
mod presence;
mod send;
mod shortcuts;
mod snooze;
mod state;
mod timeline;
mod trace;
mod upload;

pub use page::ThreadPage;
pub use state::use_thread;
