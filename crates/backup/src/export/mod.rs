mod tables;

use std::path::Path;

use anyhow::Context;
use db::Db;
use futures::TryStreamExt;
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{
    archive::{Head, Kind, Tally, Writer},
    save::{FILES, Named, Parts, add_file},
    snapshot::{RAW, Snapshot, list},
};
use tables::TABLES;

pub use tables::withheld;

/// Writes everything that one organization owns into an archive that others can read: its rows as lines of JSON, its
/// files as they are. Without secrets, what is made from the rest (vectors, words for the search), and what belongs to
/// the service. `docs/export.md` lists the tables and their columns.
///
/// # Errors
/// When there is no such organization (by id or slug), the database cannot be read, or the archive not be written.
pub async fn export(db: &Db, files_dir: &Path, organization: &str, to: &Path) -> anyhow::Result<Tally> {
    let mut snapshot = Snapshot::begin(db).await?;
    let id = find(&mut snapshot, organization).await?;
    let mut head = Head::new(Kind::Export, db.now(), snapshot.schema.clone());
    head.columns = TABLES.iter().map(|table| (table.name.to_owned(), table.columns())).collect();
    let mut writer = Writer::create(to, &head)?;
    let mut tally = Tally::default();
    snapshot.view().await?;
    snapshot.enter(id).await?;
    for table in TABLES {
        let query = format!(
            "(select row_to_json(line) from (select {} from {} where {} = '{id}') line)",
            list(&table.columns()),
            table.from,
            table.key
        );
        let mut parts = Parts::new(&mut writer, table.name.to_owned()).ending(".ndjson");
        snapshot.copy(&query, RAW, |line| parts.row(line)).await?;
        tally.rows.push((table.name.to_owned(), parts.end()?));
    }
    let mut files = sqlx::query_as::<_, Named>(FILES).bind(id.0).fetch(snapshot.connection());
    while let Some(named) = files.try_next().await? {
        let folder = if named.is_attachment { "attachments" } else { "knowledge_sources" };
        let name = format!("files/{folder}/{}{}", named.id, ending(&named.file_name));
        add_file(&files_dir.join(&named.path), &name, &named, &mut writer, &mut tally)?;
    }
    writer.finish(tally)
}

/// The organization with this id or slug.
///
/// # Errors
/// When there is none, or the database cannot be read.
pub async fn organization(db: &Db, organization: &str) -> anyhow::Result<OrganizationId> {
    find(&mut Snapshot::begin(db).await?, organization).await
}

async fn find(snapshot: &mut Snapshot, organization: &str) -> anyhow::Result<OrganizationId> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "select organization_id from organization_index where organization_id = $1 or slug = lower($2)",
    )
    .bind(organization.parse::<Uuid>().ok())
    .bind(organization)
    .fetch_optional(snapshot.connection())
    .await?;
    id.map(OrganizationId).context("there is no such organization")
}

/// The ending of a file's name, if it is a plain one.
fn ending(name: &str) -> String {
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some(ending) if (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!(".{ending}")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_plain_endings_are_kept() {
        for (name, ending) in [
            ("a.pdf", ".pdf"),
            ("a.tar.gz", ".gz"),
            ("..", ""),
            ("a.b c", ""),
            ("a", ""),
            ("x.", ""),
            ("a.verylongone", ""),
        ] {
            assert_eq!(super::ending(name), ending, "{name}");
        }
    }
}
