use std::{
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::Stream;
use sha2::{Digest, Sha256};
use tokio::fs;
use types::{
    attachment::MAX_ATTACHMENT_BYTES,
    error::FieldRule,
    id::{AttachmentId, OrganizationId},
};

use super::kind::{HEAD, Kind, sniff};
use crate::{Error, Result, Services, files};

/// A file that is on disk under its own name.
pub(super) struct Stored {
    pub kind: Kind,
    pub size: i64,
    pub checksum: Vec<u8>,
}

/// Where an organization's file is.
pub(super) fn path(services: &Services, organization: OrganizationId, id: AttachmentId) -> PathBuf {
    services.settings.files_dir.join(organization.to_string()).join(id.to_string())
}

/// Writes a file as it comes in. Nothing stays of one that is refused.
pub(super) async fn store(
    services: &Services,
    organization: OrganizationId,
    id: AttachmentId,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Stored> {
    let path = path(services, organization, id);
    let partial = path.with_extension("part");
    let stored = write(services, &partial, &path, file_name, bytes).await;
    if stored.is_err() {
        files::remove(&partial).await;
    }
    stored
}

async fn write(
    services: &Services,
    partial: &Path,
    path: &Path,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Stored> {
    let (mut head, mut hash) = (Vec::with_capacity(HEAD), Sha256::new());
    let size = files::receive(&services.settings, partial, bytes, MAX_ATTACHMENT_BYTES, |piece| {
        head.extend_from_slice(&piece[..piece.len().min(HEAD - head.len())]);
        hash.update(piece);
    })
    .await?;
    let kind = sniff(&head, file_name).ok_or_else(|| Error::rule("file", FieldRule::FileKind))?;
    fs::rename(partial, path).await.map_err(files::failed)?;
    Ok(Stored { kind, size: i64::try_from(size).unwrap_or(i64::MAX), checksum: hash.finalize().to_vec() })
}
