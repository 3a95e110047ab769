//! `/app/knowledge/answers`: curated answers. `?edit=ID` or `?edit=new` opens the form.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{answer::Answer, permission::Permission};
use ui::{Badge, Button, ButtonLink, ButtonStyle, Checkbox, EmptyState, IconLink, TextArea, TextField, Tone, icons};

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
    // The forms lead back to this page; reading the address again loads what they changed.
    let answers = Resource::new(move || edited.get(), |_| rpc::load_answers());
    let me = use_me();
    let may_write = move || me.may(Permission::AgentsWrite);
    let actions = move || {
        view! {
            <Transition>
                <Show when=may_write>
                    <ButtonLink href="/app/knowledge/answers?edit=new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, knowledge.answers.add)}
                    </ButtonLink>
                </Show>
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, knowledge.tabs.answers) subtitle=tu_string!(i18n, knowledge.answers.intro) actions=actions>
            <KnowledgeTabs />
            <Loaded resource=answers let:list>
                {match edited.get().filter(|_| untrack(may_write)) {
                    Some(id) => {
                        let answer = list.iter().find(|answer| answer.id.to_string() == id).cloned();
                        // A closure makes its elements anew: no form begins with what was ticked in the one before.
                        (move || view! { <AnswerForm answer=answer.clone() /> }).into_any()
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
                                <AnswerCard answer may_write=untrack(may_write) />
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
    let delete = ServerAction::<DeleteAnswer>::new();
    let deletion = answer.as_ref().map(|answer| {
        let id = answer.id;
        view! {
            <Danger
                action=delete
                label=tu_string!(i18n, common.action.delete)
                title=tu_string!(i18n, common.action.delete_question, name = answer.question.clone())
                text=tu_string!(i18n, knowledge.answers.delete_text)
                done=tu_string!(i18n, knowledge.answers.deleted)
                class="mt-4"
            >
                <input type="hidden" name="id" value=id.to_string() />
            </Danger>
        }
    });
    let shown = answer.as_ref().map(|answer| answer.updated_at.timestamp_micros().to_string());
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
                    <input type="hidden" name="shown" value=shown />
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
        {deletion}
    }
}

#[component]
fn AnswerCard(answer: Answer, may_write: bool) -> impl IntoView {
    let i18n = use_i18n();
    let state = (!answer.is_active)
        .then(|| view! { <Badge tone=Tone::Neutral>{tu_string!(i18n, common.state.inactive)}</Badge> });
    let acts = may_write.then(|| {
        view! {
            <IconLink
                glyph=icons::PENCIL
                href=format!("/app/knowledge/answers?edit={}", answer.id)
                label=tu_string!(i18n, knowledge.answers.edit)
            />
        }
    });
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
            {acts}
        </li>
    }
}
