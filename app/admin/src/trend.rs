use chrono::NaiveDate;
use i18n::*;
use leptos::prelude::*;
use types::platform::PlatformDay;
use ui::{Column, Table};

use crate::words::number;

/// Height of a drawing, in its own units; a day is two wide.
const HEIGHT: f64 = 32.0;

/// The last 30 days: small bars for each figure, with one table behind them.
#[component]
pub fn Trends(
    days: Vec<PlatformDay>,
    /// Whether organizations and users are among the figures.
    #[prop(optional)]
    of_all: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let figure = |title: &'static str, value: fn(&PlatformDay) -> i64| (title, value);
    let mut figures = vec![
        figure(tu_string!(i18n, admin.figures.conversations), |day| day.conversations),
        figure(tu_string!(i18n, admin.figures.messages), |day| day.messages),
        figure(tu_string!(i18n, admin.figures.answers), |day| day.answers),
    ];
    if of_all {
        figures.insert(0, figure(tu_string!(i18n, admin.figures.users), |day| day.users));
        figures.insert(0, figure(tu_string!(i18n, admin.figures.organizations), |day| day.organizations));
    }
    let bars = figures
        .iter()
        .map(|(title, value)| {
            let values: Vec<_> = days.iter().map(|day| (day.day, value(day))).collect();
            view! { <Bars title values /> }
        })
        .collect_view();
    let mut columns = vec![Column::new(tu_string!(i18n, admin.figures.day))];
    columns.extend(figures.iter().map(|(title, _)| Column::number(*title)));
    let rows = days
        .iter()
        .rev()
        .map(|day| {
            let cells = figures
                .iter()
                .map(|(_, value)| view! { <td class="text-end">{number(i18n, value(day))}</td> })
                .collect_view();
            view! {
                <tr>
                    <th scope="row" class="whitespace-nowrap">{day.day.to_string()}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel mb-4" aria-labelledby="month">
            <h2 id="month" class="border-b border-line px-4 py-3 font-semibold">
                {tu_string!(i18n, admin.figures.month)}
            </h2>
            <div class="grid gap-5 p-4 sm:grid-cols-2 lg:grid-cols-3">{bars}</div>
            <details class="border-t border-line">
                <summary class="cursor-pointer px-4 py-2.5 text-sm font-medium text-muted">
                    {tu_string!(i18n, admin.figures.as_table)}
                </summary>
                <Table caption=tu_string!(i18n, admin.figures.month) columns>
                    {rows}
                </Table>
            </details>
        </section>
    }
}

#[component]
fn Bars(title: &'static str, values: Vec<(NaiveDate, i64)>) -> impl IntoView {
    let i18n = use_i18n();
    let sum: i64 = values.iter().map(|(_, value)| value).sum();
    let top = values.iter().map(|(_, value)| *value).max().unwrap_or_default().max(1);
    let width = values.len() as f64 * 2.0;
    let bars = values
        .iter()
        .enumerate()
        .map(|(index, (day, value))| {
            let height = HEIGHT * *value as f64 / top as f64;
            view! {
                <rect x=index as f64 * 2.0 y=HEIGHT - height width="1.5" height=height fill="var(--color-primary)">
                    <title>{format!("{day}: {}", number(i18n, *value))}</title>
                </rect>
            }
        })
        .collect_view();
    view! {
        <div>
            <p class="flex items-baseline justify-between gap-2">
                <span class="text-sm text-muted">{title}</span>
                <span class="font-semibold tabular-nums">{number(i18n, sum)}</span>
            </p>
            <svg
                class="mt-2 block h-12 w-full border-b border-line"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                {bars}
            </svg>
        </div>
    }
}
