use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use nix::sys::resource::{Resource, setrlimit};

/// Address space: a PDF of 50 MB fits, a bomb does not.
const MEMORY_BYTES: u64 = 1 << 30;
const CPU_SECONDS: u64 = 60;

/// Reads a document and prints its text as JSON. Fails with the error as JSON, and in words on standard error.
#[derive(Args)]
pub struct Extract {
    /// The document.
    path: PathBuf,
    /// What it is said to be.
    #[arg(long, default_value = "")]
    media_type: String,
}

impl Extract {
    /// `biseda extract`: under limits that end the process, whatever the document does.
    pub fn run(&self) -> ExitCode {
        match self.extract() {
            Ok(json) => {
                print!("{json}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                if let Some(Ok(json)) = error.downcast_ref::<text::ExtractError>().map(serde_json::to_string) {
                    print!("{json}");
                }
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn extract(&self) -> anyhow::Result<String> {
        setrlimit(Resource::RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS)?;
        setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
        // It has nothing to write but its answer.
        setrlimit(Resource::RLIMIT_FSIZE, 0, 0)?;
        // macOS does not keep to it, and answers with an error.
        #[cfg(target_os = "linux")]
        setrlimit(Resource::RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES)?;
        let bytes = std::fs::read(&self.path).context("the document cannot be read")?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let extracted = text::extract(&bytes, &self.media_type, &name)?;
        Ok(serde_json::to_string(&extracted)?)
    }
}
