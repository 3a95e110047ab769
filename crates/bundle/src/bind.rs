//! From cargo's wasm file to modules that browsers load.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, ensure};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

use crate::{Optimizers, names, parts};

/// Loads the pages' files; Leptos knows it by this name.
const LOADER: &str = "./__wasm_split.______________________.js";

/// For the fewest bytes. A second pass takes another 1 % and twice the time.
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--strip-producers",
    "--strip-target-features",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Splits the pages off (`base::lazy_pages!`), runs wasm-bindgen (as a library, so that its version is always that of
/// the lock file) on the rest and, if given, the optimizers on all. `folder` then holds `biseda.js`, `biseda.wasm`, the files of
/// each area's pages, and the list of which area needs which, as Leptos reads it.
pub fn bind(wasm: &Path, tools: &Optimizers, scratch: &Path, folder: &Path) -> anyhow::Result<()> {
    let input = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let main = scratch.join("main.wasm");
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./biseda.js";
    options.link_name = LOADER;
    let split = transform(options).map_err(|error| anyhow::anyhow!("splitting failed: {error:?}"))?;

    let mut bindgen = Bindgen::new();
    bindgen.input_path(&main).out_name("biseda").typescript(false).keep_lld_exports(true).demangle(false);
    let mut output = bindgen.web(true)?.generate_output().context("wasm-bindgen failed")?;
    let names = names::shorten(output.wasm_mut().imports.iter_mut().map(|import| &mut import.name));
    output.emit(folder).context("wasm-bindgen failed")?;
    let script = folder.join("biseda.js");
    fs::write(&script, names::rename(&fs::read_to_string(&script)?, &names))?;
    ensure!(!folder.join("snippets").exists(), "a crate brings JavaScript snippets; bundle them first");
    let bound = folder.join("biseda.wasm");
    fs::rename(folder.join("biseda_bg.wasm"), &bound)?;
    if let Some(tool) = &tools.wasm_opt {
        for file in split.split_modules.iter().chain([&bound]) {
            run(Command::new(tool).args(WASM_OPT).arg("-o").args([file, file]))?;
        }
    }
    let needed = parts::join(folder, &folder.join(LOADER), split.prefetch_map.into_iter().collect())?;
    fs::write(folder.join("__wasm_split_manifest.json"), serde_json::to_vec(&needed)?)?;
    if let Some(tool) = &tools.esbuild {
        for name in ["biseda.js", LOADER] {
            let file = folder.join(name);
            let mut esbuild = Command::new(tool);
            esbuild.args(["--minify", "--format=esm", "--log-level=warning", "--allow-overwrite"]).arg(&file);
            run(esbuild.arg(format!("--outfile={}", file.display())))?;
        }
    }
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "failed: {command:?}");
    Ok(())
}
