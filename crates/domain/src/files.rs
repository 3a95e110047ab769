//! Files on the disk: how uploads come in, and how files go whose rows are gone. A verb that deletes rows writes the paths
//! of their files into the queue `file_removals` in its transaction; the files go afterwards, so that a rollback or a crash
//! loses none too many.

use std::{
    io::{self, ErrorKind},
    path::Path,
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::io::AsyncWriteExt;
use types::error::FieldRule;

use crate::{Error, Result, Services, Settings};

/// Bytes of an upload after which the disk is looked at again: several may come in at once.
const LOOK_EVERY: u64 = 4 * 1024 * 1024;

/// Asks whether a file may come in, or go on to: the disk keeps free what the operator wants, because the database may be on
/// it too.
async fn check_room(settings: &Settings) -> Result<()> {
    let (folder, reserve) = (settings.files_dir.clone(), settings.disk_reserve);
    let free = move || {
        std::fs::create_dir_all(&folder)?;
        let disk = rustix::fs::statvfs(&folder)?;
        Ok::<_, io::Error>(disk.f_bavail.saturating_mul(disk.f_frsize))
    };
    let free = tokio::task::spawn_blocking(free).await.map_err(anyhow::Error::from)?.map_err(failed)?;
    if free >= reserve {
        return Ok(());
    }
    tracing::error!(free, reserve, "a file was not taken: the disk is nearly full");
    Err(Error::NoRoom)
}

/// Writes an upload of at most `limit` bytes to the disk as it comes in, and shows each piece to `each`; gives the length
/// in bytes. What a refused upload leaves at `path`, the caller removes.
///
/// # Errors
/// [`Error::Validation`] on an empty or broken upload, [`Error::TooLarge`], [`Error::NoRoom`].
pub(crate) async fn receive<E: Send>(
    settings: &Settings,
    path: &Path,
    stream: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
    limit: u64,
    mut each: impl FnMut(&[u8]) + Send,
) -> Result<u64> {
    check_room(settings).await?;
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let mut stream = std::pin::pin!(stream);
    let (mut length, mut looked_at) = (0u64, 0u64);
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Error::rule("file", FieldRule::BrokenUpload))?;
        length += piece.len() as u64;
        if length > limit {
            return Err(Error::larger_file(limit));
        }
        if length - looked_at >= LOOK_EVERY {
            check_room(settings).await?;
            looked_at = length;
        }
        each(&piece);
        file.write_all(&piece).await.map_err(failed)?;
    }
    if length == 0 {
        return Err(Error::rule("file", FieldRule::Missing));
    }
    // Tells of a last write that failed, of which the next line would say nothing.
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    Ok(length)
}

/// A fault of the disk.
pub(crate) fn failed(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            tracing::error!(%error, "files find no room");
            Error::NoRoom
        }
        _ => Error::Internal(error.into()),
    }
}

/// Removes a file; one that is gone already is as good. False when it is still there.
pub(crate) async fn remove(path: &Path) -> bool {
    match tokio::fs::remove_file(path).await {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "a file could not be removed");
            false
        }
    }
}

/// Whether files without a row may be removed now, and no backup reads them. To be asked after the rows were.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn may_go(services: &Services) -> Result<bool> {
    Ok(db::files::may_go(services.db.system().pool()).await?)
}

/// Removes the files that wait for it. Runs with every tick; may run twice at once. A file that cannot be removed is
/// tried again.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sweep(services: &Services) -> Result<()> {
    let pool = services.db.system();
    let mut behind = 0;
    loop {
        let rows = sqlx::query!("select id, path from file_removals where id > $1 order by id limit 1000", behind)
            .fetch_all(pool.pool())
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind = last.id;
        if !may_go(services).await? {
            return Ok(());
        }
        let mut done = Vec::new();
        for row in &rows {
            if remove(&services.settings.files_dir.join(&row.path)).await {
                done.push(row.id);
            }
        }
        sqlx::query!("delete from file_removals where id = any($1)", &done).execute(pool.pool()).await?;
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use futures::stream;

    use super::*;

    fn settings(files_dir: &Path) -> Settings {
        Settings {
            public_url: String::new(),
            files_dir: files_dir.into(),
            disk_reserve: 1,
            events_kept_days: 7,
            knowledge: crate::knowledge::KnowledgeSettings::default(),
        }
    }

    /// On a device that is always full.
    #[tokio::test]
    async fn a_file_that_finds_no_room_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"Nine to five."))]);
        let received = receive(&settings(folder.path()), Path::new("/dev/full"), bytes, 100, |_| ()).await;
        assert!(matches!(received, Err(Error::NoRoom)), "{received:?}");
    }

    /// The folder becomes one of a disk without any room, as if others had filled it.
    #[tokio::test]
    async fn a_disk_that_fills_up_while_a_file_comes_in_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("files");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        let settings = settings(&link);
        let piece = Bytes::from(vec![0; 1024 * 1024]);
        let mut taken = 0;
        let bytes = stream::iter((0..100).map(|n| {
            if n == 2 {
                std::fs::remove_file(&link).unwrap();
                std::os::unix::fs::symlink("/proc", &link).unwrap();
            }
            Ok::<_, io::Error>(piece.clone())
        }));
        let received = receive(&settings, &folder.path().join("a"), bytes, u64::MAX, |_| taken += 1).await;
        assert!(matches!(received, Err(Error::NoRoom)), "{received:?}");
        assert_eq!(taken, 3, "mebibytes before the disk is looked at again");
    }
}
