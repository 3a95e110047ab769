use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use types::{
    id::{OrganizationId, UserId},
    page::Page,
    platform::{UserDetail, UserFilter, UserRow},
};

#[cfg(feature = "ssr")]
use {base::server, domain::platform};

/// A page of the users.
#[server(input = Json)]
pub async fn load_users(filter: UserFilter) -> Result<Page<UserRow>, AppError> {
    let operator = server::operator().await?;
    Ok(platform::users(&server::services()?, &operator, &filter).await?)
}

/// One user.
#[server]
pub async fn load_user(id: UserId) -> Result<UserDetail, AppError> {
    let operator = server::operator().await?;
    Ok(platform::user(&server::services()?, &operator, id).await?)
}

/// Locks a user out.
#[server]
pub async fn lock_user(id: UserId, reason: String) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::lock_user(&server::services()?, &operator, id, &reason).await?)
}

/// Lets a locked user in again.
#[server]
pub async fn unlock_user(id: UserId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::unlock_user(&server::services()?, &operator, id).await?)
}

/// Signs a user out everywhere.
#[server]
pub async fn end_user_sessions(id: UserId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::end_sessions(&server::services()?, &operator, id).await?)
}

/// Takes a user's second factor away.
#[server]
pub async fn reset_user_second_factor(id: UserId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(platform::reset_second_factor(&server::services()?, &operator, id).await?)
}

/// Lets this session be a member for a while.
#[server]
pub async fn impersonate(user_id: UserId, organization_id: OrganizationId, reason: String) -> Result<(), AppError> {
    let operator = server::operator().await?;
    platform::impersonate(&server::services()?, &operator, user_id, organization_id, &reason).await?;
    server::redirect("/app");
    Ok(())
}
