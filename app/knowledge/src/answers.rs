//! `/app/knowledge/answers`: curated answers. `?edit=ID` or `?edit=new` opens the form.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, error_text, field_errors};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::agent::Answer;
use ui::{
    Badge, Button, ButtonLink, ButtonStyle, Checkbox, Confirm, EmptyState, IconButton, IconLink, TextArea, TextField,
    Tone, icons, use_toasts,
};

use crate::{
    rpc::{self, DeleteAnswer, SaveAnswer},
    tabs::KnowledgeTabs,
};

/// The list of curated answers and the form of one.
#[component]
pub fn AnswersPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let edited = Memo::new(move |_| query.with(|query| query.get("edit")));
    // The form leads back to this page; reading the address again loads what it saved.
    let answers = Resource::new(move || edited.get(), |_| rpc::load_answers());
    let actions = move || {
        view! {
            <ButtonLink href="/app/knowledge/answers?edit=new" style=ButtonStyle::Primary icon=icons::PLUS>
                {tu_string!(i18n, knowledge.answers.add)}
            </ButtonLink>
        }
    };
    view! {
        <Page title=tu_string!(i18n, knowledge.tabs.answers) subtitle=tu_string!(i18n, knowledge.answers.intro) actions=actions>
            <KnowledgeTabs />
            <Loaded resource=answers let:list>
                {match edited.get() {
                    Some(id) => {
                        let answer = list.iter().find(|answer| answer.id.to_string() == id).cloned();
                        view! { <AnswerForm answer /> }.into_any()
                    }
                    None if list.is_empty() => view! {
                        <Panel>
                            <EmptyState
                                icon=icons::MESSAGE_SQUARE
                                title=tu_string!(i18n, knowledge.answers.empty)
                                text=tu_string!(i18n, knowledge.answers.empty_text)
                            />
                        </Panel>
                    }
                    .into_any(),
                    None => view! {
                        <ul class="space-y-3">
                            {list.into_iter().map(|answer| view! {
                                <AnswerCard answer on_change=Callback::new(move |()| answers.refetch()) />
                            }).collect_view()}
                        </ul>
                    }
                    .into_any(),
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn AnswerForm(answer: Option<Answer>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<SaveAnswer>::new();
    let errors = field_errors(action);
    let title = match answer {
        Some(_) => tu_string!(i18n, knowledge.answers.edit),
        None => tu_string!(i18n, knowledge.answers.add),
    };
    let id = answer.as_ref().map_or_else(String::new, |answer| answer.id.to_string());
    let (question, text, category, active) = answer.map_or_else(
        || (String::new(), String::new(), String::new(), true),
        |answer| (answer.question, answer.answer, answer.category, answer.is_active),
    );
    view! {
        <Panel title>
            <div class="p-4">
                <ActionForm action attr:class="space-y-4">
                    <FormErrors error=action_error(action) />
                    <input type="hidden" name="id" value=id />
                    <TextField
                        name="question"
                        label=tu_string!(i18n, knowledge.answers.question)
                        hint=tu_string!(i18n, knowledge.answers.question_hint)
                        value=question
                        errors
                        required=true
                        maxlength=500
                    />
                    <TextArea
                        name="answer"
                        label=tu_string!(i18n, knowledge.answers.answer)
                        value=text
                        errors
                        rows=6
                        required=true
                        maxlength=10000
                    />
                    <TextField name="category" label=tu_string!(i18n, knowledge.answers.category) value=category errors />
                    <Checkbox name="is_active" label=tu_string!(i18n, knowledge.answers.active) checked=active />
                    <div class="flex gap-2">
                        <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                            {tu_string!(i18n, common.action.save)}
                        </Button>
                        <ButtonLink href="/app/knowledge/answers">{tu_string!(i18n, common.action.cancel)}</ButtonLink>
                    </div>
                </ActionForm>
            </div>
        </Panel>
    }
}

#[component]
fn AnswerCard(answer: Answer, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = answer.id;
    let delete = ServerAction::<DeleteAnswer>::new();
    let confirm = RwSignal::new(false);
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => {
            toasts.success(tu_string!(i18n, knowledge.answers.deleted));
            on_change.run(());
        }
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    });
    let state = (!answer.is_active)
        .then(|| view! { <Badge tone=Tone::Neutral>{tu_string!(i18n, common.state.inactive)}</Badge> });
    view! {
        <li class="panel flex items-start gap-3 p-4">
            <div class="min-w-0 grow">
                <p class="font-medium">{answer.question.clone()} " " {state}</p>
                <p class="text-muted mt-1 text-sm whitespace-pre-line">{answer.answer.clone()}</p>
                <p class="text-muted mt-2 text-xs">
                    {answer.category.clone()} " " {tu_string!(i18n, knowledge.answers.used)} " "
                    <span class="tabular-nums">{format_number(i18n.get_locale_untracked(), answer.hit_count.into())}</span>
                </p>
            </div>
            <IconLink
                glyph=icons::PENCIL
                href=format!("/app/knowledge/answers?edit={id}")
                label=tu_string!(i18n, knowledge.answers.edit)
            />
            <IconButton
                glyph=icons::TRASH_2
                label=tu_string!(i18n, common.action.delete)
                on_click=move |_| confirm.set(true)
            />
            <Confirm
                open=confirm
                title=tu_string!(i18n, knowledge.answers.delete_title)
                text=tu_string!(i18n, knowledge.answers.delete_text)
                confirm_label=tu_string!(i18n, common.action.delete)
                cancel_label=tu_string!(i18n, common.action.cancel)
                pending=delete.pending()
                on_confirm=move |()| _ = delete.dispatch(DeleteAnswer { id })
            />
        </li>
    }
}
