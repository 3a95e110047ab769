use std::path::PathBuf;

use types::{
    attachment::Attachment,
    id::{AttachmentId, OrganizationId},
    permission::Permission,
};

use super::{links, store};
use crate::{Actor, Cx, Error, Result, Services, error::require, organizations};

/// A file for a member, and where it is on disk.
///
/// To be served with its media type, `X-Content-Type-Options: nosniff`, and as a download unless it `is_inline`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn open(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    id: AttachmentId,
) -> Result<(Attachment, PathBuf)> {
    let mut cx = services.db.begin(organization, actor).await?;
    require(&cx, Permission::ConversationsRead)?;
    find(services, &mut cx, id).await
}

/// A file for a visitor, by the token in its link. The link opens this file only, for eight days.
///
/// # Errors
/// [`Error::NotFound`] when the token is not this file's, was changed or has expired, or the file is gone;
/// [`Error::Suspended`].
pub async fn open_for_visitor(services: &Services, id: AttachmentId, token: &str) -> Result<(Attachment, PathBuf)> {
    let organization =
        links::verify(&services.secret_key, id, token, services.db.now()).ok_or(Error::NotFound("file"))?;
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let status = sqlx::query_scalar!("select status from organizations where id = $1", organization.0)
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("file"))?;
    organizations::check_active(&status, None)?;
    find(services, &mut cx, id).await
}

async fn find(services: &Services, cx: &mut Cx, id: AttachmentId) -> Result<(Attachment, PathBuf)> {
    let organization = cx.organization();
    let row = sqlx::query!(
        "select file_name, media_type, size, is_inline from attachments where organization_id = $1 and id = $2",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("file"))?;
    let attachment = Attachment {
        id,
        file_name: row.file_name,
        media_type: row.media_type,
        size: row.size,
        is_inline: row.is_inline,
        url: format!("/files/{id}"),
    };
    Ok((attachment, store::path(services, organization, id)))
}
