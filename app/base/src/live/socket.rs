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

/// No answer to a ping within this time: the connection is taken for dead.
const PATIENCE_MS: f64 = 15_000.0;
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
            hub.pinged_at = 0.0;
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
    let is_reload = matches!(frame, ServerFrame::Reload { .. });
    HUB.with_borrow_mut(|hub| {
        hub.pinged_at = 0.0;
        match frame {
            ServerFrame::Welcome { cursor } | ServerFrame::Reload { cursor } => {
                hub.attempts = 0;
                hub.cursor = hub.cursor.filter(|_| !is_reload).or(Some(cursor));
            }
            ServerFrame::Event { position, .. } => hub.cursor = Some(position),
            _ => {}
        }
    });
    match frame {
        ServerFrame::Welcome { .. } | ServerFrame::Reload { .. } => {
            live.state.try_set(Connection::Open);
            if is_reload {
                call(|hub| &mut hub.reloads, &());
            }
        }
        ServerFrame::Event { event, .. } => call(|hub| &mut hub.events, &event),
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
    let is_sent_on = HUB.with_borrow_mut(|hub| {
        hub.socket = None;
        let is_sent_on = code == RESTARTS && hub.attempts == 0;
        hub.attempts += i32::from(is_sent_on);
        is_sent_on
    });
    if is_sent_on {
        live.state.try_set(Connection::Connecting);
        connect_now(live);
    } else {
        retry_later(live);
    }
}

/// Tries again after a pause that doubles, with some chance in it so that not all tabs come at once. Asks before whether it
/// is of any use: a socket that is refused does not say why.
fn retry_later(live: Live) {
    live.state.try_set(Connection::Lost);
    let attempts = HUB.with_borrow_mut(|hub| {
        hub.attempts += 1;
        hub.attempts
    });
    let pause = (400.0 * 2f64.powi(attempts.min(8))).min(LONGEST_PAUSE_MS);
    let pause = pause * (0.5 + js_sys::Math::random() / 2.0);
    set_timeout(move || live.cursor.refetch(), Duration::from_millis(pause as u64));
}

/// Connects, unless there is a socket already.
pub(super) fn connect_now(live: Live) {
    let idle = HUB.with_borrow(|hub| hub.socket.is_none());
    // The state is gone when the dashboard was left in the meantime.
    if idle && live.state.try_get_untracked().is_some() {
        connect(live);
    }
}

/// Finds out whether the connection still lives: after a sleep the browser may take minutes to notice. Silence alone says
/// nothing: the timers of a hidden tab run once a minute.
pub(super) fn check(live: Live) {
    let now = js_sys::Date::now();
    let is_dead = HUB.with_borrow_mut(|hub| {
        if hub.pinged_at == 0.0 {
            hub.pinged_at = now;
            send(hub, &ClientFrame::Ping);
        }
        let open = hub.socket.as_ref().is_some_and(|socket| socket.ready_state() == WebSocket::OPEN);
        open && now - hub.pinged_at > PATIENCE_MS
    });
    if is_dead {
        give_up();
        retry_later(live);
    }
}

/// Gives the socket up, which calls nothing any more.
pub(super) fn give_up() {
    if let Some(socket) = HUB.with_borrow_mut(|hub| hub.socket.take()) {
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        _ = socket.close();
    }
}
