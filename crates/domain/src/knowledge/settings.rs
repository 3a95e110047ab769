use std::{path::PathBuf, time::Duration};

/// How documents are read.
#[derive(Debug, Clone)]
pub struct KnowledgeSettings {
    /// The program whose command `extract <path> --media-type <type>` prints a [`text::Extracted`] as JSON. PDF and
    /// Word files, and large ones of every kind, are read by it in a process of their own. None: this program itself.
    pub extract_program: Option<PathBuf>,
    /// When that process is killed.
    pub extract_timeout: Duration,
    /// The wait before an address that did not answer is asked again; doubled each time.
    pub retry_wait: Duration,
}

impl Default for KnowledgeSettings {
    fn default() -> Self {
        Self { extract_program: None, extract_timeout: Duration::from_secs(120), retry_wait: Duration::from_secs(1) }
    }
}
