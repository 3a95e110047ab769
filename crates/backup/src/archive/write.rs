use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use tar::{Builder, Header};

use super::{HEAD, Head, Running, TALLY, Tally};

/// An archive that is being written: under another name, readable by its owner alone, until it is whole.
pub(crate) struct Writer {
    tar: Builder<GzEncoder<BufWriter<File>>>,
    digest: Running,
    seconds: u64,
    partial: Partial,
    path: PathBuf,
}

/// The unfinished file, which goes when nobody finishes it.
struct Partial(Option<PathBuf>);

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            fs::remove_file(path).ok();
        }
    }
}

impl Writer {
    /// Begins an archive.
    ///
    /// # Errors
    /// When the file is there already, is being written by another, or cannot be made.
    pub(crate) fn create(path: &Path, head: &Head) -> anyhow::Result<Self> {
        if path.exists() {
            bail!("{} exists already", path.display());
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let partial = PathBuf::from(name);
        let file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
                "{} exists: somebody else writes this archive now, or was killed while writing; then remove it",
                partial.display()
            ),
            Err(error) => return Err(error).with_context(|| format!("cannot make {}", partial.display())),
        };
        // Most of a backup is text and vectors that shrink at the first level nearly as far as at the last.
        let gzip = GzEncoder::new(BufWriter::with_capacity(1 << 20, file), Compression::fast());
        let mut writer = Self {
            tar: Builder::new(gzip),
            digest: Running::default(),
            seconds: head.created_at.timestamp().try_into().unwrap_or_default(),
            partial: Partial(Some(partial)),
            path: path.to_owned(),
        };
        writer.add(HEAD, &serde_json::to_vec_pretty(head)?)?;
        Ok(writer)
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        self.digest.begin(name, bytes.len() as u64);
        self.digest.go_on(bytes);
        self.append(name, bytes.len() as u64, bytes)
    }

    /// Adds a file that nobody changes, and gives the SHA-256 of its content.
    ///
    /// # Errors
    /// When it cannot be read to the length that it has, or not be written.
    pub(crate) fn add_file(&mut self, name: &str, file: File) -> anyhow::Result<(u64, Vec<u8>)> {
        let length = file.metadata()?.len();
        self.digest.begin(name, length);
        let mut reader =
            Digesting { file: file.take(length), read: 0, own: Sha256::new(), digest: self.digest.clone() };
        self.append(name, length, &mut reader)?;
        if reader.read != length {
            bail!("{name} became shorter while it was read");
        }
        self.digest = reader.digest;
        Ok((length, reader.own.finalize().to_vec()))
    }

    fn append(&mut self, name: &str, length: u64, content: impl Read) -> anyhow::Result<()> {
        let mut header = Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        // Longer ones would stand in entries of their own, which are not read.
        header.set_path(name).with_context(|| format!("{name} is too long for an archive"))?;
        header.set_cksum();
        self.tar.append(&header, content).with_context(|| self.cannot_write())
    }

    /// Writes the end, waits for the disk, and gives the file its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn finish(mut self, mut tally: Tally) -> anyhow::Result<Tally> {
        tally.sha256 = self.digest.hex();
        let end = serde_json::to_vec_pretty(&tally)?;
        self.append(TALLY, end.len() as u64, end.as_slice())?;
        let words = self.cannot_write();
        let Self { tar, mut partial, path, .. } = self;
        let file = || -> anyhow::Result<File> { Ok(tar.into_inner()?.finish()?.into_inner()?) };
        file().and_then(|file| Ok(file.sync_all()?)).context(words)?;
        if let Some(from) = partial.0.take() {
            fs::rename(from, &path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        Ok(tally)
    }

    fn cannot_write(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

/// A file that is digested as it is read.
struct Digesting {
    file: std::io::Take<File>,
    read: u64,
    own: Sha256,
    digest: Running,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read += length as u64;
        self.own.update(&buffer[..length]);
        self.digest.go_on(&buffer[..length]);
        Ok(length)
    }
}
