use serde::Serialize;
use types::{id::OrganizationId, member::Role, permission::Permission};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::Caller;
use crate::{
    Api,
    answer::{Data, One},
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(me))
}

/// Who asks.
#[derive(Serialize, ToSchema)]
struct Identity {
    /// `member` or `api_key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Id of the member or of the key.
    id: Option<Uuid>,
    name: String,
    /// A member's address.
    email: Option<String>,
    /// A member's role.
    role: Option<Role>,
    /// What this caller may do.
    permissions: Vec<Permission>,
    organization_id: OrganizationId,
}

/// Who asks, and what they may do
#[utoipa::path(get, path = "/me", tag = "Me", responses((status = 200, body = One<Identity>)), security(("api_key" = [])))]
async fn me(caller: Caller) -> Data<Identity> {
    Data(Identity {
        kind: caller.actor.kind(),
        id: caller.actor.id(),
        permissions: Permission::ALL.iter().copied().filter(|permission| caller.actor.may(*permission)).collect(),
        name: caller.name,
        email: caller.email,
        role: caller.role,
        organization_id: caller.organization,
    })
}
