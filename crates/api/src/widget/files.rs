use axum::{
    Router,
    extract::{Multipart, Path, Query, State},
    http::{HeaderMap, header},
    response::Response,
    routing::post,
};
use domain::{Error, attachments};
use serde::Deserialize;
use types::{
    attachment::{Attachment, MAX_ATTACHMENT_BYTES},
    id::AttachmentId,
};

use crate::{
    Api,
    answer::Data,
    error::ApiResult,
    extract::{ClientIp, VisitorAuth},
    file,
    state::FILE_UNIT,
};

/// The upload has a limit of its own.
pub(super) fn upload_route() -> Router<Api> {
    Router::new().route("/uploads", post(upload)).layer(file::form_limit(MAX_ATTACHMENT_BYTES))
}

/// `POST /widget/api/uploads`: a file for the visitor's next message, as the form part `file`.
async fn upload(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    ip: ClientIp,
    headers: HeaderMap,
    mut form: Multipart,
) -> ApiResult<Data<Attachment>> {
    api.limits.uploads.check(&visitor.id.to_string())?;
    api.limits.uploads.check(&ip.counted_as())?;
    let of_organization = format!("{} {}", visitor.organization.0, ip.counted_as());
    if api.limits.uploaded.take(&of_organization, weight(&headers)).is_err() {
        return Err(Error::LimitReached("as many files have come from this address today as may".into()).into());
    }
    let (name, field) = file::file_part(&mut form).await?;
    Ok(Data(attachments::upload_as_visitor(&api.services, &visitor, &name, file::pieces(field)).await?))
}

/// `DELETE /widget/api/uploads/{id}`: a file that is left out of the message after all.
pub(super) async fn discard(
    State(api): State<Api>,
    VisitorAuth(visitor): VisitorAuth,
    Path(id): Path<AttachmentId>,
) -> ApiResult<Data<()>> {
    attachments::discard_as_visitor(&api.services, &visitor, id).await?;
    Ok(Data(()))
}

/// What a form weighs by what is said of it: browsers always say how long it is.
fn weight(headers: &HeaderMap) -> u32 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = length.unwrap_or(u64::MAX).min(MAX_ATTACHMENT_BYTES);
    u32::try_from(bytes.div_ceil(FILE_UNIT)).unwrap_or(u32::MAX)
}

#[derive(Deserialize)]
pub(super) struct Link {
    token: String,
}

/// `GET /widget/api/files/{id}?token=…`: pictures are asked for without a header, so the link itself is the proof.
pub(super) async fn download(
    State(api): State<Api>,
    Path(id): Path<AttachmentId>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (attachment, path) = attachments::open_for_visitor(&api.services, id, &link.token).await?;
    file::serve(&attachment, path, &headers).await
}
