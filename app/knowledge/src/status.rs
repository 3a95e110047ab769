//! How a source's state and the progress of its reading are shown.

use i18n::*;
use leptos::prelude::*;
use types::knowledge::{Source, SourceStatus, Sync, SyncStatus};
use ui::{Badge, Tone};

/// The state as a coloured word; while a source is read, how far.
#[component]
pub fn StatusBadge(source: Source) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, word) = match source.status {
        SourceStatus::Pending => (Tone::Neutral, tu_string!(i18n, knowledge.source.pending)),
        SourceStatus::Processing => (Tone::Info, tu_string!(i18n, knowledge.source.processing)),
        SourceStatus::Ready => (Tone::Success, tu_string!(i18n, knowledge.source.ready)),
        SourceStatus::Failed => (Tone::Danger, tu_string!(i18n, knowledge.source.failed)),
    };
    let progress = source
        .sync
        .as_ref()
        .filter(|sync| sync.status == SyncStatus::Running)
        .map(|sync| format!(" {}/{}", finished(sync), sync.pages_found));
    view! { <Badge tone>{word}{progress}</Badge> }
}

/// Pages of a sync that are dealt with.
pub fn finished(sync: &Sync) -> i32 {
    sync.pages_done + sync.pages_unchanged + sync.pages_failed
}

/// The figures of a sync, with a bar while it runs.
#[component]
pub fn SyncProgress(sync: Sync) -> impl IntoView {
    let i18n = use_i18n();
    let done = finished(&sync);
    let figure = |label: &'static str, value: i32| {
        view! {
            <div>
                <dt class="text-muted text-xs">{label}</dt>
                <dd class="text-lg font-semibold tabular-nums">{format_number(i18n.get_locale_untracked(), value.into())}</dd>
            </div>
        }
    };
    let bar = (sync.status == SyncStatus::Running).then(|| {
        view! {
            <progress
                class="progress progress-primary w-full"
                max=sync.pages_found.max(1)
                value=done
                aria-label=tu_string!(i18n, knowledge.sync.progress)
            ></progress>
            <p class="text-muted text-sm">{tu_string!(i18n, knowledge.sync.old_answers)}</p>
        }
    });
    view! {
        <div class="space-y-3">
            <dl class="grid grid-cols-2 gap-3 sm:grid-cols-5">
                {figure(tu_string!(i18n, knowledge.sync.found), sync.pages_found)}
                {figure(tu_string!(i18n, knowledge.sync.done), sync.pages_done)}
                {figure(tu_string!(i18n, knowledge.sync.unchanged), sync.pages_unchanged)}
                {figure(tu_string!(i18n, knowledge.sync.failed), sync.pages_failed)}
                {figure(tu_string!(i18n, knowledge.sync.chunks), sync.chunks)}
            </dl>
            {bar}
        </div>
    }
}
