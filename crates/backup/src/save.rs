use std::{fs::File, io::ErrorKind, path::Path};

use anyhow::Context;
use bytes::Bytes;
use db::{Db, tables::Class};
use futures::TryStreamExt;
use types::id::OrganizationId;

use crate::{
    archive::{Head, Kind, PART, Tally, Writer},
    snapshot::{self, Snapshot},
};

/// Writes the whole installation into an archive: every row of the database as of one moment, the jobs that are not done
/// then, and the files that the rows name. The program may go on meanwhile.
///
/// `key_check` tells of the installation's key, which itself is not in the archive.
///
/// # Errors
/// When the database cannot be read or the archive not be written; then there is none. A file that is not on the disk is
/// no error: the tally names it.
pub async fn save(db: &Db, files_dir: &Path, key_check: String, to: &Path) -> anyhow::Result<Tally> {
    let mut snapshot = Snapshot::begin(db).await?;
    let mut head = Head::new(Kind::Backup, db.now(), snapshot.schema.clone());
    head.key_check = Some(key_check);
    head.columns = snapshot::columns(snapshot.connection()).await?;
    let mut writer = Writer::create(to, &head)?;
    let mut tally = Tally::default();

    let mut jobs = Parts::new(&mut writer, "jobs".into());
    snapshot.jobs(|row| jobs.row(row)).await?;
    tally.jobs = jobs.end()?;
    let organizations = snapshot.organizations().await?;
    for (table, class) in snapshot::tables() {
        let columns = head.columns.iter().find(|(name, _)| name == table).context("a table has no columns")?;
        let columns = snapshot::list(&columns.1);
        let mut parts = Parts::new(&mut writer, format!("tables/{table}"));
        let key = match class {
            Class::Root => "id",
            Class::Tenant => "organization_id",
            Class::Global | Class::Queue => {
                snapshot.copy(&format!("{table} ({columns})"), "", |row| parts.row(row)).await?;
                tally.rows.push((table.to_owned(), parts.end()?));
                continue;
            }
        };
        for organization in &organizations {
            snapshot.enter(*organization).await?;
            let query = format!("(select {columns} from {table} where {key} = '{organization}')");
            snapshot.copy(&query, "", |row| parts.row(row)).await?;
        }
        tally.rows.push((table.to_owned(), parts.end()?));
    }
    for organization in organizations {
        add_files(&mut snapshot, organization, files_dir, &mut writer, &mut tally).await?;
    }
    tally.sequences = sequences(&mut snapshot).await?;
    writer.finish(tally)
}

/// Where the sequences of the product's tables stand. They know no snapshot: read after the rows, they are past them.
async fn sequences(snapshot: &mut Snapshot) -> anyhow::Result<Vec<(String, i64)>> {
    let sequences = sqlx::query_as(
        "select sequencename::text, coalesce(last_value, 0) from pg_sequences where schemaname = 'public' order by 1",
    );
    Ok(sequences.fetch_all(snapshot.connection()).await?)
}

/// A file that a row names.
#[derive(sqlx::FromRow)]
pub(crate) struct Named {
    /// Of the attachment, or of the source.
    pub(crate) id: uuid::Uuid,
    /// Under the folder of files.
    pub(crate) path: String,
    pub(crate) file_name: String,
    /// SHA-256 of the content, where the row has it.
    pub(crate) checksum: Option<Vec<u8>>,
    pub(crate) is_attachment: bool,
}

/// The files of an organization: those of conversations, and those of sources.
pub(crate) const FILES: &str = "
    select id, organization_id || '/' || storage_key as path, file_name, checksum, true as is_attachment
    from attachments where organization_id = $1
    union all
    select id, storage_key, location, null, false
    from knowledge_sources where organization_id = $1 and storage_key is not null";

async fn add_files(
    snapshot: &mut Snapshot,
    organization: OrganizationId,
    files_dir: &Path,
    writer: &mut Writer,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    snapshot.enter(organization).await?;
    let mut files = sqlx::query_as::<_, Named>(FILES).bind(organization.0).fetch(snapshot.connection());
    while let Some(named) = files.try_next().await? {
        let name = format!("files/{}", named.path);
        add_file(&files_dir.join(&named.path), &name, &named, writer, tally)?;
    }
    Ok(())
}

/// Adds one file under a name; one that is not there is noted.
pub(crate) fn add_file(
    path: &Path,
    name: &str,
    named: &Named,
    writer: &mut Writer,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            tally.note_fault(&named.path);
            return Ok(());
        }
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", path.display())),
    };
    let (length, sha256) = writer.add_file(name, file).with_context(|| format!("cannot read {}", path.display()))?;
    if named.checksum.as_ref().is_some_and(|checksum| *checksum != sha256) {
        tally.note_fault(&named.path);
    }
    tally.files += 1;
    tally.file_bytes += length;
    Ok(())
}

/// Rows that go into numbered entries as they come, some megabytes in each.
pub(crate) struct Parts<'a> {
    writer: &'a mut Writer,
    folder: String,
    ending: &'static str,
    buffer: Vec<u8>,
    written: u32,
    rows: u64,
}

impl<'a> Parts<'a> {
    /// Into this folder of the archive.
    pub(crate) fn new(writer: &'a mut Writer, folder: String) -> Self {
        Self { writer, folder, ending: "", buffer: Vec::new(), written: 0, rows: 0 }
    }

    /// With an ending of the entries' names.
    pub(crate) fn ending(self, ending: &'static str) -> Self {
        Self { ending, ..self }
    }

    /// Takes one row, its line's end included.
    pub(crate) fn row(&mut self, row: Bytes) -> anyhow::Result<()> {
        if !self.buffer.is_empty() && self.buffer.len() + row.len() > PART {
            self.write()?;
        }
        self.buffer.extend_from_slice(&row);
        self.rows += 1;
        Ok(())
    }

    /// Writes the last entry and gives how many rows there were.
    pub(crate) fn end(mut self) -> anyhow::Result<u64> {
        if !self.buffer.is_empty() {
            self.write()?;
        }
        Ok(self.rows)
    }

    fn write(&mut self) -> anyhow::Result<()> {
        self.written += 1;
        let name = format!("{}/{:06}{}", self.folder, self.written, self.ending);
        self.writer.add(&name, &self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
