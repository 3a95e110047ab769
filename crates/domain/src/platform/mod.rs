//! What those do who operate the service for all organizations.
//!
//! Every verb takes an [`Operator`], which [`Operator::of`] gives to platform admins whose sign-in has a second step, and
//! to nobody else. Figures across organizations come from tables of their own (`organization_index`,
//! `organization_days`), because row-level security shows no connection more than one organization; a job goes round and
//! counts ([`measure_due`]). What operators do is written into the operators' log ([`log`]) and, where it concerns an
//! organization, into that organization's audit log too.

mod announcements;
mod chains;
mod days;
mod deliveries;
mod end_sessions;
mod flags;
mod impersonation;
mod jobs;
mod limits;
mod lock;
mod log;
mod measure;
mod notices;
mod operator;
mod organization;
mod organizations;
mod overview;
mod purge;
mod reset_second_factor;
mod restore;
mod sources;
mod suspend;
mod system;
mod users;

pub use announcements::{
    announcements, create_announcement, delete_announcement, dismiss_announcement, shown_announcements,
};
pub use chains::{Chain, walk_chains};
pub use deliveries::failing_webhooks;
pub use end_sessions::end_sessions;
pub use flags::{clear_flag_override, flags, is_on, set_flag, set_flag_override};
pub(crate) use impersonation::end_overdue;
pub use impersonation::{end_impersonation, impersonate};
pub use jobs::{jobs, retry_job};
pub use limits::set_limits;
pub use lock::{lock_user, unlock_user};
pub use log::{log, verify_log};
pub use measure::{measure, measure_due};
pub use notices::notices;
pub use operator::Operator;
pub use organization::organization;
pub use organizations::organizations;
pub use overview::overview;
pub use purge::purge_organization;
pub use reset_second_factor::reset_second_factor;
pub use restore::restore_organization;
pub use sources::failing_sources;
pub use suspend::suspend_organization;
pub use system::system;
pub use users::{user, users};
