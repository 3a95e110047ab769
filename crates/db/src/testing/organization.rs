//! Organizations and members, written past the domain's verbs.

use types::{
    id::{MemberId, OrganizationId, UserId},
    member::Role,
    permission::Permissions,
};

use crate::{Actor, Cx, Db};

/// An organization of a test.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its owner, who may do everything.
    pub owner: Actor,
}

/// Makes an organization with an owner.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::expect_used, reason = "a test without its organization has failed")]
pub async fn organization(db: &Db) -> Organization {
    insert_organization(db).await.expect("an organization")
}

async fn insert_organization(db: &Db) -> Result<Organization, sqlx::Error> {
    let id = OrganizationId(db.new_id());
    let user_id = UserId(db.new_id());
    let mut cx = db.begin(id, Actor::System).await?;
    let now = cx.now();
    sqlx::query!(
        "with organization as (
           insert into organizations (id, name, slug, created_at, updated_at) values ($1, 'Test', $2, $3, $3) returning *
         )
         insert into organization_index (organization_id, name, slug, status, created_at)
         select id, name, slug, status, created_at from organization",
        id.0,
        format!("test-{}", id.0.simple()),
        now
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "insert into users (id, email, name, password_hash, email_verified_at) values ($1, $2, 'Olta Owner', '', $3)",
        user_id.0,
        format!("{}@example.com", user_id.0.simple()),
        now
    )
    .execute(cx.conn())
    .await?;
    let owner = insert_member(&mut cx, user_id, Role::Owner).await?;
    cx.commit().await?;
    Ok(Organization { id, owner })
}

/// Adds a person to an organization.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::expect_used, reason = "a test without its member has failed")]
pub async fn member(db: &Db, organization: &Organization, name: &str, role: Role) -> Actor {
    insert_person(db, organization, name, role).await.expect("a member")
}

async fn insert_person(db: &Db, organization: &Organization, name: &str, role: Role) -> Result<Actor, sqlx::Error> {
    let user_id = UserId(db.new_id());
    let mut cx = db.begin(organization.id, Actor::System).await?;
    sqlx::query!(
        "insert into users (id, email, name, password_hash) values ($1, $2, $3, '')",
        user_id.0,
        format!("{}@example.com", user_id.0.simple()),
        name
    )
    .execute(cx.conn())
    .await?;
    let member = insert_member(&mut cx, user_id, role).await?;
    cx.commit().await?;
    Ok(match member {
        Actor::Member { id, user_id, role, permissions, .. } => {
            Actor::Member { id, user_id, name: name.into(), role, permissions, impersonator: None }
        }
        other => other,
    })
}

async fn insert_member(cx: &mut Cx, user_id: UserId, role: Role) -> Result<Actor, sqlx::Error> {
    let organization = cx.organization().0;
    let id = MemberId(cx.new_id());
    sqlx::query!(
        "insert into members (organization_id, id, user_id, role) values ($1, $2, $3, $4)",
        organization,
        id.0,
        user_id.0,
        role.as_str()
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!("insert into user_organizations (user_id, organization_id) values ($1, $2)", user_id.0, organization)
        .execute(cx.conn())
        .await?;
    let permissions = Permissions::of_role(role);
    Ok(Actor::Member { id, user_id, name: "Olta Owner".into(), role, permissions, impersonator: None })
}
