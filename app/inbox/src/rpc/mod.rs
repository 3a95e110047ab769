//! What the inbox asks of the server: conversations and their messages.

mod canned;
mod change;
mod read;

pub use self::{canned::*, change::*, read::*};
