use rand::{Rng, rngs::StdRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::{Shift, id, refused, socket::Widget};
use crate::{
    client::{Client, Request},
    ledger::{Said, Upload},
};

/// Somebody who writes through the widget, and sends a file now and then.
pub(super) struct Visitor {
    pub name: String,
    pub channel_key: String,
    pub shift: Shift,
}

impl Visitor {
    /// Writes until the end of the shift. The widget's socket is opened elsewhere, with what `shown` is given.
    pub(super) async fn work(self, client: Client, mut rng: StdRng, shown: oneshot::Sender<Widget>) {
        let request = Request::post("/widget/api/session", &json!({"channel_key": self.channel_key}));
        let session = match client.ask(&mut rng, &request).await {
            Ok(session) => session,
            Err(error) => return refused(&client, "a visitor's session", &error),
        };
        let token = session["token"].as_str().unwrap_or_default().to_owned();
        let client = client.with("authorization", format!("Bearer {token}"));
        shown.send(Widget { client: client.clone(), token, name: self.name.clone() }).ok();
        let mut number = 0;
        while self.shift.goes_on() {
            let file = match rng.random_bool(0.2) {
                true => self.upload(&client, &mut rng, number).await,
                false => None,
            };
            self.say(&client, &mut rng, number, file).await;
            number += 1;
            // The product takes twenty messages a minute from one visitor.
            self.shift.rest(&mut rng, 2_000..5_000).await;
        }
    }

    async fn say(&self, client: &Client, rng: &mut StdRng, number: usize, file: Option<Value>) {
        let mark = format!("{}-{number}", self.name);
        let body = json!({"content": format!("{mark} what do coffee beans cost?"), "client_id": mark,
                          "attachments": file.iter().collect::<Vec<_>>()});
        match client.ask(rng, &Request::post("/widget/api/messages", &body)).await {
            Ok(sent) => client.ledger().open().said.push(Said {
                mark,
                conversation: id(&sent["conversation_id"]),
                message: id(&sent["message"]["id"]),
                seq: sent["message"]["seq"].as_i64().unwrap_or_default(),
            }),
            Err(error) => refused(client, &mark, &error),
        }
    }

    /// Sends a file, and gives its id when that was acknowledged. A file that is sent again is another one.
    async fn upload(&self, client: &Client, rng: &mut StdRng, number: usize) -> Option<Value> {
        let lines = rng.random_range(1..4_000);
        let text: String =
            (0..lines).map(|line| format!("{}-{number} line {line} {}\n", self.name, rng.random::<u64>())).collect();
        let boundary = "chaos-chaos-chaos";
        let body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}-{number}.txt\"\r\n\
             content-type: text/plain\r\n\r\n{text}\r\n--{boundary}--\r\n",
            self.name
        );
        let request = Request { body: body.into_bytes(), ..Request::post("/widget/api/uploads", &json!({})) };
        let headers = vec![("content-type", format!("multipart/form-data; boundary={boundary}"))];
        match client.ask(rng, &Request { headers, ..request }).await {
            Ok(taken) => {
                let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
                let url = taken["url"].as_str().unwrap_or_default().to_owned();
                client.ledger().open().uploads.push(Upload { id: id(&taken["id"]), url, sha256 });
                Some(taken["id"].clone())
            }
            Err(error) => {
                refused(client, "an upload", &error);
                None
            }
        }
    }
}
