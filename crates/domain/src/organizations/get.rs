use chrono::{DateTime, Utc};
use sqlx::types::Json;
use types::{
    organization::{Organization, OrganizationSettings},
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// The organization of this transaction.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] when it was purged meanwhile.
pub async fn get(cx: &mut Cx) -> Result<Organization> {
    require(cx, Permission::OrganizationRead)?;
    let id = cx.organization();
    let row = sqlx::query!(
        r#"select name, slug, plan, status, settings as "settings: Json<OrganizationSettings>", created_at
           from organizations where id = $1"#,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("organization"))?;
    Ok(Organization {
        id,
        name: row.name,
        slug: row.slug,
        plan: row.plan,
        status: row.status.parse()?,
        settings: row.settings.0,
        created_at: row.created_at,
    })
}

/// When the organization of this transaction was last changed.
///
/// # Errors
/// As [`get`].
pub async fn changed_at(cx: &mut Cx) -> Result<DateTime<Utc>> {
    require(cx, Permission::OrganizationRead)?;
    let id = cx.organization();
    sqlx::query_scalar!("select updated_at from organizations where id = $1", id.0)
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("organization"))
}
