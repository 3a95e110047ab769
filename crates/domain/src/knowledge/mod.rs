//! Knowledge: sources, how they are read into documents and passages, and how passages are found.
//!
//! A source is read by a sync, which is a job ([`sync::run`]). Its state is in `knowledge_syncs` and
//! `knowledge_sync_pages`, so that it goes on after a restart. Documents that it writes stay invisible
//! (`is_live = false`) until all pages are done; then one transaction switches from the old version to the new.

mod cancel;
mod create;
mod create_file;
mod delete;
mod documents;
mod embed;
mod extract;
mod give_up;
mod not_read;
mod pages;
pub mod schedule;
mod search;
mod settings;
mod source;
mod start;
mod sweep;
pub mod sync;

pub use cancel::cancel;
pub use create::{create_text, create_url};
pub use create_file::create_file;
pub use delete::delete;
pub use documents::{document, documents};
pub(crate) use embed::{question as question_vector, recent as recent_vectors};
pub(crate) use extract::reading_folder;
pub(crate) use give_up::give_up;
pub use pages::pages;
pub use schedule::set_schedule;
pub use search::search;
pub use settings::KnowledgeSettings;
pub use source::{get, list};
pub use start::sync;
pub(crate) use sweep::sweep;
