//! The site folder: what stands in it and whether it is still what it would be.

use std::{fs, path::Path};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::{Arguments, bind, compress};

const STAMP: &str = ".stamp";

/// A digest of everything that the site is made of.
pub fn stamp(arguments: &Arguments) -> anyhow::Result<String> {
    let mut digest = Sha256::new();
    digest.update(format!("{:?} {}", arguments.optimizers.wasm_opt.is_some(), arguments.compress));
    for file in [&arguments.wasm, &arguments.css] {
        digest.update(fs::read(file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    for folder in &arguments.statics {
        add_folder(&mut digest, folder)?;
    }
    Ok(hex::encode(digest.finalize()))
}

fn add_folder(digest: &mut Sha256, folder: &Path) -> anyhow::Result<()> {
    let mut entries: Vec<_> =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        digest.update(entry.file_name().as_encoded_bytes());
        if entry.path().is_dir() {
            add_folder(digest, &entry.path())?;
        } else {
            digest.update(fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Whether the folder was made from the same inputs.
pub fn is_current(site: &Path, stamp: &str) -> bool {
    fs::read_to_string(site.join(STAMP)).is_ok_and(|found| found == stamp)
}

/// Makes the folder anew beside the old one, then puts it in its place.
pub fn build(arguments: &Arguments, stamp: &str) -> anyhow::Result<()> {
    let fresh = arguments.site.with_extension("new");
    let scratch = arguments.site.with_extension("scratch");
    for folder in [&fresh, &scratch] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    for folder in &arguments.statics {
        copy_folder(folder, &fresh)?;
    }
    // One folder a build, named after what it was made from: its files find each other by their plain names.
    let folder = format!("pkg/{}", &stamp[..16]);
    let pkg = fresh.join(&folder);
    fs::create_dir_all(&pkg)?;
    bind::bind(&arguments.wasm, &arguments.optimizers, &scratch, &pkg)?;
    fs::copy(&arguments.css, pkg.join("biseda.css"))?;
    fs::write(fresh.join("build.txt"), folder)?;
    if arguments.compress {
        compress::compress_all(&fresh)?;
    }
    fs::write(fresh.join(STAMP), stamp)?;
    if arguments.site.exists() {
        fs::remove_dir_all(&arguments.site)?;
    }
    fs::rename(&fresh, &arguments.site)?;
    fs::remove_dir_all(&scratch)?;
    println!("site is built: {}", arguments.site.display());
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
