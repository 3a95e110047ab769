use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::SecretKey;
use rand::RngCore;

pub(super) fn parse(text: &str) -> Option<SecretKey> {
    let text = text.trim();
    let bytes = hex::decode(text).ok().or_else(|| STANDARD.decode(text).ok())?;
    Some(SecretKey::new(bytes.try_into().ok()?))
}

/// The key of an installation that was given none. Whoever has the file can read what is stored encrypted.
pub(super) fn read_or_create(path: &Path) -> anyhow::Result<SecretKey> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    }
    if !path.exists() {
        create(path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} holds no key", path.display()))
}

/// Writes a new key whole beside its place and gives it the name then, unless another start was faster: a full disk leaves no
/// empty key behind.
fn create(path: &Path) -> std::io::Result<()> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let draft = path.with_extension(format!("new{}", std::process::id()));
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).and_then(|mut file| {
            writeln!(file, "{}", hex::encode(bytes))?;
            file.sync_all()
        });
    let named = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&draft).ok();
    named
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_hexadecimal_or_base64() {
        let bytes = [9u8; 32];
        assert!(parse(&hex::encode(bytes)).is_some());
        assert!(parse(&STANDARD.encode(bytes)).is_some());
        assert!(parse("short").is_none());
    }

    #[test]
    fn what_a_start_that_was_cut_off_left_keeps_no_later_one_from_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(path.with_extension(format!("new{}", std::process::id())), "").unwrap();
        read_or_create(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing beside it");
    }

    #[test]
    fn a_generated_key_stays_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("key");
        let first = read_or_create(&path).unwrap();
        let second = read_or_create(&path).unwrap();
        assert_eq!(first.sign("test", b"x"), second.sign("test", b"x"));
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
