//! The archive: its first and last entry, and the digest over what is between them.

mod read;
mod write;

use std::{fs::File, path::Path};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use db::migrate::Step;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(crate) use read::{Entry, Reader};
pub(crate) use write::Writer;

/// The form of archives that this program writes and reads.
const FORMAT: u32 = 1;
const HEAD: &str = "archive.json";
const TALLY: &str = "end.json";

/// Bytes of rows in one entry: what is held in memory at a time.
pub(crate) const PART: usize = 4 << 20;

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A whole installation.
    #[serde(rename = "biseda-backup")]
    Backup,
    /// One organization, without secrets.
    #[serde(rename = "biseda-export")]
    Export,
}

/// The first entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub kind: Kind,
    pub format: u32,
    /// The program that wrote it.
    pub program: String,
    pub created_at: DateTime<Utc>,
    /// The migrations that the database had seen.
    pub schema: Vec<Step>,
    /// Tells whether a key is the one that the secrets in the archive are encrypted with, and nothing else about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_check: Option<String>,
    /// The columns of each table, in the order in which they stand in its rows.
    pub columns: Vec<(String, Vec<String>)>,
}

impl Head {
    pub(crate) fn new(kind: Kind, created_at: DateTime<Utc>, schema: Vec<Step>) -> Self {
        let program = concat!("biseda ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { kind, format: FORMAT, program, created_at, schema, key_check: None, columns: vec![] }
    }
}

/// The last entry: how much is in the archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows by table.
    pub rows: Vec<(String, u64)>,
    pub jobs: u64,
    pub files: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    /// Paths of files that have a row and were not on the disk, or were not what their row says; the first thousand.
    pub faulty_files: Vec<String>,
    /// Where the sequences stood, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<(String, i64)>,
    /// SHA-256 of names, lengths and contents of all entries before this one.
    pub sha256: String,
}

impl Tally {
    /// Rows of all tables.
    pub fn all_rows(&self) -> u64 {
        self.rows.iter().fold(0, |all, (_, rows)| all.saturating_add(*rows))
    }

    pub(crate) fn note_fault(&mut self, path: &str) {
        if self.faulty_files.len() < 1000 {
            self.faulty_files.push(path.to_owned());
        }
    }
}

/// The digest of an archive as it grows.
#[derive(Clone, Default)]
struct Running(Sha256);

impl Running {
    fn begin(&mut self, name: &str, length: u64) {
        self.0.update(name.as_bytes());
        self.0.update([0]);
        self.0.update(length.to_le_bytes());
    }

    fn go_on(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn hex(&self) -> String {
        hex::encode(self.0.clone().finalize())
    }
}

/// Reads an archive from beginning to end, and says what it is and what is in it.
///
/// # Errors
/// When it cannot be read, is no archive of this kind and form, is damaged, or has no end.
pub fn check(path: &Path, kind: Kind) -> anyhow::Result<(Head, Tally)> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let whole = || -> anyhow::Result<(Head, Tally)> {
        let mut tar = Reader::tar(file);
        let (head, mut entries) = Reader::begin(&mut tar)?;
        if head.kind != kind {
            bail!("it is an archive of another kind");
        }
        while let Some(mut entry) = entries.next()? {
            entry.pass()?;
        }
        let tally = entries.end()?;
        // To the last byte: the sum of the compressed stream stands there.
        std::io::copy(&mut tar.into_inner(), &mut std::io::sink()).context("it is damaged")?;
        Ok((head, tally))
    };
    whole().with_context(|| format!("{} cannot be used", path.display()))
}
