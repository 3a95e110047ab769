//! A mail server on this machine that answers as a test says, and keeps what it took.

use std::sync::{Arc, Mutex};

use domain::{Services, mails::Mailer};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
};

/// The mail server.
pub struct Server {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// What is answered to the end of a mail, first come first served; `250` when none is left.
    replies: Mutex<Vec<&'static str>>,
    /// What is answered to the recipient, in the same way.
    recipients: Mutex<Vec<&'static str>>,
    taken: Mutex<Vec<Taken>>,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: String,
    pub to: String,
    /// Headers and body.
    pub data: String,
}

/// Starts a mail server.
pub async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let state = Arc::new(State::default());
    let shared = state.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, shared.clone()));
        }
    });
    Server { port, state }
}

impl Server {
    /// Services whose mails go here.
    pub fn used_by(&self, services: &Services) -> Services {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        let mailer = Mailer::smtp(&url, "Biseda <help@biseda.test>", "biseda.test").unwrap();
        Services { mailer, ..services.clone() }
    }

    /// Answers the next mails so.
    pub fn answer(&self, replies: &[&'static str]) {
        *self.state.replies.lock().unwrap() = replies.to_vec();
    }

    /// Answers the next recipients so.
    pub fn answer_recipients(&self, replies: &[&'static str]) {
        *self.state.recipients.lock().unwrap() = replies.to_vec();
    }

    /// Whether every answer of [`Server::answer`] was given.
    pub fn has_answered(&self) -> bool {
        self.state.replies.lock().unwrap().is_empty()
    }

    /// What was taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }
}

impl Taken {
    /// The address that a link of the text leads to, its path alone. Undoes quoted-printable line breaks first.
    pub fn path(&self) -> String {
        let text = self.data.replace("=\r\n", "").replace("=3D", "=");
        let start = text.find("http://biseda.test").expect("a link") + "http://biseda.test".len();
        text[start..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect()
    }
}

async fn serve(socket: TcpStream, state: Arc<State>) {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    say(&mut writer, "220 mail.test ESMTP").await;
    let (mut from, mut to) = (String::new(), String::new());
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => say(&mut writer, "250-mail.test\r\n250 8BITMIME").await,
            "MAIL" => {
                from = line;
                say(&mut writer, "250 ok").await;
            }
            "RCPT" => {
                to = line;
                let reply = next(&state.recipients);
                say(&mut writer, reply).await;
            }
            "DATA" => {
                say(&mut writer, "354 go on").await;
                let mut data = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let reply = next(&state.replies);
                if reply.starts_with("250") {
                    state.taken.lock().unwrap().push(Taken { from: from.clone(), to: to.clone(), data });
                }
                say(&mut writer, reply).await;
            }
            "QUIT" => {
                say(&mut writer, "221 bye").await;
                return;
            }
            _ => say(&mut writer, "250 ok").await,
        }
    }
}

fn next(replies: &Mutex<Vec<&'static str>>) -> &'static str {
    let mut replies = replies.lock().unwrap();
    if replies.is_empty() { "250 ok" } else { replies.remove(0) }
}

async fn say(writer: &mut OwnedWriteHalf, line: &str) {
    writer.write_all(format!("{line}\r\n").as_bytes()).await.ok();
}
