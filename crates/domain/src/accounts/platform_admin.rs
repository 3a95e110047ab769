use types::id::UserId;

use super::{find_user, password};
use crate::{Error, Result, Services, validate::Check};

/// Makes a person who operates the service for all organizations. For the operator's command line.
///
/// A user who has the address already becomes one when the password is that user's.
///
/// # Errors
/// [`Error::Validation`]; [`Error::Conflict`] when the address is a user's with another password.
pub async fn create_platform_admin(services: &Services, email: &str, name: &str, password: &str) -> Result<UserId> {
    let mut check = Check::default();
    let name = check.name("name", name);
    let email = check.email("email", email);
    password::check(&mut check, "password", password, &email);
    check.finish()?;
    let hash = password::hash(password).await?;
    let now = services.db.now();
    let created = sqlx::query_scalar!(
        "insert into users (id, email, name, password_hash, is_platform_admin, created_at, updated_at)
         values ($1, $2, $3, $4, true, $5, $5) on conflict (lower(email)) do nothing returning id",
        services.db.new_id(),
        email,
        name,
        hash,
        now
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    if let Some(id) = created {
        return Ok(UserId(id));
    }
    let conflict = || {
        Error::Conflict(
            "a user with this address exists: enter that user's password to make them a platform admin".into(),
        )
    };
    let user = find_user(services, &email).await?.ok_or_else(conflict)?;
    if !password::verify(password, &user.password_hash).await? {
        return Err(conflict());
    }
    sqlx::query!("update users set is_platform_admin = true, updated_at = $2 where id = $1", user.id, now)
        .execute(services.db.system().pool())
        .await?;
    Ok(UserId(user.id))
}
