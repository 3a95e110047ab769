//! `/admin/jobs`: queues, and what failed.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error};
use i18n::*;
use leptos::prelude::*;
use types::platform::{JobRow, Jobs, QueueFigures};
use ui::{Badge, Button, ButtonSize, Column, EmptyState, RelativeTime, Table, Tone, icons};

use crate::{
    rpc::{RetryJob, load_jobs},
    words::number,
};

/// Queues with their oldest job, and failed jobs with their reason.
#[component]
pub fn JobsPage() -> impl IntoView {
    let i18n = use_i18n();
    let retry = ServerAction::<RetryJob>::new();
    let jobs = Resource::new(move || retry.version().get(), |_| load_jobs());
    view! {
        <Page title=tu_string!(i18n, admin.frame.jobs) subtitle=tu_string!(i18n, admin.jobs.intro) width="max-w-6xl">
            <FormErrors error=action_error(retry) />
            <Loaded resource=jobs children=move |jobs| view! { <Lists jobs retry /> } />
        </Page>
    }
}

#[component]
fn Lists(jobs: Jobs, retry: ServerAction<RetryJob>) -> impl IntoView {
    let i18n = use_i18n();
    let failures = if jobs.failures.is_empty() {
        view! {
            <EmptyState
                icon=icons::CIRCLE_CHECK
                title=tu_string!(i18n, admin.jobs.empty)
                text=tu_string!(i18n, admin.jobs.empty_text)
            />
        }
        .into_any()
    } else {
        let columns = vec![
            Column::new(tu_string!(i18n, admin.jobs.job)),
            Column::new(tu_string!(i18n, admin.jobs.why)),
            Column::new(tu_string!(i18n, admin.jobs.next)),
            Column::hidden(tu_string!(i18n, admin.jobs.retry)),
        ];
        let rows = jobs.failures.into_iter().map(|job| view! { <Failure job retry /> }).collect_view();
        view! {
            <Table caption=tu_string!(i18n, admin.jobs.failures) columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <Panel title=tu_string!(i18n, admin.jobs.queues) class="mb-4">
            <Queues queues=jobs.queues />
        </Panel>
        <Panel title=tu_string!(i18n, admin.jobs.failures)>{failures}</Panel>
    }
}

#[component]
fn Queues(queues: Vec<QueueFigures>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::new(tu_string!(i18n, admin.jobs.queue)),
        Column::number(tu_string!(i18n, admin.jobs.waiting)),
        Column::number(tu_string!(i18n, admin.jobs.oldest)),
        Column::number(tu_string!(i18n, admin.jobs.running)),
        Column::number(tu_string!(i18n, admin.jobs.retrying)),
        Column::number(tu_string!(i18n, admin.jobs.failed)),
        Column::number(tu_string!(i18n, admin.jobs.done)),
    ];
    let count = move |value: i64| view! { <td class="text-end tabular-nums">{number(i18n, value)}</td> };
    let rows = queues
        .into_iter()
        .map(|queue| {
            let oldest = queue.oldest_seconds.map(|seconds| format!("{} s", number(i18n, seconds.max(0.0) as i64)));
            view! {
                <tr>
                    <th scope="row">{queue.name}</th>
                    {count(queue.waiting)}
                    <td class="text-end tabular-nums">{oldest}</td>
                    {count(queue.running)}
                    {count(queue.retrying)}
                    {count(queue.failed)}
                    {count(queue.completed_last_hour)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, admin.jobs.queues) columns>
            {rows}
        </Table>
    }
}

#[component]
fn Failure(job: JobRow, retry: ServerAction<RetryJob>) -> impl IntoView {
    let i18n = use_i18n();
    let act = job.has_failed.then(|| {
        view! {
            <ActionForm action=retry>
                <input type="hidden" name="id" value=job.id.to_string() />
                <Button kind="submit" size=ButtonSize::Small pending=retry.pending()>
                    {tu_string!(i18n, admin.jobs.retry)}
                </Button>
            </ActionForm>
        }
    });
    let next = if job.has_failed {
        view! { <Badge tone=Tone::Danger>{tu_string!(i18n, admin.jobs.given_up)}</Badge> }.into_any()
    } else {
        view! { <RelativeTime at=job.run_at /> }.into_any()
    };
    view! {
        <tr>
            <td>
                <code class="text-xs">{job.name}</code>
                <span class="block text-xs text-muted">
                    {format!("#{} · {} · {}/{}", job.id, job.queue, job.attempt, job.max_attempts)}
                </span>
            </td>
            <td class="max-w-md break-words">{job.error}</td>
            <td class="whitespace-nowrap">{next}</td>
            <td>{act}</td>
        </tr>
    }
}
