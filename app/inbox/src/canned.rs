//! The canned answers: texts that are inserted by `/` and a shortcut.

use base::{ActionForm, Danger, ErrorView, FormErrors, Page, Panel, action_error, field_errors, successes};
use i18n::*;
use leptos::prelude::*;
use types::message::CannedResponse;
use ui::{Button, ButtonLink, ButtonStyle, EmptyState, Icon, SkeletonRows, TextArea, TextField, icons};

use crate::rpc::{DeleteCanned, SaveCanned, list_canned};

/// What the forms of the page share.
#[derive(Clone, Copy)]
struct Acts {
    add: ServerAction<SaveCanned>,
    save: ServerAction<SaveCanned>,
    delete: ServerAction<DeleteCanned>,
    /// One action saves all answers that exist: the id in the form that asked last.
    asked: RwSignal<Option<String>>,
}

/// The page `/app/inbox/canned`. Every form on it works without script.
#[component]
pub fn CannedPage() -> impl IntoView {
    let i18n = use_i18n();
    let (add, save, delete) = (ServerAction::new(), ServerAction::new(), ServerAction::new());
    let acts = Acts { add, save, delete, asked: RwSignal::new(None) };
    Effect::new(move || {
        if let Some(input) = acts.save.input().get() {
            acts.asked.set(Some(input.id));
        }
    });
    let (added, saved, deleted) = (successes(add), successes(save), successes(delete));
    let list = Resource::new(move || (added.get(), saved.get(), deleted.get()), |_| list_canned());
    let answers = Signal::derive(move || list.get().and_then(Result::ok));
    let failed = move || {
        list.get().and_then(Result::err).map(|error| {
            view! { <ErrorView error on_retry=Callback::new(move |()| list.refetch()) /> }
        })
    };
    view! {
        <Page
            title=tu_string!(i18n, inbox.canned_title)
            subtitle=tu_string!(i18n, inbox.canned_intro)
            width="max-w-3xl"
            actions=move || {
                view! {
                    <ButtonLink href="/app/inbox" icon=icons::ARROW_LEFT>{tu_string!(i18n, inbox.title)}</ButtonLink>
                }
            }
        >
            <Panel title=tu_string!(i18n, inbox.canned_new) class="mb-5">
                <div class="p-4"><CannedForm answer=None acts /></div>
            </Panel>
            <FormErrors error=action_error(acts.delete) />
            <Transition fallback=|| view! { <SkeletonRows /> }>
                {failed}
                <Answers answers acts />
            </Transition>
        </Page>
    }
}

/// The answers, once loaded. A row stays when the list is loaded again, with what is being typed in it.
#[component]
fn Answers(answers: Signal<Option<Vec<CannedResponse>>>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let count = Memo::new(move |_| answers.with(|answers| answers.as_ref().map(Vec::len)));
    view! {
        <Show when=move || count.get() == Some(0)>
            <EmptyState
                icon=icons::ZAP
                title=tu_string!(i18n, inbox.canned_empty_title)
                text=tu_string!(i18n, inbox.canned_empty_body)
            />
        </Show>
        <Show when=move || count.get().is_some_and(|count| count > 0)>
            <Panel>
                <ul class="divide-y divide-line">
                    <For each=move || answers.get().unwrap_or_default() key=|answer| answer.id let:answer>
                        <AnswerRow answer answers acts />
                    </For>
                </ul>
            </Panel>
        </Show>
    }
}

/// An answer, which opens to its form. Outside of the form it follows `answers`.
#[component]
fn AnswerRow(answer: CannedResponse, answers: Signal<Option<Vec<CannedResponse>>>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let first = answer.clone();
    let newest = Memo::new(move |_| {
        let found = answers.with(|all| all.iter().flatten().find(|one| one.id == first.id).cloned());
        found.unwrap_or_else(|| first.clone())
    });
    let name = Signal::derive(move || newest.with(|answer| format!("/{}", answer.shortcut)));
    view! {
        <li>
            <details>
                <summary class="flex cursor-pointer items-center gap-3 px-4 py-2.5 hover:bg-base-200">
                    <span class="font-medium">{move || name.get()}</span>
                    <span class="min-w-0 flex-1 truncate text-muted">{move || newest.with(|answer| answer.content.clone())}</span>
                    <Icon glyph=icons::PENCIL />
                    <span class="sr-only">{tu_string!(i18n, common.action.edit)}</span>
                </summary>
                <div class="border-t border-line p-4">
                    <CannedForm answer=Some(answer.clone()) acts />
                </div>
                <Danger
                    action=acts.delete
                    label=tu_string!(i18n, common.action.delete)
                    title=move || tu_string!(i18n, common.action.delete_question, name = name.get()).to_string()
                    text=tu_string!(i18n, inbox.canned_delete_text)
                    in_list=true
                >
                    <input type="hidden" name="id" value=answer.id.to_string() />
                </Danger>
            </details>
        </li>
    }
}

/// The form of a new answer, or of one that exists.
#[component]
fn CannedForm(answer: Option<CannedResponse>, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let is_new = answer.is_none();
    let save = if is_new { acts.add } else { acts.save };
    let loaded = answer.as_ref().map(|answer| answer.updated_at.timestamp_micros());
    let (id, shortcut, content) =
        answer.map_or_else(Default::default, |answer| (answer.id.to_string(), answer.shortcut, answer.content));
    let own = id.clone();
    let is_mine = Signal::derive(move || is_new || acts.asked.get().is_some_and(|asked| asked == own));
    let all = field_errors(save);
    let errors = Signal::derive(move || if is_mine.get() { all.get() } else { Vec::new() });
    let failed = action_error(save);
    let error = Signal::derive(move || failed.get().filter(|error| is_mine.get() && error.details.is_empty()));
    // When what the form shows was last changed: as it was loaded, or as saving it answered last.
    let shown = Memo::new(move |before: Option<&Option<i64>>| {
        let saved_at = save.value().with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().ok().copied()));
        saved_at.filter(|_| is_mine.get()).or(before.copied().unwrap_or(loaded))
    });
    // An added answer leaves an empty form behind.
    let empties: &[&str] = if is_new { &["shortcut", "content"] } else { &[] };
    let key = if is_new { "new".to_owned() } else { id.clone() };
    view! {
        <ActionForm action=save empties attr:class="flex flex-col gap-3">
            <FormErrors error />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="shown" value=move || shown.get() />
            <TextField
                name="shortcut"
                id=format!("shortcut-{key}")
                label=tu_string!(i18n, inbox.canned_shortcut)
                hint=tu_string!(i18n, inbox.canned_shortcut_hint)
                value=shortcut
                required=true
                maxlength=41
                autocomplete="off"
                errors
            />
            <TextArea
                name="content"
                id=format!("content-{key}")
                label=tu_string!(i18n, inbox.canned_content)
                value=content
                required=true
                maxlength=5000
                errors
            />
            <div class="flex justify-end">
                <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                    {if is_new { tu_string!(i18n, inbox.canned_add) } else { tu_string!(i18n, inbox.canned_save) }}
                </Button>
            </div>
        </ActionForm>
    }
}
