use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use types::{
    id::UserId,
    page::{Page, clamp},
    platform::{UserDetail, UserFilter, UserRow, UserState},
};
use uuid::Uuid;

use super::{Operator, organizations::by_id};
use crate::{
    Error, Result, Services,
    validate::{clean, contains_pattern},
};

/// Counting stops here, and so do the pages: a search narrows the list.
const COUNT_BOUND: i64 = 10_000;

/// The users that match, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn users(services: &Services, _: &Operator, filter: &UserFilter) -> Result<Page<UserRow>> {
    let (page, limit, offset) = clamp(filter.page, None);
    let pool = services.db.system();
    let mut count = QueryBuilder::new("select count(*) from (select from users u where true");
    matching(&mut count, filter);
    count.push(" limit ").push_bind(COUNT_BOUND).push(") matching");
    let total: i64 = count.build_query_scalar().fetch_one(pool.pool()).await?;
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" from users u where true");
    matching(&mut query, filter);
    query.push(" order by u.created_at desc, u.id limit ").push_bind(limit);
    query.push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows = query.build_query_as::<Row>().fetch_all(pool.pool()).await?;
    Ok(Page { items: rows.into_iter().map(Row::row).collect(), total, page, limit })
}

/// A user with the organizations that the person belongs to.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn user(services: &Services, _: &Operator, id: UserId) -> Result<UserDetail> {
    let pool = services.db.system();
    let mut query = QueryBuilder::new(COLUMNS);
    query.push(" from users u where u.id = ").push_bind(id.0);
    let row = query.build_query_as::<Row>().fetch_optional(pool.pool()).await?.ok_or(Error::NotFound("user"))?;
    let organizations = sqlx::query_scalar!(
        "select organization_id from user_organizations where user_id = $1 order by organization_id limit 100",
        id.0
    )
    .fetch_all(pool.pool())
    .await?;
    Ok(UserDetail { row: row.row(), organizations: by_id(services, &organizations).await? })
}

fn matching(query: &mut QueryBuilder<'_, Postgres>, filter: &UserFilter) {
    let text: String = clean(&filter.q).trim().chars().take(200).collect();
    if let Ok(id) = text.parse::<Uuid>() {
        query.push(" and u.id = ").push_bind(id);
    } else if !text.is_empty() {
        let pattern = contains_pattern(&text.to_lowercase());
        query.push(" and (lower(u.name) like ").push_bind(pattern.clone());
        query.push(" or lower(u.email) like ").push_bind(pattern).push(")");
    }
    match filter.state {
        Some(UserState::Active) => query.push(" and u.is_active"),
        Some(UserState::Locked) => query.push(" and not u.is_active"),
        Some(UserState::PlatformAdmin) => query.push(" and u.is_platform_admin"),
        None => query,
    };
}

const COLUMNS: &str = "select u.id, u.name, u.email, u.is_active, u.is_platform_admin,
    has_second_factor(u) as has_second_factor, u.email_verified_at is not null as email_is_verified,
    (select count(*) from user_organizations o where o.user_id = u.id) as organizations,
    (select count(*) from sessions s where s.user_id = u.id) as sessions, u.last_login_at, u.created_at";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    email: String,
    is_active: bool,
    is_platform_admin: bool,
    has_second_factor: bool,
    email_is_verified: bool,
    organizations: i64,
    sessions: i64,
    last_login_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn row(self) -> UserRow {
        UserRow {
            id: UserId(self.id),
            name: self.name,
            email: self.email,
            is_active: self.is_active,
            is_platform_admin: self.is_platform_admin,
            has_second_factor: self.has_second_factor,
            email_is_verified: self.email_is_verified,
            organizations: self.organizations,
            sessions: self.sessions,
            last_login_at: self.last_login_at,
            created_at: self.created_at,
        }
    }
}
