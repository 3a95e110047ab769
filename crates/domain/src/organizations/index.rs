use crate::{Cx, Error, Result};

/// Writes the organization of this transaction into the list that operators see. To be called after each change of its
/// name or status.
pub(crate) async fn index(cx: &mut Cx) -> Result<()> {
    let organization = cx.organization();
    sqlx::query!(
        "insert into organization_index (organization_id, name, slug, status, created_at)
         select id, name, slug, status, created_at from organizations where id = $1
         on conflict (organization_id) do update
           set name = excluded.name, slug = excluded.slug, status = excluded.status",
        organization.0
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Asks whether an organization of this status may use the product. `reason` is why it is suspended, for callers whom that
/// may be told: its members and programs, not its customers.
///
/// # Errors
/// [`Error::Suspended`], or [`Error::Refused`] when it was deleted.
pub(crate) fn check_active(status: &str, reason: Option<&str>) -> Result<()> {
    match status {
        "active" => Ok(()),
        "suspended" => Err(Error::suspended(reason)),
        _ => Err(Error::Refused("the organization was deleted")),
    }
}
