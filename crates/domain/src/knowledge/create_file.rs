use bytes::Bytes;
use futures::Stream;
use serde_json::json;
use types::{
    id::{OrganizationId, SourceId},
    knowledge::{MAX_SOURCE_BYTES, Schedule, Source, SourceType},
    permission::Permission,
};

use super::create::{NewSource, insert};
use crate::{Actor, Error, Result, Services, error::require, files, validate::Check};

/// Keeps an uploaded file as a source and begins to read it. `name` may be empty: then the file's name is taken.
///
/// # Errors
/// [`Error::Validation`] on a file that is of no kind that can be read, [`Error::TooLarge`] above 50 MB, [`Error::NoRoom`].
/// Nothing is left behind then.
pub async fn create_file<S, E>(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    name: &str,
    file_name: &str,
    media_type: &str,
    stream: S,
) -> Result<Source>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Send,
    E: std::error::Error + Send + Sync + 'static,
{
    // Asked first: who may not add sources does not fill the disk either.
    require(&services.db.begin(organization, actor.clone()).await?, Permission::KnowledgeWrite)?;
    let mut check = Check::default();
    let base_name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let file_name = check.line("file", base_name, 1..=255);
    let name = check.line("name", if name.trim().is_empty() { &file_name } else { name }, 1..=200);
    check.finish()?;

    let id = SourceId(services.db.new_id());
    let key = format!("{organization}/knowledge/{id}");
    let path = services.settings.files_dir.join(&key);
    let partial = path.with_extension("part");
    let kept = async {
        let size = files::receive(&services.settings, &partial, stream, MAX_SOURCE_BYTES, |_| ()).await?;
        let bytes = tokio::fs::read(&partial).await.map_err(files::failed)?;
        text::sniff(&bytes, media_type, &file_name).map_err(|error| Error::invalid("file", error.to_string()))?;
        drop(bytes);
        tokio::fs::rename(&partial, &path).await.map_err(files::failed)?;
        let mut cx = services.db.begin(organization, actor).await?;
        let media_type: String = media_type.chars().take(200).collect();
        let new = NewSource {
            id,
            name,
            source_type: SourceType::File,
            location: file_name,
            settings: json!({"media_type": media_type, "size": size}),
            schedule: Schedule::Off,
            content: None,
            storage_key: Some(key),
        };
        let source = insert(&mut cx, new).await?;
        Ok((cx, source))
    }
    .await;
    match kept {
        Ok((cx, source)) => {
            // When its answer is lost it may have happened: the file stays, and goes with the upkeep if it did not.
            services.commit(cx).await?;
            Ok(source)
        }
        Err(error) => {
            files::remove(&partial).await;
            files::remove(&path).await;
            Err(error)
        }
    }
}
