//! Documents to text, text to safe HTML, text to passages. Pure functions: no network, no files, no clock.

mod markdown;

pub use markdown::{markdown_to_html, plain_to_html};
