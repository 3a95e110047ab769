use base::error_text;
use i18n::*;
use leptos::prelude::*;
use types::knowledge::{Schedule, Source, SourceType, SyncStatus};
use ui::{Button, Confirm, Select, icons, use_toasts};

use crate::{
    add::schedules,
    rpc::{CancelSync, DeleteSource, SetSchedule, SyncSource},
};

/// Reads the source now or stops reading it, sets when it is read again, and deletes it.
#[component]
pub fn SourceActions(source: Source, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = source.id;
    let (sync, cancel) = (ServerAction::<SyncSource>::new(), ServerAction::<CancelSync>::new());
    let (schedule, delete) = (ServerAction::<SetSchedule>::new(), ServerAction::<DeleteSource>::new());
    let confirm = RwSignal::new(false);
    let running = source.sync.as_ref().is_some_and(|sync| sync.status == SyncStatus::Running);
    let report = move |value: Option<Result<(), base::AppError>>, done: &'static str| match value {
        Some(Ok(())) => {
            toasts.success(done);
            on_change.run(());
        }
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    };
    Effect::new(move |_| report(sync.value().get(), tu_string!(i18n, knowledge.sync.started)));
    Effect::new(move |_| report(cancel.value().get(), tu_string!(i18n, knowledge.sync.cancelled)));
    Effect::new(move |_| report(schedule.value().get(), tu_string!(i18n, knowledge.sync.schedule_saved)));
    // There is nothing to load again: the list follows.
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => toasts.success(tu_string!(i18n, knowledge.sync.deleted)),
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    });
    let set_schedule = Callback::new(move |value: String| {
        if let Ok(value) = value.parse::<Schedule>() {
            schedule.dispatch(SetSchedule { id, schedule: value });
        }
    });
    let read = if running {
        view! {
            <Button icon=icons::X pending=cancel.pending() on_click=move |_| _ = cancel.dispatch(CancelSync { id })>
                {tu_string!(i18n, knowledge.sync.cancel)}
            </Button>
        }
        .into_any()
    } else {
        view! {
            <Button icon=icons::REFRESH_CW pending=sync.pending() on_click=move |_| _ = sync.dispatch(SyncSource { id })>
                {tu_string!(i18n, knowledge.sync.now)}
            </Button>
        }
        .into_any()
    };
    let schedule_select = (source.source_type == SourceType::Url).then(|| {
        view! {
            <Select
                name="schedule"
                label=tu_string!(i18n, knowledge.form.schedule)
                options=schedules(i18n)
                value=source.schedule.to_string()
                on_change=set_schedule
            />
        }
    });
    let name = source.name.clone();
    view! {
        <div class="flex flex-wrap items-end gap-2">
            {schedule_select}
            {read}
            <Button class="text-error" icon=icons::TRASH_2 on_click=move |_| confirm.set(true)>
                {tu_string!(i18n, knowledge.sync.delete)}
            </Button>
        </div>
        <Confirm
            open=confirm
            title=tu_string!(i18n, knowledge.sync.delete_title, name = name)
            text=tu_string!(i18n, knowledge.sync.delete_text)
            confirm_label=tu_string!(i18n, common.action.delete)
            cancel_label=tu_string!(i18n, common.action.cancel)
            pending=delete.pending()
            on_confirm=move |()| _ = delete.dispatch(DeleteSource { id })
        />
    }
}
