//! Times. The server writes the moment in UTC, the same for everybody; the browser turns it into the reader's words
//! after hydration, so that both render the same tree.

use std::time::Duration;

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::{albanian, capitalized};

/// Counts half minutes; relative times follow it.
#[derive(Clone, Copy)]
struct Clock(RwSignal<u32>);

/// Starts the clock that keeps relative times true. Once, in the application.
pub fn provide_clock() {
    let clock = Clock(RwSignal::new(0));
    provide_context(clock);
    Effect::new(move || {
        let timer = set_interval_with_handle(
            move || {
                clock.0.try_update(|ticks| *ticks += 1);
            },
            Duration::from_secs(30),
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}

/// How a moment is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// `14:05`
    Time,
    /// `21 Nov 2025`
    Date,
    /// `21 Nov 2025, 14:05`
    #[default]
    DateTime,
    /// `Today`, `Yesterday` in the reader's words, else `Friday, 21 November 2025`.
    Day,
}

/// "5 minutes ago", with the exact time on hover.
#[component]
pub fn RelativeTime(at: DateTime<Utc>, #[prop(optional, into)] class: Option<String>) -> impl IntoView {
    time_element(at, Box::new(move || relative(at)), true, class, "%Y-%m-%d")
}

/// How long ago a moment was: "5 min", with the exact time on hover.
#[component]
pub fn Elapsed(since: DateTime<Utc>) -> impl IntoView {
    time_element(since, Box::new(move || elapsed(since)), true, None, "%H:%M")
}

/// A moment in the reader's time zone and language.
#[component]
pub fn LocalTime(
    at: DateTime<Utc>,
    #[prop(optional)] format: TimeFormat,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let server = match format {
        TimeFormat::Time => "%H:%M",
        TimeFormat::Date | TimeFormat::Day => "%Y-%m-%d",
        TimeFormat::DateTime => "%Y-%m-%d %H:%M",
    };
    time_element(at, Box::new(move || absolute(at, format)), format == TimeFormat::Day, class, server)
}

/// A moment: as the server writes it, then in the browser's words, which may follow the clock. One effect for all kinds.
fn time_element(
    at: DateTime<Utc>,
    words: Box<dyn Fn() -> String>,
    follows_clock: bool,
    class: Option<String>,
    server: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(None::<(String, String)>);
    let clock = use_context::<Clock>().filter(|_| follows_clock);
    Effect::new(move || {
        if let Some(Clock(ticks)) = clock {
            ticks.track();
        }
        text.set(Some((words(), absolute(at, TimeFormat::DateTime))));
    });
    let iso = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let fallback = at.format(server).to_string();
    view! {
        <time
            class=class
            datetime=iso
            title=move || text.with(|text| text.as_ref().map(|(_, title)| title.clone()).unwrap_or_default())
        >
            {move || text.with(|text| text.as_ref().map_or_else(|| fallback.clone(), |(words, _)| words.clone()))}
        </time>
    }
}

fn language() -> String {
    let language = document().document_element().and_then(|html| html.get_attribute("lang"));
    language.unwrap_or_else(|| "en".into())
}

fn is_albanian() -> bool {
    language() == "sq"
}

fn languages() -> Array {
    Array::of1(&JsValue::from(language()))
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in pairs {
        _ = Reflect::set(&object, &JsValue::from(*key), &JsValue::from(*value));
    }
    object
}

fn relative(at: DateTime<Utc>) -> String {
    let seconds = (at.timestamp_millis() as f64 - Date::now()) / 1000.0;
    let (amount, unit) = match seconds.abs() {
        s if s < 45.0 => (0.0, "second"),
        s if s < 45.0 * 60.0 => (seconds / 60.0, "minute"),
        s if s < 22.0 * 3600.0 => (seconds / 3600.0, "hour"),
        s if s < 26.0 * 86_400.0 => (seconds / 86_400.0, "day"),
        s if s < 320.0 * 86_400.0 => (seconds / (30.44 * 86_400.0), "month"),
        _ => (seconds / (365.25 * 86_400.0), "year"),
    };
    let amount = if amount == 0.0 { 0.0 } else { amount.round().abs().max(1.0).copysign(amount) };
    if is_albanian() {
        return albanian::relative(amount, unit);
    }
    let format = Intl::RelativeTimeFormat::new(&languages(), &options(&[("numeric", "auto"), ("style", "short")]));
    String::from(format.format(amount, unit))
}

fn elapsed(since: DateTime<Utc>) -> String {
    let minutes = ((Date::now() - since.timestamp_millis() as f64) / 60_000.0).max(0.0);
    let (amount, unit) = match minutes {
        m if m < 60.0 => (m, "minute"),
        m if m < 48.0 * 60.0 => (m / 60.0, "hour"),
        m => (m / 1440.0, "day"),
    };
    if is_albanian() {
        return albanian::amount(amount.floor(), unit);
    }
    let options = options(&[("style", "unit"), ("unit", unit), ("unitDisplay", "short")]);
    let format = Intl::NumberFormat::new(&languages(), &options).format();
    let text = format.call1(&JsValue::NULL, &JsValue::from(amount.floor()));
    text.map_or_else(|_| String::new(), |text| String::from(js_sys::JsString::from(text)))
}

fn absolute(at: DateTime<Utc>, format: TimeFormat) -> String {
    let date = Date::new(&JsValue::from(at.timestamp_millis() as f64));
    if is_albanian() {
        return in_albanian(&date, format);
    }
    let pairs: &[(&str, &str)] = match format {
        TimeFormat::Time => &[("timeStyle", "short")],
        TimeFormat::Date => &[("dateStyle", "medium")],
        TimeFormat::DateTime => &[("dateStyle", "medium"), ("timeStyle", "short")],
        TimeFormat::Day => match days_ago(&date) {
            days @ (0 | 1) => return day_word(days),
            _ => &[("dateStyle", "full")],
        },
    };
    String::from(
        Intl::DateTimeFormat::new(&languages(), &options(pairs))
            .format()
            .call1(&JsValue::NULL, &date)
            .map_or_else(|_| js_sys::JsString::from(at.to_rfc3339()), js_sys::JsString::from),
    )
}

fn in_albanian(date: &Date, format: TimeFormat) -> String {
    let moment = albanian::Moment {
        year: date.get_full_year(),
        month: date.get_month(),
        day: date.get_date(),
        weekday: date.get_day(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
    };
    match format {
        TimeFormat::Time => moment.time(),
        TimeFormat::Date => moment.date(),
        TimeFormat::DateTime => format!("{}, {}", moment.date(), moment.time()),
        TimeFormat::Day => match days_ago(date) {
            days @ (0 | 1) => day_word(days),
            _ => moment.full_date(),
        },
    }
}

/// Midnights between the date and now, where the reader is.
fn days_ago(date: &Date) -> i64 {
    let midnight = |date: &Date| {
        let copy = Date::new(date);
        copy.set_hours(0);
        copy.set_minutes(0);
        copy.set_seconds(0);
        copy.set_milliseconds(0);
        copy.get_time()
    };
    ((midnight(&Date::new_0()) - midnight(date)) / 86_400_000.0).round() as i64
}

/// "Today" or "Yesterday" in the page's language, with a capital letter.
fn day_word(days_ago: i64) -> String {
    let word = if is_albanian() {
        albanian::relative(-(days_ago as f64), "day")
    } else {
        let format = Intl::RelativeTimeFormat::new(&languages(), &options(&[("numeric", "auto")]));
        String::from(format.format(-(days_ago as f64), "day"))
    };
    capitalized(&word)
}
