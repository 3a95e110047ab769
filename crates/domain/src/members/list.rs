use types::{
    id::{MemberId, TeamId, UserId},
    member::Member,
    permission::Permission,
};

use crate::{Cx, Result, error::require};

/// The members by name, at most 500.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<Member>> {
    require(cx, Permission::MembersRead)?;
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select m.id, m.user_id, u.name, u.email, m.role, m.availability, m.team_id
         from members m join users u on u.id = m.user_id
         where m.organization_id = $1 order by lower(u.name), m.id limit 500",
        organization.0
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
                availability: row.availability.parse()?,
                team_id: row.team_id.map(TeamId),
            })
        })
        .collect()
}
