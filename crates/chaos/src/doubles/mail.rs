use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::Switch;

/// How often each mail came, by its recipient and its Message-ID.
pub type Taken = BTreeMap<String, BTreeMap<String, usize>>;

/// A mail server (RFC 5321, as far as it is needed) that keeps who was written to, under which Message-ID.
#[derive(Clone)]
pub struct Mail {
    pub address: SocketAddr,
    pub switch: Switch,
    taken: Arc<Mutex<Taken>>,
}

impl Mail {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mail = Self { address: listener.local_addr()?, switch: Switch::default(), taken: Arc::default() };
        let server = mail.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mail = server.clone();
                // A client that goes away is no fault.
                tokio::spawn(async move { mail.talk(stream).await.ok() });
            }
        });
        Ok(mail)
    }

    /// What was taken so far.
    pub fn taken(&self) -> Taken {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, recipients: &[String], id: &str) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for recipient in recipients {
            *taken.entry(recipient.clone()).or_default().entry(id.to_owned()).or_default() += 1;
        }
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let (mut recipients, mut id, mut in_text) = (Vec::new(), String::new(), false);
        say(&mut stream, "220 chaos").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            if in_text {
                if line != "." {
                    let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("message-id"));
                    if let Some((_, said)) = header
                        && id.is_empty()
                    {
                        id = said.trim().to_owned();
                    }
                    continue;
                }
                in_text = false;
                self.keep(&std::mem::take(&mut recipients), &std::mem::take(&mut id));
                say(&mut stream, "250 taken").await?;
                continue;
            }
            if !self.switch.pass().await {
                return say(&mut stream, "421 not now").await;
            }
            let command = line.get(..4).unwrap_or(line).to_ascii_uppercase();
            match command.as_str() {
                "RCPT" => {
                    let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                    recipients.push(address.to_owned());
                    say(&mut stream, "250 yes").await?;
                }
                "DATA" => {
                    in_text = true;
                    say(&mut stream, "354 go on").await?;
                }
                "QUIT" => return say(&mut stream, "221 bye").await,
                _ => say(&mut stream, "250 yes").await?,
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{words}\r\n").as_bytes()).await
}
