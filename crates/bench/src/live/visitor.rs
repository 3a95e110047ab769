use std::net::Ipv4Addr;

use anyhow::{Context, bail};
use reqwest::{Client, header};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{
    clocks::{Clocks, Side},
    socket::{listen, open},
};
use crate::program::Program;

/// A widget that is open on somebody's site.
pub struct Visitor {
    http: Client,
    url: String,
    token: String,
    /// Where it seems to come from.
    address: String,
    pub conversation: String,
}

impl Visitor {
    pub async fn arrive(program: &Program, http: &Client, channel: &str, number: usize) -> anyhow::Result<Self> {
        let [high, low] = u16::try_from(number)?.to_be_bytes();
        let mut visitor = Self {
            http: http.clone(),
            url: program.url(),
            token: String::new(),
            address: Ipv4Addr::new(198, 18, high, low).to_string(),
            conversation: String::new(),
        };
        let session = visitor.post("session", json!({"channel_key": channel})).await?;
        visitor.token = session["token"].as_str().context("no token")?.to_owned();
        visitor.conversation = visitor.write("hello").await?;
        Ok(visitor)
    }

    /// Sends a message and gives its conversation.
    pub async fn write(&self, content: &str) -> anyhow::Result<String> {
        let sent = self.post("messages", json!({"content": content, "client_id": content})).await?;
        Ok(sent["conversation_id"].as_str().context("no conversation")?.to_owned())
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let request =
            self.http.post(format!("{}/widget/api/{path}", self.url)).header("x-forwarded-for", &self.address);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("{path} answered {status}: {text}");
        }
        Ok(serde_json::from_str::<Value>(&text)?["data"].take())
    }

    /// Opens the widget's socket and stops the clocks of messages that come.
    pub async fn listen(&self, program: &Program, clocks: Clocks) -> anyhow::Result<JoinHandle<()>> {
        let path = format!("/widget/api/live?token={}", self.token);
        let headers = [("origin", program.url()), ("x-forwarded-for", self.address.clone())];
        Ok(listen(open(program, &path, &headers).await?, clocks, Side::Visitor))
    }

    /// Goes on with another program on the same database.
    pub fn turn_to(&mut self, program: &Program) {
        self.url = program.url();
    }
}
