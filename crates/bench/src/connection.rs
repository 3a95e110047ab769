//! One kept connection of a program: as little work per request as can be, for the load generator shares the machine.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is used for one request after the other (HTTP/1.1).
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024] })
    }

    /// Sends a whole request, reads the whole answer, and gives its status and the bytes of its body.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<(u16, usize)> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled).await?;
            if let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        if text.contains("\r\ntransfer-encoding: chunked\r\n") {
            return Ok((status, self.chunks(head, filled).await?));
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.context("an answer without a length")?.trim().parse()?;
        let mut left = (head + length).checked_sub(filled).context("more than one answer")?;
        while left > 0 {
            left = left.saturating_sub(self.read(0).await?);
        }
        Ok((status, length))
    }

    /// Reads a body in chunks, each with its length before it (RFC 9112, 7.1), the last of which is empty.
    async fn chunks(&mut self, mut at: usize, mut filled: usize) -> anyhow::Result<usize> {
        let mut length = 0;
        loop {
            let end = loop {
                if let Some(end) = self.buffer[at..filled].windows(2).position(|two| two == b"\r\n") {
                    break at + end;
                }
                self.buffer.copy_within(at..filled, 0);
                (at, filled) = (0, filled - at);
                filled += self.read(filled).await?;
            };
            let size = usize::from_str_radix(std::str::from_utf8(&self.buffer[at..end])?, 16)?;
            // The line, the chunk and the end of its line.
            let mut skip = end + 2 - at + size + 2;
            while skip > filled - at {
                skip -= filled - at;
                (at, filled) = (0, self.read(0).await?);
            }
            at += skip;
            if size == 0 {
                return Ok(length);
            }
            length += size;
        }
    }

    async fn read(&mut self, from: usize) -> anyhow::Result<usize> {
        match self.stream.read(&mut self.buffer[from..]).await? {
            0 => bail!("the connection was closed, or a head is too long"),
            count => Ok(count),
        }
    }
}

/// The bytes of a request with an API key.
pub fn request(method: &str, path: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
