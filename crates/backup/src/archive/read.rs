use std::{
    fs::File,
    io::{BufReader, Read},
};

use anyhow::{Context, bail};
use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::{Archive, Entries};

use super::{FORMAT, HEAD, Head, Running, TALLY, Tally};

type Source = GzDecoder<BufReader<File>>;

/// Longest first or last entry: ten times what they hold.
const MOST: u64 = 4 << 20;

/// What every form of the first entry says.
#[derive(Deserialize)]
struct Form {
    format: Option<u64>,
}

/// An archive that is being read.
pub(crate) struct Reader<'a> {
    entries: Entries<'a, Source>,
    digest: Running,
    tally: Option<Tally>,
}

impl<'a> Reader<'a> {
    /// The layers below the entries.
    pub(crate) fn tar(file: File) -> Archive<Source> {
        Archive::new(GzDecoder::new(BufReader::with_capacity(1 << 20, file)))
    }

    /// Reads what the archive is.
    ///
    /// # Errors
    /// When it is none, or of a form that is not known.
    pub(crate) fn begin(tar: &'a mut Archive<Source>) -> anyhow::Result<(Head, Self)> {
        // As they stand: what other programs write before and into entries (long names, holes) is read into memory else.
        let mut reader = Self { entries: tar.entries()?.raw(true), digest: Running::default(), tally: None };
        let mut entry = reader.next().context("it is no archive of Biseda")?.context("it is empty")?;
        if entry.name != HEAD {
            bail!("it is no archive of Biseda");
        }
        let text = entry.all()?;
        // The form first: what a later one says need not be readable.
        if serde_json::from_str::<Form>(&text)?.format != Some(FORMAT.into()) {
            bail!("it was written by a program that is newer than this one");
        }
        Ok((serde_json::from_str(&text).context("its first entry cannot be read")?, reader))
    }

    /// The next entry; none at the end.
    ///
    /// # Errors
    /// When the archive is damaged, or ends without an end.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Entry<'_, 'a>>> {
        let Some(entry) = self.entries.next() else { bail!("it has no end: it was not written whole") };
        let entry = entry.context("it is damaged")?;
        let name = entry.path()?.to_str().context("it is damaged")?.to_owned();
        if !entry.header().entry_type().is_file() {
            bail!("it is damaged: {name} is no plain file");
        }
        let left = entry.size();
        if name == TALLY {
            let expected = self.digest.hex();
            let text = Entry { name, left, entry, digest: &mut self.digest }.all()?;
            let tally: Tally = serde_json::from_str(&text).context("its end cannot be read")?;
            if tally.sha256 != expected {
                bail!("it is damaged: its content is not what was written");
            }
            self.tally = Some(tally);
            return Ok(None);
        }
        self.digest.begin(&name, left);
        Ok(Some(Entry { name, left, entry, digest: &mut self.digest }))
    }

    /// What its end says.
    ///
    /// # Errors
    /// When it was not reached, or something follows it.
    pub(crate) fn end(mut self) -> anyhow::Result<Tally> {
        if self.entries.next().is_some() {
            bail!("it is damaged: it goes on after its end");
        }
        self.tally.context("it was not read to its end")
    }
}

/// One entry.
pub(crate) struct Entry<'r, 'a> {
    pub(crate) name: String,
    left: u64,
    entry: tar::Entry<'a, Source>,
    digest: &'r mut Running,
}

impl Entry<'_, '_> {
    /// The whole content as text.
    pub(crate) fn all(&mut self) -> anyhow::Result<String> {
        if self.left > MOST {
            bail!("it is damaged");
        }
        let mut text = String::new();
        self.read_to_string(&mut text).context("it is damaged")?;
        Ok(text)
    }

    /// Reads it for the digest alone.
    pub(crate) fn pass(&mut self) -> anyhow::Result<()> {
        std::io::copy(self, &mut std::io::sink()).context("it is damaged")?;
        Ok(())
    }
}

impl Read for Entry<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.entry.read(buffer)?;
        if length == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= length as u64;
        self.digest.go_on(&buffer[..length]);
        Ok(length)
    }
}
