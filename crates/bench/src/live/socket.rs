use std::time::Instant;

use anyhow::bail;
use futures::{SinkExt, StreamExt};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use types::{
    event::EventName,
    live::{ClientFrame, LiveEvent, ServerFrame, Signal},
};

use super::clocks::{Clocks, Side};
use crate::program::Program;

/// A live socket of a browser.
pub type Socket = WebSocketStream<TcpStream>;

/// Opens a socket and waits until it is welcome.
pub async fn open(program: &Program, path: &str, headers: &[(&'static str, String)]) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(program.address).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{}{path}", program.address).into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse()?);
    }
    let (mut socket, _) = client_async(request, stream).await?;
    socket.send(Message::text(serde_json::to_string(&ClientFrame::Hello { cursor: None })?)).await?;
    match socket.next().await {
        Some(Ok(Message::Text(text)))
            if matches!(serde_json::from_str(&text), Ok(ServerFrame::<LiveEvent, Signal>::Welcome { .. })) =>
        {
            Ok(socket)
        }
        other => bail!("a socket was not welcome: {other:?}"),
    }
}

/// Stops the clocks of messages whose events come.
pub fn listen(mut socket: Socket, clocks: Clocks, side: Side) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let at = Instant::now();
            let Message::Text(text) = message else { continue };
            if let Ok(ServerFrame::<LiveEvent, Signal>::Event { event, .. }) = serde_json::from_str(&text)
                && event.name == EventName::MessageCreated
                && let Some(message) = event.message
            {
                clocks.arrived(&message.content, side, at);
            }
        }
    })
}
