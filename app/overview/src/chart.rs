use chrono::{Datelike, NaiveDate};
use i18n::*;
use leptos::prelude::*;
use types::overview::DayFigures;
use ui::{Column, Table};

/// Size of the drawing; it scales with the page.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 40.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 8.0;

/// Conversations (full bars) and agents' answers (outlined bars) of each day, with the table behind it.
#[component]
pub fn Chart(days: Vec<DayFigures>) -> impl IntoView {
    let i18n = use_i18n();
    let locale = i18n.get_locale_untracked();
    let top = nice_top(days.iter().map(|day| day.conversations.max(day.answers)).max().unwrap_or_default());
    let y = move |value: i64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value as f64 / top as f64);
    let slot = (WIDTH - LEFT) / days.len().max(1) as f64;
    let bar = slot * 0.34;

    let lines = [0, top / 2, top]
        .into_iter()
        .map(|value| {
            view! {
                <line x1=LEFT x2=WIDTH y1=y(value) y2=y(value) stroke="var(--line)" />
                <text x=LEFT - 8.0 y=y(value) dy="0.32em" text-anchor="end" class="fill-current text-muted">
                    {format_number(locale, value)}
                </text>
            }
        })
        .collect_view();
    let bars = days
        .iter()
        .enumerate()
        .map(|(index, day)| {
            let x = LEFT + slot * index as f64 + (slot - 2.0 * bar) / 2.0;
            let base = y(0);
            let answers = y(day.answers);
            let label = (index % 2 == days.len() % 2 || days.len() < 8).then(|| day_text(i18n, day.day));
            let title = format!(
                "{}: {} {}, {} {}",
                day_text(i18n, day.day),
                format_number(locale, day.conversations),
                tu_string!(i18n, overview.conversations),
                format_number(locale, day.answers),
                tu_string!(i18n, overview.answers)
            );
            view! {
                <g>
                    <title>{title}</title>
                    <rect x=x - 3.0 y=TOP width=2.0 * bar + 6.0 height=base - TOP fill="transparent" />
                    <rect
                        x=x
                        y=y(day.conversations)
                        width=bar - 1.0
                        height=base - y(day.conversations)
                        rx="2"
                        fill="var(--color-primary)"
                    />
                    <rect
                        x=x + bar + 1.0
                        y=answers + 0.5
                        width=bar - 2.0
                        height=(base - answers - 0.5).max(0.0)
                        rx="2"
                        fill="none"
                        stroke="var(--color-base-content)"
                        stroke-width="1"
                    />
                    {label
                        .map(|label| {
                            view! {
                                <text
                                    x=x + bar
                                    y=HEIGHT - 6.0
                                    text-anchor="middle"
                                    class="fill-current text-muted"
                                >
                                    {label}
                                </text>
                            }
                        })}
                </g>
            }
        })
        .collect_view();
    let rows = days
        .iter()
        .rev()
        .map(|day| {
            view! {
                <tr>
                    <th scope="row">{day_text(i18n, day.day)}</th>
                    <td class="text-end">{format_number(locale, day.conversations)}</td>
                    <td class="text-end">{format_number(locale, day.answers)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new(tu_string!(i18n, overview.day)),
        Column::number(tu_string!(i18n, overview.conversations)),
        Column::number(tu_string!(i18n, overview.answers)),
    ];
    view! {
        <section class="panel mt-6" aria-labelledby="fortnight">
            <header class="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line px-4 py-3">
                <h2 id="fortnight" class="font-semibold">
                    {tu_string!(i18n, overview.fortnight)}
                </h2>
                <p class="flex gap-4 text-sm text-muted" aria-hidden="true">
                    <span class="flex items-center gap-1.5">
                        <span class="size-2.5 rounded-xs bg-primary"></span>
                        {tu_string!(i18n, overview.conversations)}
                    </span>
                    <span class="flex items-center gap-1.5">
                        <span class="size-2.5 rounded-xs border border-base-content"></span>
                        {tu_string!(i18n, overview.answers)}
                    </span>
                </p>
            </header>
            <div class="overflow-x-auto p-4" role="group" tabindex="0" aria-label=tu_string!(i18n, overview.fortnight)>
                <svg
                    class="block w-full min-w-136 text-[11px] tabular-nums"
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    role="img"
                    aria-label=tu_string!(i18n, overview.chart_label)
                >
                    {lines}
                    {bars}
                </svg>
            </div>
            <details class="border-t border-line">
                <summary class="cursor-pointer px-4 py-2.5 text-sm font-medium text-muted">
                    {tu_string!(i18n, overview.as_table)}
                </summary>
                <Table caption=tu_string!(i18n, overview.fortnight) columns>
                    {rows}
                </Table>
            </details>
        </section>
    }
}

/// The smallest of 4, 10, 20, 40, 100, 200 … that holds the value, so that the axis has round numbers.
fn nice_top(highest: i64) -> i64 {
    let mut unit = 1;
    loop {
        for step in [4, 10, 20] {
            if highest <= step * unit {
                return step * unit;
            }
        }
        unit *= 10;
    }
}

/// A day as in "21 Nov".
fn day_text(i18n: I18n, day: NaiveDate) -> String {
    let month = match day.month() {
        1 => tu_string!(i18n, overview.months.jan),
        2 => tu_string!(i18n, overview.months.feb),
        3 => tu_string!(i18n, overview.months.mar),
        4 => tu_string!(i18n, overview.months.apr),
        5 => tu_string!(i18n, overview.months.may),
        6 => tu_string!(i18n, overview.months.jun),
        7 => tu_string!(i18n, overview.months.jul),
        8 => tu_string!(i18n, overview.months.aug),
        9 => tu_string!(i18n, overview.months.sep),
        10 => tu_string!(i18n, overview.months.oct),
        11 => tu_string!(i18n, overview.months.nov),
        _ => tu_string!(i18n, overview.months.dec),
    };
    format!("{} {month}", day.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number() {
        assert_eq!([0, 4, 5, 11, 21, 41, 100, 150].map(nice_top), [4, 4, 10, 20, 40, 100, 100, 200]);
    }
}
