//! Puts together the folder that the server serves files from: binds the wasm file, optimizes it, names what the
//! browser caches after its content, and compresses everything once.

mod bind;
mod compress;
mod names;
mod parts;
mod site;

use std::path::PathBuf;

use clap::Parser;

/// Builds the site folder from the compiled browser half, the style sheet and the static files.
#[derive(Parser)]
pub struct Arguments {
    /// The browser half as cargo built it.
    #[arg(long)]
    wasm: PathBuf,
    /// The finished style sheet.
    #[arg(long)]
    css: PathBuf,
    /// Folders that are copied as they are; later ones win.
    #[arg(long = "static")]
    statics: Vec<PathBuf>,
    /// Where the site goes; replaced as a whole.
    #[arg(long)]
    site: PathBuf,
    #[command(flatten)]
    optimizers: Optimizers,
    /// Write `.br` and `.gz` beside each file.
    #[arg(long)]
    compress: bool,
}

/// The programs that make files smaller; one that is left out is not run.
#[derive(clap::Args)]
pub struct Optimizers {
    /// `wasm-opt` of binaryen.
    #[arg(long)]
    wasm_opt: Option<PathBuf>,
    /// `esbuild`, for JavaScript.
    #[arg(long)]
    esbuild: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let stamp = site::stamp(&arguments)?;
    if site::is_current(&arguments.site, &stamp) {
        println!("site is up to date");
        return Ok(());
    }
    site::build(&arguments, &stamp)
}
