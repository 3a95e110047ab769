use std::{io, path::PathBuf};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::{fs, io::AsyncWriteExt};
use types::{
    attachment::MAX_ATTACHMENT_BYTES,
    error::FieldRule,
    id::{AttachmentId, OrganizationId},
};

use super::kind::{HEAD, Kind, sniff};
use crate::{Error, Result, Services, files::failed};

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
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let written = write(&partial, file_name, bytes).await;
    match written {
        Ok(stored) => {
            fs::rename(&partial, &path).await.map_err(failed)?;
            Ok(stored)
        }
        Err(error) => {
            let _ = fs::remove_file(&partial).await;
            Err(error)
        }
    }
}

async fn write(
    partial: &PathBuf,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Stored> {
    let mut file = fs::File::create(partial).await.map_err(failed)?;
    let (mut size, mut head, mut hash) = (0_u64, Vec::with_capacity(HEAD), Sha256::new());
    let mut bytes = std::pin::pin!(bytes);
    while let Some(part) = bytes.next().await {
        let part = part.map_err(|_| Error::rule("file", FieldRule::BrokenUpload))?;
        size += part.len() as u64;
        if size > MAX_ATTACHMENT_BYTES {
            return Err(Error::larger_file(MAX_ATTACHMENT_BYTES));
        }
        head.extend_from_slice(&part[..part.len().min(HEAD - head.len())]);
        hash.update(&part);
        file.write_all(&part).await.map_err(failed)?;
    }
    if size == 0 {
        return Err(Error::rule("file", FieldRule::Missing));
    }
    let kind = sniff(&head, file_name).ok_or_else(|| Error::rule("file", FieldRule::FileKind))?;
    // Tells of a last write that failed, of which the next line would say nothing.
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    Ok(Stored { kind, size: i64::try_from(size).unwrap_or(i64::MAX), checksum: hash.finalize().to_vec() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use futures::stream;

    use super::*;

    /// On a device that is always full.
    #[tokio::test]
    async fn a_file_that_finds_no_room_is_not_taken() {
        let bytes = stream::iter([Ok(Bytes::from_static(b"Nine to five."))]);
        let written = write(&"/dev/full".into(), "hours.txt", bytes).await;
        assert!(matches!(written, Err(Error::NoRoom)), "{:?}", written.err());
    }
}
