//! The walk over every log for the command line: whoever runs a command has the database's address, and needs no session.

use types::id::OrganizationId;
use uuid::Uuid;

use super::log::walk_log;
use crate::{
    Actor, Error, Result, Services,
    audit::{self, Walk},
};

/// Organizations that are read at a time.
const BATCH: i64 = 200;

/// A log that was looked at.
#[derive(Debug)]
pub struct Chain {
    /// Whose it is; none for the operators' own.
    pub organization: Option<OrganizationId>,
    /// The organization's slug, or `platform`.
    pub slug: String,
    pub walk: Walk,
}

/// Looks whether the logs are whole: of the organization that has this id or slug, or of every organization, deleted ones
/// included, and the operators' own. `each` is told of every log as soon as it was read.
///
/// # Errors
/// [`Error::NotFound`] when there is no such organization.
pub async fn walk_chains(services: &Services, only: Option<&str>, mut each: impl FnMut(Chain)) -> Result<()> {
    if let Some(name) = only {
        let id = name.parse::<Uuid>().ok();
        let found = sqlx::query!(
            "select organization_id, slug from organization_index where organization_id = $1 or slug = lower($2)",
            id,
            name
        )
        .fetch_optional(services.db.system().pool())
        .await?
        .ok_or(Error::NotFound("organization"))?;
        each(of_organization(services, found.organization_id, found.slug).await?);
        return Ok(());
    }
    let mut last = Uuid::nil();
    loop {
        let organizations = sqlx::query!(
            "select organization_id, slug from organization_index where organization_id > $1
             order by organization_id limit $2",
            last,
            BATCH
        )
        .fetch_all(services.db.system().pool())
        .await?;
        if organizations.is_empty() {
            break;
        }
        for row in organizations {
            last = row.organization_id;
            each(of_organization(services, row.organization_id, row.slug).await?);
        }
    }
    each(Chain { organization: None, slug: "platform".into(), walk: walk_log(services).await? });
    Ok(())
}

async fn of_organization(services: &Services, id: Uuid, slug: String) -> Result<Chain> {
    let id = OrganizationId(id);
    audit::seal(services).await?;
    let mut cx = services.db.begin(id, Actor::System).await?;
    Ok(Chain { organization: Some(id), slug, walk: audit::walk(&mut cx).await? })
}
