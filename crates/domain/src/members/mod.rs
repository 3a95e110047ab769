//! People's places in the organization.

mod add;
mod availability;
mod change_role;
mod grant;
mod list;
mod lock;
mod release;
mod remove;
mod set_team;

pub(crate) use add::add;
pub use availability::{any_online, set_availability};
pub use change_role::change_role;
pub(crate) use grant::{check_grant, check_held, hold_rights};
pub use list::{get, list};
pub(crate) use release::{release, sweep};
pub use remove::{leave, remove};
pub use set_team::set_team;
