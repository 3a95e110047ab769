//! The `biseda` program: web server, workers and the operator's commands in one.

mod commands;
mod config;
mod database;
mod http;
mod services;
mod telemetry;

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Answers some more requests than the system's (docs/decisions.md).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Customer conversations: AI agents, helpdesk inbox and chat widget in one program.
#[derive(Parser)]
#[command(name = "biseda", version)]
struct Arguments {
    /// Settings file; else ./biseda.toml when it exists. Environment variables (BISEDA_…) come before it.
    #[arg(long, global = true, env = "BISEDA_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages, widget and endpoints, and run the workers.
    Serve,
    /// Serve pages, widget and endpoints without workers (with `biseda worker` elsewhere).
    Web,
    /// Run the workers alone.
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// People who operate the service.
    #[command(subcommand)]
    Admin(commands::Admin),
    /// The logs of who changed what.
    #[command(subcommand)]
    Audit(commands::Audit),
    /// Write the whole installation into an archive, while it runs or not.
    Backup(commands::Backup),
    /// Bring an installation back from an archive, into an empty database and an empty folder.
    Restore(commands::Restore),
    /// Write everything that one organization owns into an archive for others to read, without secrets.
    Export(commands::Export),
    /// Say what is configured, what is reachable and what is missing.
    Doctor,
    /// Make a demonstration organization with help texts, an agent, a widget and conversations.
    Seed(commands::Seed),
    /// Read the text of a document in a process of its own. For the program itself.
    #[command(hide = true)]
    Extract(commands::Extract),
}

fn main() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    // Without settings, logs and runtime: what it reads may be hostile.
    if let Command::Extract(extract) = &command {
        return extract.run();
    }
    match start(config, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nothing can be written, the exit code must do.
            writeln!(std::io::stderr(), "error: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn start(config: Option<PathBuf>, command: Command) -> anyhow::Result<()> {
    let config = config::Config::load(config)?;
    let serves = matches!(command, Command::Serve | Command::Web | Command::Worker);
    telemetry::start_logs(&config, serves)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => commands::serve(config, commands::Parts::ALL).await,
            Command::Web => commands::serve(config, commands::Parts::WEB).await,
            Command::Worker => commands::serve(config, commands::Parts::WORKER).await,
            Command::Migrate => commands::migrate(config).await,
            Command::Admin(admin) => admin.run(config).await,
            Command::Audit(audit) => audit.run(config).await,
            Command::Backup(backup) => backup.run(config).await,
            Command::Restore(restore) => restore.run(config).await,
            Command::Export(export) => export.run(config).await,
            Command::Doctor => commands::doctor(config).await,
            Command::Seed(seed) => seed.run(config).await,
            Command::Extract(_) => Ok(()),
        }
    })
}
