//! The dashboard's live socket: one per tab, with a cursor, so that a reconnecting tab misses nothing.
//!
//! Callbacks are kept outside of the reactive system, in the one thread that a browser has; the server registers none.

mod hub;
mod socket;

use std::time::Duration;

use leptos::{ev, prelude::*};
use serde_json::value::RawValue;
use types::{
    error::ErrorCode,
    id::ConversationId,
    live::{ClientFrame, RawEvent},
};

use self::{
    hub::{HUB, send, subscribe},
    socket::{check, connect_now, give_up},
};
use crate::AppError;

/// A connection that has been silent for so long is asked whether it lives, in milliseconds.
const PING_MS: u64 = 20_000;

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
    /// The server has refused it for this reason: nobody is signed in any more, or the organization is suspended.
    Refused(ErrorCode),
    /// The session works for another member by now: the page must be loaded anew.
    Outdated,
}

/// The live connection.
#[derive(Clone, Copy)]
pub struct Live {
    state: RwSignal<Connection>,
    /// Asked before each attempt to connect: whether it is of any use, and from where a new page hears.
    cursor: Resource<Result<i64, AppError>>,
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

    /// Views a conversation no more, unless the next is viewed already.
    pub fn leave(&self, conversation: ConversationId) {
        let is_viewed = HUB.with_borrow(|hub| {
            matches!(hub.viewing, Some(ClientFrame::Viewing { conversation_id }) if conversation_id == Some(conversation))
        });
        if is_viewed {
            self.send(ClientFrame::Viewing { conversation_id: None });
        }
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
    let cursor = Resource::new(|| (), |()| live_cursor());
    let live = Live { state: RwSignal::new(Connection::Connecting), cursor };
    provide_context(live);
    Effect::new(move || match cursor.get() {
        None => {}
        Some(Err(AppError { code: code @ (ErrorCode::Unauthenticated | ErrorCode::Suspended), .. })) => {
            live.state.set(Connection::Refused(code));
        }
        Some(cursor) => {
            HUB.with_borrow_mut(|hub| hub.cursor = hub.cursor.or(cursor.ok()));
            connect_now(live);
        }
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
            give_up();
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
