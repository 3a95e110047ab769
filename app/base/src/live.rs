//! The dashboard's live socket: one per tab, with a cursor, so that a reconnecting tab misses nothing.
//!
//! Callbacks are kept outside of the reactive system, in the one thread that a browser has; the server registers none.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{ev, prelude::*};
use serde_json::value::RawValue;
use types::live::{ClientFrame, RawEvent, RawFrame, ServerFrame};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::AppError;

/// A connection that has been silent for so long is asked whether it lives, in milliseconds.
const PING_MS: u64 = 20_000;
/// No answer within this time: the connection is taken for dead.
const SILENCE_MS: f64 = 45_000.0;
/// The longest pause before another attempt, in milliseconds.
const LONGEST_PAUSE_MS: f64 = 15_000.0;
/// Close code of a node that restarts (RFC 6455 registry): another one takes this browser now.
const RESTARTS: u16 = 1012;

/// Positions before the newest one that are heard again; they are shared by all organizations.
#[cfg(feature = "ssr")]
const OVERLAP: i64 = 100;

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    Connecting,
    Open,
    /// Was open or tried to be; tries again by itself.
    Lost,
}

type Callbacks<T> = Vec<(u32, Rc<dyn Fn(&T)>)>;

#[derive(Default)]
struct Hub {
    next_id: u32,
    events: Callbacks<RawEvent>,
    signals: Callbacks<Box<RawValue>>,
    reloads: Callbacks<()>,
    socket: Option<WebSocket>,
    cursor: Option<i64>,
    attempts: i32,
    heard_at: f64,
    /// Sent again after a reconnect: what the person looks at.
    viewing: Option<ClientFrame>,
}

thread_local! {
    static HUB: RefCell<Hub> = RefCell::default();
}

/// The live connection.
#[derive(Clone, Copy)]
pub struct Live {
    state: RwSignal<Connection>,
}

impl Live {
    /// State of the connection.
    pub fn state(&self) -> Connection {
        self.state.get()
    }

    /// Calls back with every event, also those missed while the connection was lost, for as long as the calling
    /// component lives.
    pub fn on_event(&self, callback: impl Fn(&RawEvent) + 'static) {
        subscribe(|hub| &mut hub.events, callback);
    }

    /// Calls back with every signal (a [`types::live::Signal`]: typing, drafts, viewers), for as long as the calling component lives.
    pub fn on_signal(&self, callback: impl Fn(&RawValue) + 'static) {
        subscribe(|hub| &mut hub.signals, move |signal| callback(signal));
    }

    /// Calls back when too much was missed: load anew what is shown.
    pub fn on_reload(&self, callback: impl Fn() + 'static) {
        subscribe(|hub| &mut hub.reloads, move |()| callback());
    }

    /// Sends a frame, when the connection is open. What is viewed is remembered and sent again after a reconnect.
    pub fn send(&self, frame: ClientFrame) {
        if cfg!(feature = "ssr") {
            return;
        }
        HUB.with_borrow_mut(|hub| {
            if matches!(frame, ClientFrame::Viewing { .. }) {
                hub.viewing = Some(frame.clone());
            }
            send(hub, &frame);
        });
    }
}

/// The position from which a page that is rendered now must hear events.
#[server]
pub async fn live_cursor() -> Result<i64, AppError> {
    let mut cx = crate::server::cx().await?;
    let cursor = domain::live::cursor(&mut cx).await?;
    // The page's lists are read at the same moment: hearing a little twice does no harm, missing something would.
    Ok((cursor - OVERLAP).max(0))
}

/// Connects and makes the connection available below. Once, in the dashboard's frame. It hears everything since the
/// page was rendered, also what happened before the script had loaded.
pub fn provide_live() -> Live {
    let live = Live { state: RwSignal::new(Connection::Connecting) };
    provide_context(live);
    let cursor = Resource::new(|| (), |()| live_cursor());
    Effect::new(move || {
        let Some(cursor) = cursor.get() else { return };
        HUB.with_borrow_mut(|hub| hub.cursor = hub.cursor.or(cursor.ok()));
        connect_now(live);
    });
    Effect::new(move || {
        let ping = set_interval_with_handle(move || check(live), Duration::from_millis(PING_MS));
        let online = window_event_listener(ev::online, move |_| connect_now(live));
        let awake = window_event_listener_untyped("focus", move |_| check(live));
        on_cleanup(move || {
            online.remove();
            awake.remove();
            if let Ok(ping) = ping {
                ping.clear();
            }
            if let Some(socket) = HUB.with_borrow_mut(|hub| hub.socket.take()) {
                silence(&socket);
                _ = socket.close();
            }
        });
    });
    live
}

/// The dashboard's live connection.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_live() -> Live {
    expect_context::<Live>()
}

fn subscribe<T: 'static>(list: fn(&mut Hub) -> &mut Callbacks<T>, callback: impl Fn(&T) + 'static) {
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
fn call<T>(list: fn(&mut Hub) -> &mut Callbacks<T>, value: &T) {
    let callbacks: Vec<_> = HUB.with_borrow_mut(|hub| list(hub).iter().map(|(_, callback)| callback.clone()).collect());
    for callback in callbacks {
        callback(value);
    }
}

fn send(hub: &Hub, frame: &ClientFrame) {
    let open = hub.socket.as_ref().filter(|socket| socket.ready_state() == WebSocket::OPEN);
    if let (Some(socket), Ok(text)) = (open, serde_json::to_string(frame)) {
        _ = socket.send_with_str(&text);
    }
}

fn connect(live: Live) {
    let location = location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    let Ok(host) = location.host() else { return };
    let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}/live")) else {
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

/// Goes to another node at once, when that was asked for by one that had welcomed us; else later.
fn closed(live: Live, code: u16) {
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

fn connect_now(live: Live) {
    let idle = HUB.with_borrow(|hub| hub.socket.is_none());
    // The state is gone when the dashboard was left in the meantime.
    if idle && live.state.try_get_untracked().is_some() {
        connect(live);
    }
}

/// Finds out whether the connection still lives: after a sleep the browser may take minutes to notice.
fn check(live: Live) {
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

fn silence(socket: &WebSocket) {
    socket.set_onopen(None);
    socket.set_onmessage(None);
    socket.set_onclose(None);
}
