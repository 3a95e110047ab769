use base::{report, successes};
use i18n::*;
use leptos::prelude::*;
use types::{
    id::SourceId,
    knowledge::{Schedule, Source, SourceType, SyncStatus},
};
use ui::{ActingField, Button, Confirm, icons};

use crate::{
    add::schedules,
    rpc::{CancelSync, DeleteSource, SetSchedule, SyncSource},
};

/// What is done with a source. It belongs to the page: the source is loaded again while it is read, and neither an answer
/// nor an open question may get lost by that.
#[derive(Clone, Copy)]
pub struct Acts {
    sync: ServerAction<SyncSource>,
    cancel: ServerAction<CancelSync>,
    schedule: ServerAction<SetSchedule>,
    delete: ServerAction<DeleteSource>,
    /// The name of the source that the open question is about.
    name: RwSignal<String>,
    /// Whether it is asked if the source shall be deleted.
    is_asking: RwSignal<bool>,
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
        // There is nothing to load again: the list follows.
        report(delete, tu_string!(i18n, knowledge.sync.deleted), || ());
        let (deleting, deleted) = (delete.pending(), successes(delete));
        let is_gone = Memo::new(move |_| deleting.get() || deleted.get() > 0);
        let (name, is_asking) = (RwSignal::new(String::new()), RwSignal::new(false));
        Self { sync, cancel, schedule, delete, name, is_asking, is_gone }
    }
}

/// Reads the source now or stops reading it, sets when it is read again, and asks whether to delete it.
#[component]
pub fn SourceActions(source: Source, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let id = source.id;
    let running = source.sync.as_ref().is_some_and(|sync| sync.status == SyncStatus::Running);
    let scheduled = RwSignal::new(source.schedule.to_string());
    // A choice that was refused gives way to the one that counts.
    Effect::new(move |_| {
        if acts.schedule.value().with(|value| matches!(value, Some(Err(_)))) {
            scheduled.notify();
        }
    });
    let set_schedule = Callback::new(move |value: String| {
        if let Ok(value) = value.parse::<Schedule>() {
            acts.schedule.dispatch(SetSchedule { id, schedule: value });
        }
    });
    let read = if running {
        view! {
            <Button icon=icons::X pending=acts.cancel.pending() on_click=move |_| _ = acts.cancel.dispatch(CancelSync { id })>
                {tu_string!(i18n, knowledge.sync.cancel)}
            </Button>
        }
        .into_any()
    } else {
        view! {
            <Button
                icon=icons::REFRESH_CW
                pending=acts.sync.pending()
                on_click=move |_| _ = acts.sync.dispatch(SyncSource { id })
            >
                {tu_string!(i18n, knowledge.sync.now)}
            </Button>
        }
        .into_any()
    };
    let schedule_select = (source.source_type == SourceType::Url).then(|| {
        view! {
            <ActingField
                name="schedule"
                label=tu_string!(i18n, knowledge.form.schedule)
                options=schedules(i18n)
                value=scheduled
                on_choice=set_schedule
            />
        }
    });
    let name = source.name;
    view! {
        <div class="flex flex-wrap items-end gap-2">
            {schedule_select}
            {read}
            <Button
                class="text-error"
                icon=icons::TRASH_2
                on_click=move |_| {
                    acts.name.set(name.clone());
                    acts.is_asking.set(true);
                }
            >
                {tu_string!(i18n, knowledge.sync.delete)}
            </Button>
        </div>
    }
}

/// Asks before the source is deleted.
#[component]
pub fn DeleteQuestion(id: Memo<SourceId>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Confirm
            open=acts.is_asking
            title=move || tu_string!(i18n, knowledge.sync.delete_title, name = acts.name.get()).to_string()
            text=tu_string!(i18n, knowledge.sync.delete_text)
            confirm_label=tu_string!(i18n, common.action.delete)
            cancel_label=tu_string!(i18n, common.action.cancel)
            pending=acts.delete.pending()
            on_confirm=move |()| _ = acts.delete.dispatch(DeleteSource { id: id.get_untracked() })
        />
    }
}
