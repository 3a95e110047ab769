//! Unread conversations per list, shared by the navigation and the inbox.

use std::time::Duration;

use leptos::prelude::*;
use types::conversation::InboxCounts;

use crate::{AppError, use_live};

/// Events within this time lead to one count.
const SETTLE: Duration = Duration::from_millis(400);

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
    let pending = StoredValue::new(false);
    let count_soon = move || {
        if pending.try_get_value() == Some(false) {
            pending.set_value(true);
            set_timeout(
                move || {
                    if pending.try_set_value(false).is_none() {
                        counts.refetch();
                    }
                },
                SETTLE,
            );
        }
    };
    let live = use_live();
    live.on_event(move |event| {
        if event.conversation_id.is_some() {
            count_soon();
        }
    });
    live.on_reload(count_soon);
    counts
}

/// The counts of the dashboard.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_counts() -> Counts {
    expect_context::<Counts>()
}
