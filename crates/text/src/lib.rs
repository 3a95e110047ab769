//! Documents to text, text to safe HTML, text to passages. Pure functions: no network, no files, no clock.

mod chunk;
mod csv_rows;
mod docx;
mod extract;
mod html;
mod language;
mod links;
mod markdown;
mod markdown_blocks;
mod pdf;
mod plain;
mod sitemap;
mod sniff;

pub use chunk::{ChunkPiece, chunk};
pub use extract::{Block, BlockKind, ExtractError, Extracted, MAX_CHARACTERS, extract};
pub use language::language_of;
pub use links::without_links;
pub use markdown::{markdown_to_html, plain_to_html};
pub use sitemap::{Sitemap, sitemap};
pub use sniff::{Kind, sniff};
