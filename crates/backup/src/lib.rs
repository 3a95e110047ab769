//! Archives of the whole installation, to restore it from, and of one organization, to hand out.
//!
//! Both are gzipped tar files, written and read as streams: memory does not grow with what is in them. The first entry
//! says what the archive is, the last one what was in it and the digest of all of it, so that one that is damaged or not
//! whole is known as such. Rows are read in one snapshot of the database; files are never changed once they have a row, and
//! stay on the disk while a snapshot is read ([`db::files`]).

mod archive;
mod export;
mod restore;
mod save;
mod snapshot;

pub use archive::{Head, Kind, Tally, check};
pub use export::{export, organization, withheld};
pub use restore::Backup;
pub use save::save;
