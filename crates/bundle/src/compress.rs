//! Precompressed copies, so that the server never compresses a file twice.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// Kinds of files that gain from compression.
const TEXTUAL: &[&str] = &["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Writes `.br` and `.gz` beside every textual file below a folder.
pub fn compress_all(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress_all(&path)?;
        } else if path.extension().is_some_and(|kind| TEXTUAL.iter().any(|textual| kind == *textual)) {
            let content = fs::read(&path)?;
            let best = BrotliEncoderParams { quality: 11, size_hint: content.len(), ..BrotliEncoderParams::default() };
            brotli::BrotliCompress(&mut content.as_slice(), &mut File::create(beside(&path, ".br"))?, &best)?;
            let mut gzip = GzEncoder::new(File::create(beside(&path, ".gz"))?, Compression::best());
            gzip.write_all(&content)?;
            gzip.finish()?;
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
