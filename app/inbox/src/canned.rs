//! The canned answers: texts that are inserted by `/` and a shortcut.

use base::{FormErrors, Loaded, Page, Panel, action_error, field_errors};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use types::message::CannedResponse;
use ui::{Button, ButtonLink, ButtonSize, ButtonStyle, EmptyState, Icon, TextArea, TextField, icons};

use crate::rpc::{DeleteCanned, SaveCanned, list_canned};

/// The page `/app/inbox/canned`. Every form on it works without script.
#[component]
pub fn CannedPage() -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveCanned>::new();
    let delete = ServerAction::<DeleteCanned>::new();
    let list = Resource::new(move || (save.version().get(), delete.version().get()), |_| list_canned());
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
                <div class="p-4"><CannedForm answer=None save /></div>
            </Panel>
            <FormErrors error=action_error(delete) />
            <Loaded resource=list children=move |answers| view! { <Answers answers save delete /> } />
        </Page>
    }
}

#[component]
fn Answers(
    answers: Vec<CannedResponse>,
    save: ServerAction<SaveCanned>,
    delete: ServerAction<DeleteCanned>,
) -> impl IntoView {
    let i18n = use_i18n();
    if answers.is_empty() {
        return view! {
            <EmptyState
                icon=icons::ZAP
                title=tu_string!(i18n, inbox.canned_empty_title)
                text=tu_string!(i18n, inbox.canned_empty_body)
            >
                ()
            </EmptyState>
        }
        .into_any();
    }
    let rows = answers.into_iter().map(|answer| view! { <AnswerRow answer save delete /> }).collect_view();
    view! { <Panel><ul class="divide-y divide-line">{rows}</ul></Panel> }.into_any()
}

/// An answer, which opens to its form.
#[component]
fn AnswerRow(
    answer: CannedResponse,
    save: ServerAction<SaveCanned>,
    delete: ServerAction<DeleteCanned>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = format!("/{}", answer.shortcut);
    let ask = tu_string!(i18n, inbox.canned_delete_ask, name = name.clone()).to_string();
    view! {
        <li>
            <details>
                <summary class="flex cursor-pointer items-center gap-3 px-4 py-2.5 hover:bg-base-200">
                    <span class="font-medium">{name.clone()}</span>
                    <span class="min-w-0 flex-1 truncate text-muted">{answer.content.clone()}</span>
                    <Icon glyph=icons::PENCIL />
                    <span class="sr-only">{tu_string!(i18n, common.action.edit)}</span>
                </summary>
                <div class="flex flex-col gap-3 border-t border-line p-4">
                    <CannedForm answer=Some(answer.clone()) save />
                    <ActionForm
                        action=delete
                        on:submit:capture=move |event| {
                            if !window().confirm_with_message(&ask).unwrap_or_default() {
                                event.prevent_default();
                                event.stop_propagation();
                            }
                        }
                    >
                        <input type="hidden" name="id" value=answer.id.to_string() />
                        <Button kind="submit" style=ButtonStyle::Ghost size=ButtonSize::Small icon=icons::TRASH_2 class="text-error">
                            {tu_string!(i18n, inbox.canned_delete, name = name).to_string()}
                        </Button>
                    </ActionForm>
                </div>
            </details>
        </li>
    }
}

/// The form of a new answer, or of one that exists.
#[component]
fn CannedForm(answer: Option<CannedResponse>, save: ServerAction<SaveCanned>) -> impl IntoView {
    let i18n = use_i18n();
    let is_new = answer.is_none();
    let (id, shortcut, content) =
        answer.map_or_else(Default::default, |answer| (answer.id.to_string(), answer.shortcut, answer.content));
    // One action serves all forms: what it answers belongs to the one it was asked by.
    let asked = RwSignal::new(None::<String>);
    Effect::new(move || {
        if let Some(input) = save.input().get() {
            asked.set(Some(input.id));
        }
    });
    let own = id.clone();
    let is_mine = Signal::derive(move || asked.get().map_or(is_new, |asked| asked == own));
    let all = field_errors(save);
    let errors = Signal::derive(move || if is_mine.get() { all.get() } else { Vec::new() });
    let failed = action_error(save);
    let error = Signal::derive(move || failed.get().filter(|error| is_mine.get() && error.details.is_empty()));
    // An added answer leaves an empty form behind.
    let (shortcut, content) = (RwSignal::new(shortcut), RwSignal::new(content));
    Effect::new(move || {
        if is_new && matches!(save.value().get(), Some(Ok(()))) {
            shortcut.set(String::new());
            content.set(String::new());
        }
    });
    let key = if is_new { "new".to_owned() } else { id.clone() };
    view! {
        <ActionForm action=save attr:class="flex flex-col gap-3">
            <FormErrors error />
            <input type="hidden" name="id" value=id />
            <TextField
                name="shortcut"
                id=format!("shortcut-{key}")
                label=tu_string!(i18n, inbox.canned_shortcut)
                hint=tu_string!(i18n, inbox.canned_shortcut_hint)
                value=shortcut
                on_input=move |text| shortcut.set(text)
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
                on_input=move |text| content.set(text)
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
