use types::{agent::Agent, id::AgentId, permission::Permission};

use super::get::read;
use crate::{Cx, Result, error::require};

/// The agents by name, at most 200.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<Agent>> {
    require(cx, Permission::AgentsRead)?;
    read(cx, None::<AgentId>).await
}
