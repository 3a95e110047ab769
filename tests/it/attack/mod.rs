//! The started program under attack: what only the whole of it can show. `docs/security.md` names the tests of every class.

mod edges;
mod script;
mod secrets;
mod slow;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Postgres, Program, folder};

/// A web process, and requests to it that no browser sends.
struct Service {
    program: Program,
    postgres: Postgres,
    _folder: tempfile::TempDir,
}

impl Service {
    async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_in(folder(), settings).await
    }

    async fn start_in(folder: tempfile::TempDir, settings: &[(&str, &str)]) -> Self {
        let postgres = Postgres::start().await;
        let url = postgres.url();
        let settings = [&[("DATABASE_URL", url.as_str())], settings].concat();
        let program = Program::ready(&folder.path().join("data"), "web", &settings).await;
        Self { program, postgres, _folder: folder }
    }

    /// Sends these bytes on a connection of their own, and gives all that comes back.
    async fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.program.address).await.unwrap();
        // The other side may close before it has read everything.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(std::time::Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "no end of the answer to {}", request.escape_ascii());
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get_raw(&self, path: &str) -> String {
        self.raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await
    }

    /// A post with a head and a body of the test's own.
    async fn post_raw(&self, path: &str, head: &str, body: &[u8]) -> String {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\nconnection: close\r\n{head}\r\n\r\n"
        );
        self.raw(&[request.as_bytes(), body].concat()).await
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {answer:?}"))
}
