//! Invitations: a link in a mail by which somebody becomes a member. Single use, good for a week, kept as a hash.

mod accept;
mod create;
mod find;
mod list;
mod offers;
mod resend;
mod revoke;

pub use accept::{accept, accept_as_new};
pub use create::create;
pub use find::find;
pub use list::{get, list};
pub(crate) use offers::{join_offered, offers};
pub use resend::resend;
pub use revoke::revoke;
pub(crate) use revoke::withdraw;
