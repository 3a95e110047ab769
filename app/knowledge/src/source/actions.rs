use base::{AppError, Danger, report, successes};
use i18n::*;
use leptos::prelude::*;
use types::{
    id::SourceId,
    knowledge::{Schedule, Source, SourceType, SyncStatus},
};
use ui::{ActingField, Button, icons};

use crate::{
    add::schedules,
    rpc::{CancelSync, DeleteSource, SetSchedule, SyncSource},
};

/// What is done with a source. It belongs to the page: the source is loaded again while it is read, and no answer may get
/// lost by that.
#[derive(Clone, Copy)]
pub struct Acts {
    sync: ServerAction<SyncSource>,
    cancel: ServerAction<CancelSync>,
    schedule: ServerAction<SetSchedule>,
    delete: ServerAction<DeleteSource>,
    /// Whether the source was deleted here, or is about to be: the list follows, and there is nothing to load again.
    pub is_gone: Memo<bool>,
}

impl Acts {
    /// The acts of a page, which says what became of them. `on_change` loads the source again.
    pub fn new(on_change: Callback<()>) -> Self {
        let i18n = use_i18n();
        let (sync, cancel) = (ServerAction::<SyncSource>::new(), ServerAction::<CancelSync>::new());
        let (schedule, delete) = (ServerAction::<SetSchedule>::new(), ServerAction::<DeleteSource>::new());
        let on_change = move || on_change.run(());
        report(sync, tu_string!(i18n, knowledge.sync.started), on_change);
        report(cancel, tu_string!(i18n, knowledge.sync.cancelled), on_change);
        report(schedule, tu_string!(i18n, knowledge.sync.schedule_saved), on_change);
        let (deleting, deleted) = (delete.pending(), successes(delete));
        let is_gone = Memo::new(move |_| deleting.get() || deleted.get() > 0);
        Self { sync, cancel, schedule, delete, is_gone }
    }
}

/// Reads the source now or stops reading it, and sets when it is read again. Each part follows what it is about: with each page
/// that is read the source is loaded again, maybe under an open list or a button that is pressed.
#[component]
pub fn SourceActions(id: Memo<SourceId>, source: Resource<Result<Source, AppError>>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let found = move || source.get().and_then(Result::ok);
    let is_website = Memo::new(move |_| found().is_some_and(|source| source.source_type == SourceType::Url));
    let is_running = Memo::new(move |_| {
        found().and_then(|source| source.sync).is_some_and(|sync| sync.status == SyncStatus::Running)
    });
    let schedule = Memo::new(move |_| found().map(|source| source.schedule.to_string()).unwrap_or_default());
    // A choice that was refused gives way to the one that counts.
    let refusals = Memo::new(move |count: Option<&usize>| {
        let is_refused = acts.schedule.value().with(|value| matches!(value, Some(Err(_))));
        count.copied().unwrap_or_default() + usize::from(is_refused)
    });
    let scheduled = Signal::derive(move || {
        refusals.track();
        schedule.get()
    });
    let set_schedule = move |value: String| {
        if let Ok(schedule) = value.parse::<Schedule>() {
            acts.schedule.dispatch(SetSchedule { id: id.get_untracked(), schedule });
        }
    };
    let cancel = move |_| _ = acts.cancel.dispatch(CancelSync { id: id.get_untracked() });
    let sync = move |_| _ = acts.sync.dispatch(SyncSource { id: id.get_untracked() });
    view! {
        <div class="flex flex-wrap items-end gap-2">
            <Show when=move || is_website.get()>
                <ActingField
                    name="schedule"
                    label=tu_string!(i18n, knowledge.form.schedule)
                    options=schedules(i18n)
                    value=scheduled
                    on_choice=set_schedule
                />
            </Show>
            <Show
                when=move || is_running.get()
                fallback=move || view! {
                    <Button icon=icons::REFRESH_CW pending=acts.sync.pending() on_click=sync>
                        {tu_string!(i18n, knowledge.sync.now)}
                    </Button>
                }
            >
                <Button icon=icons::X pending=acts.cancel.pending() on_click=cancel>
                    {tu_string!(i18n, knowledge.sync.cancel)}
                </Button>
            </Show>
        </div>
    }
}

/// Deletes the source. It belongs to the page too, or it would close each time the source is loaded again.
#[component]
pub fn Deletion(id: Memo<SourceId>, name: Signal<String>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Danger
            action=acts.delete
            label=tu_string!(i18n, knowledge.sync.delete)
            title=move || tu_string!(i18n, common.action.delete_question, name = name.get()).to_string()
            text=tu_string!(i18n, knowledge.sync.delete_text)
            done=tu_string!(i18n, knowledge.sync.deleted)
        >
            <input type="hidden" name="id" value=move || id.get().to_string() />
        </Danger>
    }
}
