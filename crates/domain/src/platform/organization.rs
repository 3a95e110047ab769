use sqlx::types::Json;
use types::{
    id::{OrganizationId, UserId},
    organization::OrganizationLimits,
    platform::{OrganizationDetail, OrganizationPerson},
};

use super::{Operator, days::days, measure, organizations::by_id};
use crate::{Error, Result, Services, organizations::month_of};

/// An organization with its people, limits and days; its figures are counted anew.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn organization(services: &Services, operator: &Operator, id: OrganizationId) -> Result<OrganizationDetail> {
    measure(services, id).await?;
    let row = by_id(services, &[id.0]).await?.pop().ok_or(Error::NotFound("organization"))?;
    let mut cx = operator.begin(services, id).await?;
    let month = month_of(cx.now());
    let facts = sqlx::query!(
        r#"select suspended_at, suspended_reason, limits as "limits: Json<OrganizationLimits>",
                  (select purge_at from organization_purges where organization_id = $1) as purge_at,
                  (select count(*) from conversations where organization_id = $1 and created_at >= $2) as "month!"
           from organizations where id = $1"#,
        id.0,
        month
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("organization"))?;
    let people = sqlx::query!(
        "select u.id, u.name, u.email, u.is_active, u.is_platform_admin, m.role,
                coalesce((select max(s.last_seen_at) from sessions s where s.user_id = u.id and s.organization_id = $1),
                         u.last_login_at) as last_seen_at
         from members m join users u on u.id = m.user_id where m.organization_id = $1
         order by array_position(array['owner', 'admin', 'member'], m.role), lower(u.name), u.id limit 100",
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    drop(cx);
    let people = people.into_iter().map(|person| {
        Ok(OrganizationPerson {
            user_id: UserId(person.id),
            name: person.name,
            email: person.email,
            role: person.role.parse()?,
            is_active: person.is_active,
            is_platform_admin: person.is_platform_admin,
            last_seen_at: person.last_seen_at,
        })
    });
    Ok(OrganizationDetail {
        row,
        suspended_at: facts.suspended_at,
        suspended_reason: facts.suspended_reason,
        purge_at: facts.purge_at,
        limits: facts.limits.0,
        conversations_this_month: facts.month,
        people: people.collect::<Result<_>>()?,
        days: days(services, Some(id)).await?,
    })
}
