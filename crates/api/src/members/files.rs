use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use domain::attachments;
use types::id::AttachmentId;

use crate::{Api, error::ApiResult, extract::Member, file};

/// `GET /files/{id}`
pub(super) async fn download(
    State(api): State<Api>,
    member: Member,
    Path(id): Path<AttachmentId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (organization, actor) = (member.organization(), member.authenticated.actor());
    let (attachment, path) = attachments::open(&api.services, organization, actor, id).await?;
    file::serve(&attachment, path, &headers).await
}
