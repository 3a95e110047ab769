use std::{
    ffi::OsString,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use nix::unistd::Uid;

use crate::{Error, Result};

const MODEL: &str = "models/all-minilm-l6-v2-int8";
const RUNTIME: &str = "onnxruntime-1.31.1/libonnxruntime.so";
/// Where `make setup` puts them when root runs it.
const SYSTEM: &str = "/var/cache/biseda";

/// Where the model and its runtime lie.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    /// Folder with `model.onnx` and `tokenizer.json`.
    pub model_dir: PathBuf,
    /// The library of ONNX Runtime.
    pub runtime: PathBuf,
}

impl LocalFiles {
    /// What the environment names, `BISEDA_MODEL_DIR` and `ORT_DYLIB_PATH`. What it does not is below the cache folder or, when
    /// it is not there and `BISEDA_CACHE_DIR` names none, where root has installed it for all.
    ///
    /// # Errors
    /// When the cache folder is needed and not known.
    pub fn find(cache: impl FnOnce() -> anyhow::Result<PathBuf>) -> anyhow::Result<Self> {
        Self::of(|name| std::env::var_os(name), cache, Path::new(SYSTEM))
    }

    fn of(
        variable: impl Fn(&str) -> Option<OsString>,
        cache: impl FnOnce() -> anyhow::Result<PathBuf>,
        system: &Path,
    ) -> anyhow::Result<Self> {
        let named = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let (model_dir, runtime) = match (named("BISEDA_MODEL_DIR"), named("ORT_DYLIB_PATH")) {
            (Some(model_dir), Some(runtime)) => return Ok(Self { model_dir, runtime }),
            some => some,
        };
        let below = |cache: &Path| Self {
            model_dir: model_dir.clone().unwrap_or_else(|| cache.join(MODEL)),
            runtime: runtime.clone().unwrap_or_else(|| cache.join(RUNTIME)),
        };
        let own = cache().map(|cache| below(&cache));
        let of_all = below(system);
        let is_missing = own.as_ref().map_or(true, |own| own.check().is_err());
        if is_missing && named("BISEDA_CACHE_DIR").is_none() && of_all.check().is_ok() && is_safe(system) {
            return Ok(of_all);
        }
        own
    }

    /// The ONNX file.
    pub fn model(&self) -> PathBuf {
        self.model_dir.join("model.onnx")
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> PathBuf {
        self.model_dir.join("tokenizer.json")
    }

    /// Whether everything is there.
    ///
    /// # Errors
    /// [`Error::Local`], naming the file that is missing and how to get it.
    pub fn check(&self) -> Result<()> {
        match [self.model(), self.tokenizer(), self.runtime.clone()].iter().find(|path| !path.is_file()) {
            None => Ok(()),
            Some(missing) => Err(Error::Local(format!(
                "the embedding model is not installed: {} is missing. Run `make setup`, or configure an \
                 OpenAI-compatible embedding service.",
                missing.display()
            ))),
        }
    }
}

/// Whether nobody but root and this user can change what of the model is below a cache folder: the runtime is a program.
fn is_safe(cache: &Path) -> bool {
    let is_safe = |path: &Path| {
        fs::metadata(path).is_ok_and(|found| {
            let owner = Uid::from_raw(found.uid());
            (owner.is_root() || owner == Uid::effective()) && found.mode() & 0o022 == 0
        })
    };
    let (model_dir, runtime) = (cache.join(MODEL), cache.join(RUNTIME));
    let files = [model_dir.join("model.onnx"), model_dir.join("tokenizer.json"), runtime];
    files.iter().all(|file| file.ancestors().take_while(|path| path.starts_with(cache)).all(is_safe))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A cache folder with everything.
    fn installed() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for file in [format!("{MODEL}/model.onnx"), format!("{MODEL}/tokenizer.json"), RUNTIME.to_owned()] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
        }
        folder
    }

    fn no_cache() -> anyhow::Result<PathBuf> {
        anyhow::bail!("no HOME")
    }

    #[test]
    fn the_cache_is_asked_for_only_what_the_environment_does_not_name() {
        let whole = |name: &str| Some(OsString::from(format!("/named/{name}")));
        let found = LocalFiles::of(whole, no_cache, Path::new("/nowhere")).unwrap();
        assert_eq!(found.model_dir, Path::new("/named/BISEDA_MODEL_DIR"));
        assert_eq!(found.runtime, Path::new("/named/ORT_DYLIB_PATH"));
        let part = |name: &str| whole(name).filter(|_| name == "BISEDA_MODEL_DIR");
        assert!(LocalFiles::of(part, no_cache, Path::new("/nowhere")).is_err());
        let found = LocalFiles::of(part, || Ok("/cache".into()), Path::new("/nowhere")).unwrap();
        assert_eq!(
            (found.model_dir, found.runtime),
            ("/named/BISEDA_MODEL_DIR".into(), Path::new("/cache").join(RUNTIME))
        );
    }

    #[test]
    fn what_root_has_installed_is_used_unless_others_could_change_it() {
        let (system, empty) = (installed(), tempfile::tempdir().unwrap());
        let find = |own: &Path| LocalFiles::of(|_| None, || Ok(own.into()), system.path()).unwrap();
        assert!(find(empty.path()).model_dir.starts_with(system.path()));
        let found = LocalFiles::of(|_| None, no_cache, system.path()).unwrap();
        assert!(found.runtime.starts_with(system.path()), "also without a home");
        let own = installed();
        assert!(find(own.path()).model_dir.starts_with(own.path()), "the own one first");
        let named = |name: &str| (name == "BISEDA_CACHE_DIR").then(|| empty.path().into());
        let found = LocalFiles::of(named, || Ok(empty.path().into()), system.path()).unwrap();
        assert!(found.model_dir.starts_with(empty.path()), "that folder was named");
        for path in ["", "models", MODEL, RUNTIME] {
            let path = system.path().join(path);
            let usual = fs::metadata(&path).unwrap().permissions();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
            assert!(find(empty.path()).model_dir.starts_with(empty.path()), "{}", path.display());
            fs::set_permissions(&path, usual).unwrap();
        }
        assert!(find(empty.path()).model_dir.starts_with(system.path()));
    }
}
