use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{
    id::{AnnouncementId, OrganizationId},
    page::Page,
    platform::{
        Announcement, AnnouncementLevel, FailingSource, FailingWebhook, FeatureFlag, FlagState, Jobs, PlatformLogEntry,
        PlatformLogFilter, PlatformOverview, System,
    },
};

#[cfg(feature = "ssr")]
use {base::server, domain::platform};

/// The state of the service.
#[server]
pub async fn load_platform() -> Result<PlatformOverview, AppError> {
    let operator = server::operator().await?;
    Ok(platform::overview(&server::services()?, &operator).await?)
}

/// Queues and failed jobs.
#[server]
pub async fn load_jobs() -> Result<Jobs, AppError> {
    let operator = server::operator().await?;
    Ok(platform::jobs(&server::services()?, &operator).await?)
}

/// Begins a failed job anew.
#[server]
pub async fn retry_job(id: i64) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::retry_job(&server::services()?, &operator, id).await?)
}

/// Webhooks whose deliveries fail.
#[server]
pub async fn load_failing_webhooks() -> Result<Vec<FailingWebhook>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::failing_webhooks(&server::services()?, &operator).await?)
}

/// Sources that could not be read.
#[server]
pub async fn load_failing_sources() -> Result<Vec<FailingSource>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::failing_sources(&server::services()?, &operator).await?)
}

/// Program and database.
#[server]
pub async fn load_system() -> Result<System, AppError> {
    let operator = server::operator().await?;
    Ok(platform::system(&server::services()?, &operator).await?)
}

/// What members are, were and will be told.
#[server]
pub async fn load_announcements() -> Result<Vec<Announcement>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::announcements(&server::services()?, &operator).await?)
}

/// Announces something.
#[server]
pub async fn create_announcement(
    level: AnnouncementLevel,
    text_en: String,
    text_sq: String,
    starts_at: String,
    ends_at: String,
) -> Result<(), AppError> {
    let operator = server::operator().await?;
    let input = types::platform::CreateAnnouncement { level, text_en, text_sq, starts_at, ends_at };
    platform::create_announcement(&server::services()?, &operator, input).await?;
    Ok(())
}

/// Takes an announcement back.
#[server]
pub async fn delete_announcement(id: AnnouncementId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::delete_announcement(&server::services()?, &operator, id).await?)
}

/// All flags.
#[server]
pub async fn load_flags() -> Result<Vec<FlagState>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::flags(&server::services()?, &operator).await?)
}

/// Switches something on or off for all.
#[server]
pub async fn set_flag(flag: FeatureFlag, is_on: bool) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::set_flag(&server::services()?, &operator, flag, is_on).await?)
}

/// Switches something on or off for one organization.
#[server]
pub async fn set_flag_override(
    flag: FeatureFlag,
    organization_id: OrganizationId,
    is_on: bool,
) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::set_flag_override(&server::services()?, &operator, flag, organization_id, is_on).await?)
}

/// Lets what counts for all count for an organization again.
#[server]
pub async fn clear_flag_override(flag: FeatureFlag, organization_id: OrganizationId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::clear_flag_override(&server::services()?, &operator, flag, organization_id).await?)
}

/// What operators did.
#[server(input = Json)]
pub async fn load_platform_log(filter: PlatformLogFilter) -> Result<Page<PlatformLogEntry>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::log(&server::services()?, &operator, &filter).await?)
}

/// Looks whether that log is whole; gives the first row that is not.
#[server]
pub async fn verify_platform_log() -> Result<Option<i64>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::verify_log(&server::services()?, &operator).await?)
}
