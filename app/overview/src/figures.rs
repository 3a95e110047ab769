use i18n::*;
use leptos::prelude::*;
use leptos_router::components::A;
use types::overview::Overview;

/// Counting stops there; see the domain's overview.
const BOUND: i64 = 10_000;

/// The figures: how things stand now, and the last seven days.
#[component]
pub fn Figures(overview: Overview) -> impl IntoView {
    let i18n = use_i18n();
    let locale = i18n.get_locale_untracked();
    let now = |value: i64| {
        let text = format_number(locale, value);
        if value >= BOUND { format!("{text}+") } else { text }
    };
    let change = overview.conversations_week - overview.conversations_previous_week;
    let before = format_number(locale, overview.conversations_previous_week);
    let compared = match change {
        0 => tu_string!(i18n, overview.same_as_before).to_owned(),
        _ => tu_string!(i18n, overview.week_before, before = before),
    };
    let answered = overview.answers_week + overview.handed_off_week;
    let by_agent = if answered == 0 {
        tu_string!(i18n, overview.no_answers).to_owned()
    } else {
        let percent = overview.answers_week * 100 / answered;
        tu_string!(i18n, overview.by_agent, percent = percent.to_string())
    };
    let response = overview.median_first_response_seconds.map_or_else(|| "–".to_owned(), |s| duration(i18n, s));
    view! {
        <h2 class="mb-2 font-semibold">{tu_string!(i18n, overview.now)}</h2>
        <div class="grid grid-cols-1 gap-3 sm:grid-cols-3">
            <Linked label=tu_string!(i18n, overview.open) value=now(overview.open) href="/app/inbox?list=all" />
            <Linked
                label=tu_string!(i18n, overview.unassigned)
                value=now(overview.unassigned)
                href="/app/inbox?list=unassigned"
            />
            <Linked
                label=tu_string!(i18n, overview.waiting)
                value=now(overview.waiting)
                href="/app/inbox?list=all&sort=waiting"
            />
        </div>
        <h2 class="mt-6 mb-2 font-semibold">{tu_string!(i18n, overview.week)}</h2>
        <div class="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
            <Figure
                label=tu_string!(i18n, overview.conversations)
                value=format_number(locale, overview.conversations_week)
                note=compared
            />
            <Figure
                label=tu_string!(i18n, overview.answers)
                value=format_number(locale, overview.answers_week)
                note=by_agent
            />
            <Figure
                label=tu_string!(i18n, overview.handed_off)
                value=format_number(locale, overview.handed_off_week)
                note=tu_string!(i18n, overview.handed_off_note).to_owned()
            />
            <Figure
                label=tu_string!(i18n, overview.response)
                value=response
                note=tu_string!(i18n, overview.response_note).to_owned()
            />
        </div>
    }
}

/// A figure that leads to what it counts.
#[component]
fn Linked(label: &'static str, value: String, href: &'static str) -> impl IntoView {
    view! {
        <A href=href attr:class="figure block hover:border-primary">
            <span class="block text-muted">{label}</span>
            <span class="figure-value block">{value}</span>
        </A>
    }
}

#[component]
fn Figure(label: &'static str, value: String, note: String) -> impl IntoView {
    view! {
        <div class="figure">
            <p class="text-muted">{label}</p>
            <p class="figure-value">{value}</p>
            <p class="mt-0.5 text-sm text-muted">{note}</p>
        </div>
    }
}

/// Seconds in the unit that fits: `4 s`, `12 min`, `3.5 h`.
fn duration(i18n: I18n, seconds: f64) -> String {
    let locale = i18n.get_locale_untracked();
    let (value, unit) = match seconds {
        s if s < 10.0 => (format_decimal(locale, s, 1), tu_string!(i18n, overview.seconds)),
        s if s < 90.0 => (format_decimal(locale, s, 0), tu_string!(i18n, overview.seconds)),
        s if s < 5400.0 => (format_decimal(locale, s / 60.0, 0), tu_string!(i18n, overview.minutes)),
        s => (format_decimal(locale, s / 3600.0, 1), tu_string!(i18n, overview.hours)),
    };
    format!("{value}\u{a0}{unit}")
}
