//! Documents to text: small ones of harmless kinds here, others in a process that can be killed.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use text::{ChunkPiece, ExtractError, Extracted};
use tokio::{io::AsyncReadExt, process::Command, sync::Semaphore};
use types::{knowledge::NotReadCode, reason::ReasonCode};

use super::{not_read::of_document, sync::Failure};
use crate::Services;

/// Above this, documents of every kind go into the process: what grows while it is read would fill the memory here.
const IN_PROCESS_BYTES: usize = 256 * 1024;
/// The most that the process may print.
const MAX_OUTPUT: u64 = 256 * 1024 * 1024;

/// Processes that read at the same time: each may take a gigabyte, and a core.
const READERS: usize = 2;
static READING: Semaphore = Semaphore::const_new(READERS);

/// A document ready to be embedded.
pub(super) struct Read {
    pub extracted: Extracted,
    pub content: String,
    pub pieces: Vec<ChunkPiece>,
}

/// Reads and cuts a document. A document that cannot be read is gone; a fault of this installation says nothing of it.
pub(super) async fn read(
    services: &Services,
    bytes: Vec<u8>,
    media_type: &str,
    file_name: &str,
) -> Result<Read, Failure> {
    let kind = text::sniff(&bytes, media_type, file_name).map_err(unreadable)?;
    if kind.needs_isolation() || bytes.len() > IN_PROCESS_BYTES {
        let extracted = in_child(services, &bytes, media_type, file_name).await?;
        drop(bytes);
        return blocking(move || Ok(cut(extracted))).await;
    }
    let (media_type, file_name) = (media_type.to_owned(), file_name.to_owned());
    blocking(move || text::extract(&bytes, &media_type, &file_name).map(cut).map_err(unreadable)).await
}

fn cut(extracted: Extracted) -> Read {
    let (content, pieces) = text::chunk(&extracted);
    Read { extracted, content, pieces }
}

async fn blocking(work: impl FnOnce() -> Result<Read, Failure> + Send + 'static) -> Result<Read, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(read) => read,
        Err(_) => Err(damaged()),
    }
}

/// Where documents are while they are being read.
pub(crate) fn reading_folder(services: &Services) -> PathBuf {
    services.settings.files_dir.join("reading")
}

/// Has the document read by `<program> extract <path> --media-type <type>`, for so long and no longer. It waits for its turn
/// without losing of its time: the documents before it end within theirs.
async fn in_child(services: &Services, bytes: &[u8], media_type: &str, file_name: &str) -> Result<Extracted, Failure> {
    let broken = |error: std::io::Error| {
        tracing::error!(%error, "a document could not be handed to the reader");
        own_fault()
    };
    // The suffix tells kinds of text apart; it comes from outside, so only letters and digits of it are kept.
    let suffix: String = file_name
        .rsplit_once('.')
        .map_or("", |(_, end)| end)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    let _turn = READING.acquire().await.map_err(|_| own_fault())?;
    let folder = reading_folder(services);
    tokio::fs::create_dir_all(&folder).await.map_err(broken)?;
    let path = folder.join(format!("{}.{suffix}", services.db.new_id()));
    if let Err(error) = tokio::fs::write(&path, bytes).await {
        crate::files::remove(&path).await;
        return Err(broken(error));
    }
    let program = services.settings.knowledge.extract_program.clone();
    let result = match program.map_or_else(std::env::current_exe, Ok) {
        Ok(program) => run(services, &program, &path, media_type).await,
        Err(error) => Err(broken(error)),
    };
    crate::files::remove(&path).await;
    result
}

fn unreadable(error: ExtractError) -> Failure {
    Failure::gone(of_document(error))
}

fn damaged() -> Failure {
    Failure::gone(NotReadCode::Damaged)
}

fn own_fault() -> Failure {
    Failure::passing(NotReadCode::InstallationFault)
}

async fn run(services: &Services, program: &Path, path: &Path, media_type: &str) -> Result<Extracted, Failure> {
    let mut child = Command::new(program)
        .arg("extract")
        .arg(path)
        .arg("--media-type")
        .arg(media_type)
        // What it reads may be hostile; the settings, secrets among them, stand in the environment.
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            tracing::error!(program = %program.display(), %error, "the reader of documents does not start");
            own_fault()
        })?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else { return Err(own_fault()) };
    let work = async {
        let (mut output, mut words) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(MAX_OUTPUT), stderr.take(64 * 1024));
        let (read, _) = tokio::join!(stdout.read_to_end(&mut output), stderr.read_to_end(&mut words));
        read?;
        Ok::<_, std::io::Error>((output, words, child.wait().await?))
    };
    match tokio::time::timeout(services.settings.knowledge.extract_timeout, work).await {
        // Dropping the process kills it. A machine that has too much to do is slow as well.
        Err(_) => {
            Err(Failure::passing(NotReadCode::TooSlow.number(services.settings.knowledge.extract_timeout.as_secs())))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the reader of documents could not be heard");
            Err(own_fault())
        }
        Ok(Ok((output, _, status))) if status.success() => serde_json::from_slice(&output).map_err(|_| damaged()),
        // 1 is the command's own answer: the error, or words where it could not begin; everything else is a crash.
        Ok(Ok((output, words, status))) if status.code() == Some(1) => match serde_json::from_slice(&output) {
            Ok(error) => Err(unreadable(error)),
            Err(_) => {
                tracing::error!(words = ?String::from_utf8_lossy(&words), "the reader of documents cannot read");
                Err(own_fault())
            }
        },
        // Killed: by its limits because of the document, or by a system that is short of memory.
        Ok(Ok((_, _, status))) if status.code().is_none() => Err(Failure::passing(NotReadCode::Damaged)),
        Ok(Ok(_)) => Err(damaged()),
    }
}
