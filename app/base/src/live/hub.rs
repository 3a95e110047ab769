//! Who is called back by the live socket of this tab.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use serde_json::value::RawValue;
use types::live::{ClientFrame, RawEvent};
use web_sys::WebSocket;

pub(super) type Callbacks<T> = Vec<(u32, Rc<dyn Fn(&T)>)>;

/// What the connection of this tab knows, and whom it calls back.
#[derive(Default)]
pub(super) struct Hub {
    pub next_id: u32,
    pub events: Callbacks<RawEvent>,
    pub signals: Callbacks<Box<RawValue>>,
    pub reloads: Callbacks<()>,
    pub socket: Option<WebSocket>,
    pub cursor: Option<i64>,
    pub attempts: i32,
    /// When the ping was sent to which nothing has come yet; 0: there is none.
    pub pinged_at: f64,
    /// Sent again after a reconnect: what the person looks at.
    pub viewing: Option<ClientFrame>,
}

thread_local! {
    pub(super) static HUB: RefCell<Hub> = RefCell::default();
}

/// Calls back for as long as the calling component lives.
pub(super) fn subscribe<T: 'static>(list: fn(&mut Hub) -> &mut Callbacks<T>, callback: impl Fn(&T) + 'static) {
    if cfg!(feature = "ssr") {
        return;
    }
    let id = HUB.with_borrow_mut(|hub| {
        hub.next_id += 1;
        let id = hub.next_id;
        list(hub).push((id, Rc::new(callback)));
        id
    });
    on_cleanup(move || HUB.with_borrow_mut(|hub| list(hub).retain(|(other, _)| *other != id)));
}

/// Calls what is subscribed, outside of the borrow: a callback may subscribe or send itself.
pub(super) fn call<T>(list: fn(&mut Hub) -> &mut Callbacks<T>, value: &T) {
    let callbacks: Vec<_> = HUB.with_borrow_mut(|hub| list(hub).iter().map(|(_, callback)| callback.clone()).collect());
    for callback in callbacks {
        callback(value);
    }
}

/// Sends a frame, if the socket is open.
pub(super) fn send(hub: &Hub, frame: &ClientFrame) {
    let open = hub.socket.as_ref().filter(|socket| socket.ready_state() == WebSocket::OPEN);
    if let (Some(socket), Ok(text)) = (open, serde_json::to_string(frame)) {
        _ = socket.send_with_str(&text);
    }
}
