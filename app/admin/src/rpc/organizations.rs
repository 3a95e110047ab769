use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{
    id::OrganizationId,
    page::Page,
    platform::{OrganizationDetail, OrganizationFilter, OrganizationRow},
};

#[cfg(feature = "ssr")]
use {base::server, domain::platform, types::error::FieldRule};

/// A page of the organizations.
#[server(input = Json)]
pub async fn load_organizations(filter: OrganizationFilter) -> Result<Page<OrganizationRow>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::organizations(&server::services()?, &operator, &filter).await?)
}

/// One organization.
#[server]
pub async fn load_organization(id: OrganizationId) -> Result<OrganizationDetail, AppError> {
    let operator = server::operator().await?;
    Ok(platform::organization(&server::services()?, &operator, id).await?)
}

/// Suspends an organization.
#[server]
pub async fn suspend_organization(id: OrganizationId, reason: String) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::suspend_organization(&server::services()?, &operator, id, &reason).await?)
}

/// Lets an organization work again.
#[server]
pub async fn restore_organization(id: OrganizationId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::restore_organization(&server::services()?, &operator, id).await?)
}

/// Removes an organization for good.
#[server]
pub async fn purge_organization(id: OrganizationId, confirmation: String) -> Result<(), AppError> {
    let operator = server::operator().await?;
    platform::purge_organization(&server::services()?, &operator, id, &confirmation).await?;
    server::redirect("/admin/organizations");
    Ok(())
}

/// Sets what an organization may have; what is left empty has no limit.
#[server]
pub async fn set_limits(
    id: OrganizationId,
    members: String,
    conversations_per_month: String,
    knowledge_sources: String,
    visitor_megabytes_per_day: String,
) -> Result<(), AppError> {
    let operator = server::operator().await?;
    let number = |field: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| domain::Error::rule(field, FieldRule::Number)),
    };
    let limits = types::organization::OrganizationLimits {
        members: number("members", &members)?,
        conversations_per_month: number("conversations_per_month", &conversations_per_month)?,
        knowledge_sources: number("knowledge_sources", &knowledge_sources)?,
        visitor_megabytes_per_day: number("visitor_megabytes_per_day", &visitor_megabytes_per_day)?,
    };
    Ok(platform::set_limits(&server::services()?, &operator, id, limits).await?)
}
