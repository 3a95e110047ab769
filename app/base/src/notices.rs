//! What stands above the dashboard: that an operator works here as a member, and what operators announce. The server draws
//! it around the application, so that it is there before and without any script, and the script does not grow by it.

use leptos::prelude::*;
use types::id::AnnouncementId;

use crate::AppError;

/// Puts an announcement away.
#[server]
pub async fn dismiss_announcement(id: AnnouncementId) -> Result<(), AppError> {
    let (services, member) = (crate::server::services()?, crate::server::member().await?);
    Ok(domain::platform::dismiss_announcement(&services, member.me.user_id, id).await?)
}

/// Lets the session be the operator's own again.
#[server]
pub async fn end_impersonation() -> Result<(), AppError> {
    use crate::server;
    let (services, member) = (server::services()?, server::member().await?);
    domain::platform::end_impersonation(&services, &member, &server::client_info()).await?;
    server::redirect("/admin/organizations");
    Ok(())
}
