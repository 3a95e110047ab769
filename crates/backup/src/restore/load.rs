//! Brings the entries of an archive to where they belong.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Component, Path},
};

use anyhow::{Context, bail};
use awa::awa_model::{InsertOpts, InsertParams, insert_many};
use chrono::{DateTime, Utc};
use db::migrate::QUEUE_GRANTS;
use serde::Deserialize;
use sqlx::PgConnection;

use super::target::MARKER;
use crate::{
    archive::{Entry, Head, PART, Reader, Tally},
    snapshot::{columns, list},
};

/// Positions of events that are left out after a restore: browsers may know later ones than the archive.
const LEFT_OUT: i64 = 1_000_000;
/// Jobs that are enqueued at a time.
const BATCH: usize = 500;
/// Bytes that are handed on at a time.
const PIECE: usize = 64 << 10;

/// Loads all entries into the transaction and the folder, and compares with what the archive says of itself.
pub(super) async fn entries(
    connection: &mut PgConnection,
    from: &Path,
    head: &Head,
    tally: &Tally,
    files_dir: &Path,
) -> anyhow::Result<()> {
    if columns(connection).await? != head.columns {
        bail!("the tables of the backup are not those of the database");
    }
    let mut rows = BTreeMap::new();
    let (mut jobs, mut files) = (0, 0);
    let mut tar = Reader::tar(File::open(from)?);
    let (_, mut reader) = Reader::begin(&mut tar)?;
    while let Some(mut entry) = reader.next()? {
        let name = entry.name.clone();
        match name.split_once('/') {
            Some(("jobs", _)) => jobs += enqueue(connection, &mut entry).await?,
            Some(("tables", part)) => {
                let table = part.split('/').next().unwrap_or_default();
                *rows.entry(table.to_owned()).or_default() += table_part(connection, head, table, &mut entry).await?;
            }
            Some(("files", path)) => {
                keep_file(files_dir, path, &mut entry)?;
                files += 1;
            }
            _ => bail!("the backup holds {name}, which is not known"),
        }
    }
    if reader.end()? != *tally {
        bail!("the backup was changed while it was read");
    }
    for (table, expected) in &tally.rows {
        let found: u64 = rows.get(table).copied().unwrap_or_default();
        if found != *expected {
            bail!("the backup says {expected} rows of {table}, and {found} came");
        }
    }
    if (jobs, files) != (tally.jobs, tally.files) {
        bail!("the backup does not hold the jobs and files that it says");
    }
    // The queue makes what it needs on first use: that belongs to us now, and must be the program's too.
    sqlx::raw_sql(QUEUE_GRANTS).execute(&mut *connection).await?;
    sequences(connection, tally).await
}

async fn sequences(connection: &mut PgConnection, tally: &Tally) -> anyhow::Result<()> {
    for (name, last) in &tally.sequences {
        let left_out = if name == "event_positions" { LEFT_OUT } else { 0 };
        let last = last.checked_add(left_out).with_context(|| format!("{name} is at its end"))?;
        if last > 0 {
            let set = sqlx::query("select setval(format('public.%I', $1::text)::regclass, $2)").bind(name).bind(last);
            set.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Rows of a table. Gives how many.
async fn table_part(
    connection: &mut PgConnection,
    head: &Head,
    table: &str,
    entry: &mut Entry<'_, '_>,
) -> anyhow::Result<u64> {
    let known = head.columns.iter().find(|(name, _)| name == table);
    let (table, columns) = known.with_context(|| format!("the backup holds rows of {table}, which is no table"))?;
    let mut copy = connection.copy_in_raw(&format!("copy {table} ({}) from stdin", list(columns))).await?;
    let mut piece = vec![0; PIECE];
    loop {
        match entry.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => drop(copy.send(&piece[..length]).await?),
            Err(error) => {
                copy.abort("the backup cannot be read").await.ok();
                return Err(error.into());
            }
        }
    }
    copy.finish().await.with_context(|| format!("rows of {table} are not taken"))
}

/// A job as the archive has it.
#[derive(Deserialize)]
struct Waiting {
    kind: String,
    queue: String,
    args: serde_json::Value,
    priority: i16,
    max_attempts: i16,
    run_at: DateTime<Utc>,
}

/// Enqueues jobs anew, with all their tries. Gives how many.
async fn enqueue(connection: &mut PgConnection, entry: &mut Entry<'_, '_>) -> anyhow::Result<u64> {
    let now: DateTime<Utc> = sqlx::query_scalar("select now()").fetch_one(&mut *connection).await?;
    let (mut jobs, mut bytes, mut count) = (Vec::new(), 0, 0);
    let mut lines = BufReader::new(entry);
    loop {
        let mut line = Vec::new();
        let length = lines.by_ref().take(PART as u64).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        if length == PART {
            bail!("a job of the backup is too long");
        }
        let Waiting { kind, queue, args, priority, max_attempts, run_at } = serde_json::from_slice(&line)?;
        // One that is due already goes to the end of its queue.
        let run_at = (run_at > now).then_some(run_at);
        let opts = InsertOpts { queue, priority, max_attempts, run_at, ..InsertOpts::default() };
        jobs.push(InsertParams { kind, args, opts });
        bytes += length;
        count += 1;
        if jobs.len() == BATCH || bytes > PART {
            insert_many(&mut *connection, &std::mem::take(&mut jobs)).await?;
            bytes = 0;
        }
    }
    insert_many(&mut *connection, &jobs).await?;
    Ok(count)
}

/// Writes a file and waits for the disk.
fn keep_file(files_dir: &Path, path: &str, entry: &mut Entry<'_, '_>) -> anyhow::Result<()> {
    let path = Path::new(path);
    if path == Path::new(MARKER) || path.components().any(|part| !matches!(part, Component::Normal(_))) {
        bail!("the backup names a file outside the folder of files");
    }
    let path = files_dir.join(path);
    let mut write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(&path)?;
        std::io::copy(entry, &mut file)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
