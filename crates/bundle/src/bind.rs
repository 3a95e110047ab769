//! From cargo's wasm file to a module that browsers load.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// The two files of the browser half.
pub struct Bound {
    pub js: Vec<u8>,
    pub wasm: Vec<u8>,
}

/// Runs wasm-bindgen (as a library, so that its version is always that of the lock file) and, if given, `wasm-opt`.
pub fn bind(wasm: &Path, wasm_opt: Option<&PathBuf>, scratch: &Path) -> anyhow::Result<Bound> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("biseda").typescript(false).omit_default_module_path(true);
    bindgen.web(true)?.generate(scratch).context("wasm-bindgen failed")?;
    ensure!(!scratch.join("snippets").exists(), "a crate brings JavaScript snippets; bundle them first");
    let bound = scratch.join("biseda_bg.wasm");
    if let Some(tool) = wasm_opt {
        let status = Command::new(tool)
            .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-reference-types"])
            .args(["--enable-sign-ext", "--enable-mutable-globals", "--enable-multivalue", "-o"])
            .args([&bound, &bound])
            .status()
            .with_context(|| format!("cannot run {}", tool.display()))?;
        ensure!(status.success(), "wasm-opt failed");
    }
    Ok(Bound { js: fs::read(scratch.join("biseda.js"))?, wasm: fs::read(bound)? })
}
