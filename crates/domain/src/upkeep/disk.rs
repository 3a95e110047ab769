//! The folder of files: uploads whose message never came, and what a crash left over between a file and its row.

use std::{collections::HashSet, io::ErrorKind, path::Path};

use chrono::{DateTime, Duration, Utc};
use tokio::fs;
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{
    Actor, Result, Services, attachments,
    files::{self, failed},
    knowledge,
};

/// A file without a row may be one that is just coming in.
const YOUNG: Duration = Duration::days(1);
/// Files that are looked up at a time.
const BATCH: usize = 500;

/// Goes through the organizations that have files.
///
/// # Errors
/// When the database or the disk does not answer.
pub(super) async fn sweep(services: &Services) -> Result<()> {
    remove_read(services).await?;
    let mut folders = match fs::read_dir(&services.settings.files_dir).await {
        Ok(folders) => folders,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    while let Some(folder) = folders.next_entry().await.map_err(failed)? {
        let Ok(id) = folder.file_name().to_string_lossy().parse::<Uuid>() else { continue };
        let organization = OrganizationId(id);
        forget_uploads(services, organization).await?;
        remove_strays(services, organization, &folder.path()).await?;
        remove_strays(services, organization, &folder.path().join("knowledge")).await?;
    }
    files::sweep(services).await
}

/// Removes the copies of documents that a killed process was having read.
async fn remove_read(services: &Services) -> Result<()> {
    let mut entries = match fs::read_dir(knowledge::reading_folder(services)).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    while let Some(entry) = entries.next_entry().await.map_err(failed)? {
        if is_old(services, &entry).await {
            files::remove(&entry.path()).await;
        }
    }
    Ok(())
}

/// Whether it is a file that has not been written to for long.
async fn is_old(services: &Services, entry: &fs::DirEntry) -> bool {
    let before = services.db.now() - YOUNG;
    let Ok(data) = entry.metadata().await else { return false };
    data.is_file() && data.modified().is_ok_and(|time| DateTime::<Utc>::from(time) < before)
}

async fn forget_uploads(services: &Services, organization: OrganizationId) -> Result<()> {
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let gone = attachments::delete_forgotten(&mut cx).await?;
        services.commit(cx).await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

/// Removes the files of a folder that have no row and are no longer young.
async fn remove_strays(services: &Services, organization: OrganizationId, folder: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    let mut old = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(failed)? {
        // Names are ids; `.part` ends what has not arrived whole. Anything else is not ours.
        let path = entry.path();
        let Some(id) = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<Uuid>().ok())
        else {
            continue;
        };
        if is_old(services, &entry).await {
            old.push((id, path));
        }
        if old.len() == BATCH {
            remove_without_row(services, organization, &std::mem::take(&mut old)).await?;
        }
    }
    remove_without_row(services, organization, &old).await
}

async fn remove_without_row(
    services: &Services,
    organization: OrganizationId,
    old: &[(Uuid, std::path::PathBuf)],
) -> Result<()> {
    let ids: Vec<Uuid> = old.iter().map(|(id, _)| *id).collect();
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let known = sqlx::query_scalar!(
        r#"select id as "id!" from attachments where organization_id = $1 and id = any($2)
           union all select id from knowledge_sources where organization_id = $1 and id = any($2)"#,
        organization.0,
        &ids
    )
    .fetch_all(cx.conn())
    .await?;
    drop(cx);
    if !files::may_go(services).await? {
        return Ok(());
    }
    let known: HashSet<Uuid> = known.into_iter().collect();
    for (id, path) in old {
        let is_whole = path.extension().is_none();
        if !(is_whole && known.contains(id)) {
            files::remove(path).await;
        }
    }
    Ok(())
}
