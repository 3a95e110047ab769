//! Few files in place of many. The splitter makes a file of whatever the same areas share, and most of these are tiny: a page
//! of the settings would ask for fifty. What is small goes into one file for each area, a WebAssembly module of nothing
//! but custom sections, each a part. A part stands in the file of each area that needs it; the loader still starts it once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, ensure};
use wasm_encoder::{CustomSection, Module};

/// From this size in bytes on a part keeps its own file, which the browser compiles while it arrives and keeps for all areas.
const LARGE: u64 = 32 * 1024;

/// Which files an area needs, by their names without `.wasm`.
pub type Manifest = BTreeMap<String, Vec<String>>;

/// Takes a part out of the file of the area that is being loaded. The loader begins all parts of an area in one go, so
/// `area` is the right one, and the file is asked for only if a part is not there yet.
const RUNTIME: &str = r#"
let area, parts;
function begin(name) {
    return () => { area = name; parts = undefined; };
}
function part(name) {
    parts ??= WebAssembly.compileStreaming(fetch(new URL(`./${area}.wasm`, import.meta.url)));
    const headers = { "content-type": "application/wasm" };
    return parts.then((file) => new Response(WebAssembly.Module.customSections(file, name)[0], { headers }));
}
"#;

/// Joins the small files of each area in `folder` and teaches the `loader` to find them. What each area then needs is returned.
pub fn join(folder: &Path, loader: &Path, needed: Manifest) -> anyhow::Result<Manifest> {
    let file = |name: &str| folder.join(name).with_extension("wasm");
    let mut small = BTreeSet::new();
    for name in needed.values().flatten().filter(|name| name.starts_with("chunk_")) {
        if fs::metadata(file(name))?.len() < LARGE {
            small.insert(name.clone());
        }
    }
    let mut script = fs::read_to_string(loader)?;
    let mut joined = Manifest::new();
    for (area, names) in needed {
        let (parts, mut names): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| small.contains(name));
        if !parts.is_empty() {
            let mut module = Module::new();
            for name in &parts {
                module.section(&CustomSection { name: name.into(), data: fs::read(file(name))?.into() });
            }
            let together = format!("{area}_parts");
            fs::write(file(&together), module.finish())?;
            script = begin_with(&script, &area, &together)?;
            names.insert(0, together);
        }
        joined.insert(area, names);
    }
    for name in &small {
        let fetch = format!(r#"fetch(new URL("./{name}.wasm", import.meta.url))"#);
        ensure!(script.matches(&fetch).count() == 1, "the loader does not fetch {name} as expected");
        script = script.replace(&fetch, &format!(r#"part("{name}")"#));
        fs::remove_file(file(name))?;
    }
    fs::write(loader, script + RUNTIME)?;
    Ok(joined)
}

/// Puts `begin` before all that the area's page depends on.
fn begin_with(script: &str, area: &str, together: &str) -> anyhow::Result<String> {
    const DEPENDENCIES: &str = "\n, [";
    let start = script.find(&format!("export const __wasm_split_load_{area} = ")).context("an area has no loader")?;
    let list = script[start..].find(DEPENDENCIES).context("an area depends on nothing")? + DEPENDENCIES.len();
    let (before, after) = script.split_at(start + list);
    Ok(format!(r#"{before}begin("{together}"), {after}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the splitter writes it.
    const LOADER: &str = r#"/* a, b */
const __chunk_1 = makeLoad(() => {
    const src = fetch(new URL("./chunk_1.wasm", import.meta.url));
}
, []);
const __chunk_2 = makeLoad(() => {
    const src = fetch(new URL("./chunk_2.wasm", import.meta.url));
}
, []);
export const __wasm_split_load_a = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_a.wasm", import.meta.url));
}
, [__chunk_1, __chunk_2]));
export const __wasm_split_load_b = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_b.wasm", import.meta.url));
}
, [__chunk_2]));
"#;

    #[test]
    fn small_parts_are_joined_for_each_area_and_large_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let sizes = [("chunk_1", 10), ("chunk_2", LARGE), ("split_a", 10), ("split_b", 10)];
        for (name, size) in sizes {
            fs::write(folder.join(format!("{name}.wasm")), vec![b'x'; usize::try_from(size).unwrap()]).unwrap();
        }
        let loader = folder.join("loader.js");
        fs::write(&loader, LOADER).unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let needed = Manifest::from([
            ("a".to_owned(), names(&["chunk_1", "chunk_2", "split_a"])),
            ("b".to_owned(), names(&["chunk_2", "split_b"])),
        ]);
        let joined = join(folder, &loader, needed).unwrap();
        assert_eq!(joined["a"], ["a_parts", "chunk_2", "split_a"]);
        assert_eq!(joined["b"], ["chunk_2", "split_b"]);
        let script = fs::read_to_string(&loader).unwrap();
        assert!(script.contains(r#"const src = part("chunk_1");"#), "{script}");
        assert!(script.contains(r#"fetch(new URL("./chunk_2.wasm""#), "{script}");
        assert!(script.contains(r#"[begin("a_parts"), __chunk_1, __chunk_2]"#), "{script}");
        assert!(script.contains("[__chunk_2]));"), "{script}");
        assert!(!folder.join("chunk_1.wasm").exists());
        let parts = fs::read(folder.join("a_parts.wasm")).unwrap();
        assert!(parts.starts_with(b"\0asm\x01\0\0\0") && parts.ends_with(b"chunk_1xxxxxxxxxx"));
    }
}
