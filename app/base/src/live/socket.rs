//! The socket itself: connecting, hearing, losing it, and trying again.

use std::time::Duration;

use leptos::prelude::*;
use types::live::{ClientFrame, OTHER_MEMBER, RawFrame, ServerFrame};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{
    Connection, Live,
    hub::{HUB, call, send},
};

/// No answer within this time: the connection is taken for dead.
const SILENCE_MS: f64 = 45_000.0;
/// The longest pause before another attempt, in milliseconds.
const LONGEST_PAUSE_MS: f64 = 15_000.0;
/// Close code of a node that restarts (RFC 6455 registry): another one takes this browser now.
const RESTARTS: u16 = 1012;

fn connect(live: Live) {
    let location = location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    let Ok(host) = location.host() else { return };
    let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}{}", crate::own("/live"))) else {
        retry_later(live);
        return;
    };

    let on_open = Closure::<dyn FnMut()>::new(move || {
        HUB.with_borrow_mut(|hub| {
            hub.heard_at = js_sys::Date::now();
            send(hub, &ClientFrame::Hello { cursor: hub.cursor });
            if let Some(viewing) = hub.viewing.clone() {
                send(hub, &viewing);
            }
        });
    });
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    on_open.forget();

    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            receive(live, &text);
        }
    });
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();

    let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
        HUB.with_borrow_mut(|hub| hub.socket = None);
        closed(live, event.code());
    });
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    on_close.forget();

    HUB.with_borrow_mut(|hub| hub.socket = Some(socket));
}

fn receive(live: Live, text: &str) {
    let Ok(frame) = serde_json::from_str::<RawFrame>(text) else {
        leptos::logging::warn!("a live frame of another version; the page should be loaded anew");
        return;
    };
    HUB.with_borrow_mut(|hub| hub.heard_at = js_sys::Date::now());
    match frame {
        ServerFrame::Welcome { cursor } => {
            HUB.with_borrow_mut(|hub| {
                hub.attempts = 0;
                hub.cursor = hub.cursor.or(Some(cursor));
            });
            live.state.try_set(Connection::Open);
        }
        ServerFrame::Reload { cursor } => {
            HUB.with_borrow_mut(|hub| {
                hub.attempts = 0;
                hub.cursor = Some(cursor);
            });
            live.state.try_set(Connection::Open);
            call(|hub| &mut hub.reloads, &());
        }
        ServerFrame::Event { position, event } => {
            HUB.with_borrow_mut(|hub| hub.cursor = Some(position));
            call(|hub| &mut hub.events, &event);
        }
        ServerFrame::Signal(signal) => call(|hub| &mut hub.signals, &signal),
        ServerFrame::Pong => {}
    }
}

/// Goes to another node at once, when that was asked for by one that had welcomed us; else later. Not at all when the page
/// is another member's.
fn closed(live: Live, code: u16) {
    if code == OTHER_MEMBER {
        live.state.try_set(Connection::Outdated);
        return;
    }
    let is_sent_on = code == RESTARTS && HUB.with_borrow(|hub| hub.attempts == 0);
    if is_sent_on {
        HUB.with_borrow_mut(|hub| hub.attempts = 1);
        live.state.try_set(Connection::Connecting);
        connect_now(live);
    } else {
        retry_later(live);
    }
}

/// Tries again after a pause that doubles, with some chance in it so that not all tabs come at once.
fn retry_later(live: Live) {
    live.state.try_set(Connection::Lost);
    let attempts = HUB.with_borrow_mut(|hub| {
        hub.attempts += 1;
        hub.attempts
    });
    let pause = (400.0 * 2f64.powi(attempts.min(8))).min(LONGEST_PAUSE_MS);
    let pause = pause * (0.5 + js_sys::Math::random() / 2.0);
    set_timeout(move || connect_now(live), Duration::from_millis(pause as u64));
}

/// Connects, unless there is a socket already.
pub(super) fn connect_now(live: Live) {
    let idle = HUB.with_borrow(|hub| hub.socket.is_none());
    // The state is gone when the dashboard was left in the meantime.
    if idle && live.state.try_get_untracked().is_some() {
        connect(live);
    }
}

/// Finds out whether the connection still lives: after a sleep the browser may take minutes to notice.
pub(super) fn check(live: Live) {
    let dead = HUB.with_borrow_mut(|hub| {
        send(hub, &ClientFrame::Ping);
        let open = hub.socket.as_ref().is_some_and(|socket| socket.ready_state() == WebSocket::OPEN);
        (open && js_sys::Date::now() - hub.heard_at > SILENCE_MS).then(|| hub.socket.take()).flatten()
    });
    if let Some(socket) = dead {
        silence(&socket);
        _ = socket.close();
        retry_later(live);
    }
}

/// Lets a socket that is given up call nothing any more.
pub(super) fn silence(socket: &WebSocket) {
    socket.set_onopen(None);
    socket.set_onmessage(None);
    socket.set_onclose(None);
}
