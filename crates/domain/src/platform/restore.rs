use types::{id::OrganizationId, organization::OrganizationStatus};

use super::{Operator, log::Act};
use crate::{Error, Result, Services, organizations};

/// Lets a suspended organization work again, or one whose owner deleted it and whose grace period runs.
///
/// # Errors
/// [`Error::NotFound`] when there is nothing to restore.
pub async fn restore_organization(services: &Services, operator: &Operator, id: OrganizationId) -> Result<()> {
    let mut cx = operator.begin(services, id).await?;
    if !organizations::bring_back(&mut cx, OrganizationStatus::Suspended).await?
        && !organizations::bring_back(&mut cx, OrganizationStatus::Deleted).await?
    {
        return Err(Error::NotFound("organization"));
    }
    let act = Act { action: "organization.restored", resource: id.0, before: None, after: None };
    operator.note(services, cx.conn(), act).await?;
    services.commit(cx).await
}
