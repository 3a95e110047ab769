//! Unread conversations per list, shared by the navigation and the inbox.

use std::time::Duration;

use leptos::prelude::*;
use types::{conversation::InboxCounts, event::EventName};

use crate::{AppError, use_live};

/// Events within this time lead to one count, or to one reload of a list.
pub const SETTLE: Duration = Duration::from_millis(400);

/// Unread conversations per list.
#[server]
pub async fn count_unread() -> Result<InboxCounts, AppError> {
    let mut cx = crate::server::cx().await?;
    Ok(domain::conversations::counts(&mut cx).await?)
}

/// The counts, kept true by live events. Read them inside `Transition`.
#[derive(Clone, Copy)]
pub struct Counts(Resource<Result<InboxCounts, AppError>>);

impl Counts {
    /// The counts, once loaded.
    pub fn get(&self) -> Option<InboxCounts> {
        self.0.get().and_then(Result::ok)
    }

    /// Counts anew.
    pub fn refetch(&self) {
        self.0.refetch();
    }
}

/// Loads the counts and makes them available below. Needs the live socket.
pub fn provide_counts() -> Counts {
    let counts = Counts(Resource::new(|| (), |()| count_unread()));
    provide_context(counts);
    let count_soon = settled(SETTLE, move || counts.refetch());
    let live = use_live();
    live.on_event(move |event| {
        if event.conversation_id.is_some() || takes_conversations(event.name) {
            count_soon();
        }
    });
    live.on_reload(count_soon);
    counts
}

/// Makes one call of many: the first of them leads to it when the time has passed, unless what called is gone by then.
pub fn settled(time: Duration, act: impl Fn() + Copy + 'static) -> impl Fn() + Copy + 'static {
    let pending = StoredValue::new(false);
    move || {
        if pending.try_get_value() == Some(false) {
            pending.set_value(true);
            let act = move || {
                if pending.try_set_value(false).is_none() {
                    act();
                }
            };
            set_timeout(act, time);
        }
    }
}

/// Whether conversations went with what the event is about; they have no events of their own then.
pub fn takes_conversations(name: EventName) -> bool {
    matches!(name, EventName::ContactDeleted | EventName::ChannelDeleted)
}

/// The counts of the dashboard.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_counts() -> Counts {
    expect_context::<Counts>()
}
