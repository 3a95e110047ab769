//! `/admin`: the state of the service.

use base::{Loaded, Page};
use i18n::*;
use leptos::prelude::*;
use types::platform::PlatformOverview;
use ui::RelativeTime;

use crate::{rpc::load_platform, trend::Trends, words::number};

/// Figures of all organizations, and the last 30 days.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let i18n = use_i18n();
    let overview = Resource::new(|| (), |()| load_platform());
    view! {
        <Page title=tu_string!(i18n, admin.overview.title) width="max-w-6xl">
            <Loaded resource=overview children=move |overview| view! { <Figures overview /> } />
        </Page>
    }
}

#[component]
fn Figures(overview: PlatformOverview) -> impl IntoView {
    let i18n = use_i18n();
    let tile = |href: &'static str, label: &'static str, value: i64, is_trouble: bool| {
        let color = if is_trouble && value > 0 { "text-error" } else { "" };
        view! {
            <a href=href class="panel block p-4 hover:bg-base-200">
                <span class="block text-sm text-muted">{label}</span>
                <span class=format!("block text-xl font-semibold tabular-nums {color}")>{number(i18n, value)}</span>
            </a>
        }
    };
    let measured = overview.measured_at.map(|at| {
        view! {
            <p class="mb-4 text-sm text-muted">{tu_string!(i18n, admin.overview.measured)} " " <RelativeTime at /></p>
        }
    });
    view! {
        <div class="mb-4 grid grid-cols-2 gap-3 md:grid-cols-5">
            {tile("/admin/organizations", tu_string!(i18n, admin.figures.organizations), overview.organizations, false)}
            {tile("/admin/users", tu_string!(i18n, admin.figures.users), overview.users, false)}
            {tile(
                "/admin/organizations?sort=conversations",
                tu_string!(i18n, admin.figures.conversations),
                overview.conversations,
                false,
            )}
            {tile("/admin/organizations?sort=messages", tu_string!(i18n, admin.figures.messages), overview.messages, false)}
            {tile("/admin/jobs", tu_string!(i18n, admin.overview.jobs_waiting), overview.jobs_waiting, false)}
            {tile("/admin/jobs", tu_string!(i18n, admin.overview.jobs_failed), overview.jobs_failed, true)}
            {tile("/admin/webhooks", tu_string!(i18n, admin.overview.failing_webhooks), overview.failing_webhooks, true)}
            {tile("/admin/sources", tu_string!(i18n, admin.overview.failed_sources), overview.failed_sources, true)}
            {tile("/admin/mail?status=failed", tu_string!(i18n, admin.overview.failed_mails), overview.failed_mails, true)}
            {tile(
                "/admin/organizations?status=suspended",
                tu_string!(i18n, admin.overview.suspended),
                overview.suspended,
                false,
            )}
        </div>
        <Trends days=overview.days of_all=true />
        {measured}
    }
}
