use types::{
    id::{MemberId, RoleId, TeamId, UserId},
    member::Member,
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// The members by name, at most 500.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<Member>> {
    find(cx, None).await
}

/// A member.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: MemberId) -> Result<Member> {
    find(cx, Some(id)).await?.pop().ok_or(Error::NotFound("member"))
}

async fn find(cx: &mut Cx, id: Option<MemberId>) -> Result<Vec<Member>> {
    require(cx, Permission::MembersRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select m.id, u.id as user_id, u.name, u.email, m.role, m.custom_role_id, r.name as "role_name?", m.availability,
                  m.team_id, has_second_factor(u) as "has_second_factor!"
           from members m join users u on u.id = m.user_id
           left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
           where m.organization_id = $1 and ($2::uuid is null or m.id = $2) order by lower(u.name), m.id limit 500"#,
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Member {
                id: MemberId(row.id),
                user_id: UserId(row.user_id),
                name: row.name,
                email: row.email,
                role: row.role.parse()?,
                role_id: row.custom_role_id.map(RoleId),
                role_name: row.role_name,
                availability: row.availability.parse()?,
                team_id: row.team_id.map(TeamId),
                has_second_factor: row.has_second_factor,
            })
        })
        .collect()
}
