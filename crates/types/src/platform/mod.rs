//! What those see and set who operate the service for all organizations.

mod flag;
mod log;
mod notice;
mod organization;
mod overview;
mod system;
mod trouble;
mod user;

pub use flag::{FeatureFlag, FlagOverride, FlagState};
pub use log::{PlatformLogEntry, PlatformLogFilter};
pub use notice::{Announcement, AnnouncementLevel, CreateAnnouncement, Notices};
pub use organization::{
    OrganizationDetail, OrganizationFilter, OrganizationPerson, OrganizationRow, OrganizationSort, OrganizationUsage,
};
pub use overview::{PlatformDay, PlatformOverview};
pub use system::{Migration, SlowQuery, System, TableSize};
pub use trouble::{FailingSource, FailingWebhook, JobRow, Jobs, QueueFigures};
pub use user::{Impersonation, UserDetail, UserFilter, UserRow, UserState};
