//! People's places in the organization.

mod availability;
mod list;

pub use availability::{any_online, set_availability};
pub use list::list;
