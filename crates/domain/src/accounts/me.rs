use db::Actor;
use sqlx::types::Json;
use types::{
    id::{MemberId, OrganizationId, UserId},
    member::Role,
    organization::{Organization, OrganizationSettings, OrganizationStatus},
    permission::Permissions,
    user::Me,
};

use crate::{Cx, Error, Result, Services};

/// A user in one organization; `None` when the user is no member of it, was locked, or when the organization was deleted.
///
/// # Errors
/// [`Error::Suspended`]: the organization is.
pub(crate) async fn load(services: &Services, user: UserId, organization: OrganizationId) -> Result<Option<Me>> {
    find(&mut services.db.begin(organization, Actor::System).await?, user).await
}

/// The same in the organization of this transaction.
///
/// # Errors
/// As [`load`].
pub(super) async fn find(cx: &mut Cx, user: UserId) -> Result<Option<Me>> {
    let organization = cx.organization();
    let row = sqlx::query!(
        r#"select m.id as member_id, m.role, r.permissions as "custom?", u.name as user_name, u.email, u.locale, u.time_zone, u.is_platform_admin,
                  o.name, o.slug, o.plan, o.status, o.suspended_reason, o.settings as "settings: Json<OrganizationSettings>", o.created_at
           from members m
           join users u on u.id = m.user_id
           join organizations o on o.id = m.organization_id
           left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
           where m.organization_id = $1 and m.user_id = $2 and o.status <> 'deleted' and u.is_active"#,
        organization.0,
        user.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let status = row.status.parse()?;
    if status == OrganizationStatus::Suspended {
        return Err(Error::suspended(row.suspended_reason.as_deref()));
    }
    let role = row.role.parse()?;
    Ok(Some(Me {
        user_id: user,
        member_id: MemberId(row.member_id),
        name: row.user_name,
        email: row.email,
        locale: row.locale,
        time_zone: row.time_zone,
        role,
        permissions: rights(role, row.custom.as_deref()),
        is_platform_admin: row.is_platform_admin,
        organization: Organization {
            id: organization,
            name: row.name,
            slug: row.slug,
            plan: row.plan,
            status,
            settings: row.settings.0,
            created_at: row.created_at,
        },
    }))
}

/// What a member may do: what the role grants or, for a plain member with a custom role, what that one holds.
fn rights(role: Role, custom: Option<&[String]>) -> Permissions {
    match custom.filter(|_| role == Role::Member) {
        Some(words) => words.iter().filter_map(|word| word.parse().ok()).collect(),
        None => Permissions::of_role(role),
    }
}
