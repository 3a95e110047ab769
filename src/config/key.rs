use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::SecretKey;
use rand::RngCore;
use tempfile::{NamedTempFile, PersistError};

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
    // For its owner alone, and with a name of its own: several machines may start on one folder.
    let mut draft = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    writeln!(draft, "{}", hex::encode(bytes))?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Err(PersistError { error, .. }) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, thread};

    use super::*;

    #[test]
    fn a_key_is_hexadecimal_or_base64() {
        let bytes = [9u8; 32];
        assert!(parse(&hex::encode(bytes)).is_some());
        assert!(parse(&STANDARD.encode(bytes)).is_some());
        assert!(parse("short").is_none());
    }

    #[test]
    fn starts_at_once_agree_on_one_key_and_leave_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let start = || read_or_create(&path).unwrap().sign("test", b"x");
        let signed: Vec<_> = thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(signed.iter().all(|one| *one == signed[0]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
