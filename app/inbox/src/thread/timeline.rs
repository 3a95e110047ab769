//! The messages in order, with a line for each day. Scrolling up loads older ones.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use i18n::*;
use leptos::{ev, html, prelude::*, task::spawn_local};
use ui::{Alert, LocalTime, TimeFormat, Tone};

use super::{
    draft::AgentDraft,
    entries::{Entry, Key},
    message::MessageView,
    state::use_thread,
};
use crate::rpc;

/// Closer than this to the top, older messages are loaded, in pixels.
const NEAR_TOP: i32 = 200;

#[derive(Clone)]
enum Item {
    /// The line above the first entry of a day.
    Day(Entry),
    Message(Entry),
}

impl Item {
    /// Whether it is a day's line, and the message that it belongs to.
    fn key(&self) -> (bool, Key) {
        match self {
            Self::Day(first) => (true, first.key.clone()),
            Self::Message(entry) => (false, entry.key.clone()),
        }
    }
}

/// The entries, with a line where a day begins; also where the clock of a machine makes it begin twice.
fn with_days(entries: Vec<Entry>, day_of: impl Fn(DateTime<Utc>) -> NaiveDate) -> Vec<Item> {
    let mut items = Vec::new();
    let mut day = None;
    for entry in entries {
        let own_day = Some(day_of(entry.created_at()));
        if day != own_day {
            items.push(Item::Day(entry.clone()));
            day = own_day;
        }
        items.push(Item::Message(entry));
    }
    items
}

/// The messages of the thread.
#[component]
pub fn Timeline() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    // Days begin at UTC's midnight until the browser tells where the reader is.
    let is_local = RwSignal::new(false);
    Effect::new(move || is_local.set(true));
    let items = move || {
        let is_local = is_local.get();
        with_days(state.entries.list(), |at| day_of(at, is_local))
    };
    view! {
        // The column is reversed so that it begins at its end and stays there, without script.
        <div class="timeline" tabindex="0" role="log" aria-label=tu_string!(i18n, inbox.messages) on:scroll=load_near_top()>
            <div class="timeline-inner">
                <Older />
                <For each=items key=Item::key let:item>
                    {match item {
                        Item::Day(first) => view! {
                            <p class="timeline-day"><LocalTime at=first.created_at() format=TimeFormat::Day /></p>
                        }
                        .into_any(),
                        Item::Message(entry) => view! { <MessageView entry /> }.into_any(),
                    }}
                </For>
                <AgentDraft />
            </div>
        </div>
    }
}

/// The day of a moment, where the reader is.
fn day_of(at: DateTime<Utc>, is_local: bool) -> NaiveDate {
    if !is_local {
        return at.date_naive();
    }
    let minutes = js_sys::Date::new(&(at.timestamp_millis() as f64).into()).get_timezone_offset();
    (at - Duration::minutes(minutes as i64)).date_naive()
}

/// Presses the button for older messages when the reader comes near the top.
fn load_near_top() -> impl Fn(ev::Event) {
    move |event| {
        use wasm_bindgen::JsCast;
        let Some(box_) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) else {
            return;
        };
        // Counted from the end, because the column is reversed.
        let above = box_.scroll_height() - box_.client_height() + box_.scroll_top();
        if above < NEAR_TOP
            && let Ok(Some(button)) = box_.query_selector("[data-older]")
            && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
        {
            button.click();
        }
    }
}

/// The button that loads older messages, or the thread's beginning.
#[component]
fn Older() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let node = NodeRef::<html::Button>::new();
    let is_loading = RwSignal::new(false);
    let has_failed = RwSignal::new(false);
    let load = move |_| {
        let Some(first) = state.entries.first_seq().filter(|_| !is_loading.get_untracked()) else { return };
        is_loading.set(true);
        has_failed.set(false);
        spawn_local(async move {
            let answer = rpc::older_messages(state.id, first).await;
            if is_loading.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(messages) => state.entries.merge(messages),
                Err(_) => has_failed.set(true),
            }
        });
    };
    let has_older = Memo::new(move |_| state.entries.first_seq().is_some_and(|seq| seq > 1));
    view! {
        <div class="flex flex-col items-center gap-2 pb-2">
            <Show when=move || has_failed.get()>
                <Alert tone=Tone::Danger>{tu_string!(i18n, inbox.older_failed)}</Alert>
            </Show>
            <Show
                when=move || has_older.get()
                fallback=move || view! { <p class="timeline-line">{tu_string!(i18n, inbox.beginning)}</p> }
            >
                <button
                    node_ref=node
                    type="button"
                    class="btn btn-ghost btn-xs"
                    data-older="true"
                    disabled=is_loading
                    aria-busy=move || is_loading.get().then_some("true")
                    on:click=load
                >
                    {tu_string!(i18n, inbox.older)}
                </button>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use types::message::Message;

    use super::{
        super::entries::{Sending, tests::message},
        *,
    };

    #[test]
    fn every_line_has_a_key_of_its_own_also_where_a_day_begins_twice() {
        let clocks = ["2026-11-20T23:59:59Z", "2026-11-21T00:00:01Z", "2026-11-20T23:59:58Z", "2026-11-21T00:00:02Z"];
        let entries = clocks.iter().zip(1..).map(|(clock, seq)| {
            let message = Message { created_at: clock.parse().expect("a time"), ..message(seq, None) };
            let key = Key::Server(message.id);
            Entry { key, message: ArcRwSignal::new(message), sending: ArcRwSignal::new(Sending::Done) }
        });
        let items = with_days(entries.collect(), |at| day_of(at, false));
        let keys: HashSet<_> = items.iter().map(Item::key).collect();
        assert_eq!((items.len(), keys.len()), (8, 8));
    }
}
