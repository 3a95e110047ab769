//! Reading a source from beginning to end.

mod crawl;
mod document;
mod events;
mod fetch;
mod finish;
mod links;
mod page;
mod run;
mod settle;
mod sitemaps;
mod store;

pub(super) use fetch::Failure;
pub use run::{recipe, run};
pub(super) use settle::{Settled, abandon, next_sync};
