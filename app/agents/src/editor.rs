//! `/app/agents/new` and `/app/agents/:id`: an agent's settings.

use base::{FormErrors, Loaded, Page, Panel, action_error, error_text, field_errors};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;
use types::{
    agent::{Agent, HandoffRules, Provider, Tone},
    id::AgentId,
    knowledge::Source,
};
use ui::{
    Button, ButtonStyle, Checkbox, Confirm, Select, Switch, TabLink, Tabs, TextArea, TextField, icons, use_toasts,
};

use crate::rpc::{self, DeleteAgent, SaveAgent};

/// The id in the address.
pub fn agent_id() -> Memo<AgentId> {
    let params = use_params_map();
    Memo::new(move |_| {
        AgentId(params.with(|params| params.get("id").and_then(|id| id.parse().ok())).unwrap_or_default())
    })
}

/// The parts of an agent.
#[component]
pub fn AgentTabs(#[prop(into)] id: Signal<AgentId>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let id = id.get();
        view! {
            <Tabs label=tu_string!(i18n, agents.tabs.label)>
                <TabLink href=format!("/app/agents/{id}") exact=true>
                    {tu_string!(i18n, agents.tabs.settings)}
                </TabLink>
                <TabLink href=format!("/app/agents/{id}/playground")>{tu_string!(i18n, agents.tabs.playground)}</TabLink>
            </Tabs>
        }
    }
}

/// A new agent.
#[component]
pub fn NewAgentPage() -> impl IntoView {
    let i18n = use_i18n();
    let sources = Resource::new(|| (), |()| rpc::load_sources());
    view! {
        <Page title=tu_string!(i18n, agents.add) back=("/app/agents".to_owned(), tu_string!(i18n, common.nav.agents)) width="max-w-3xl">
            <Loaded resource=sources let:sources>
                <AgentEditor agent=new_agent() sources is_new=true />
            </Loaded>
        </Page>
    }
}

/// An agent's settings.
#[component]
pub fn EditAgentPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = agent_id();
    let loaded = Resource::new(
        move || id.get(),
        |id| async move { Ok((rpc::load_agent(id).await?, rpc::load_sources().await?)) },
    );
    let title = move || loaded.get().and_then(Result::ok).map_or_else(String::new, |(agent, _)| agent.name);
    view! {
        <Page title=Signal::derive(title) back=("/app/agents".to_owned(), tu_string!(i18n, common.nav.agents)) width="max-w-3xl">
            <AgentTabs id />
            <Loaded resource=loaded let:loaded>
                <AgentEditor agent=loaded.0 sources=loaded.1 />
            </Loaded>
        </Page>
    }
}

/// What a new agent begins with.
fn new_agent() -> Agent {
    Agent {
        id: AgentId(Default::default()),
        name: String::new(),
        instructions: String::new(),
        greeting: String::new(),
        languages: vec!["en".to_owned(), "sq".to_owned()],
        tone: Tone::Friendly,
        provider: Provider::Extractive,
        model: String::new(),
        base_url: String::new(),
        has_api_key: false,
        temperature: 0.2,
        max_tokens: 800,
        handoff_rules: HandoffRules::default(),
        source_ids: Vec::new(),
        is_active: true,
        channels: Vec::new(),
        updated_at: Default::default(),
    }
}

#[component]
fn AgentEditor(agent: Agent, sources: Vec<Source>, #[prop(optional)] is_new: bool) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let save = ServerAction::<SaveAgent>::new();
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            toasts.success(tu_string!(i18n, agents.saved));
        }
    });
    let id = if is_new { String::new() } else { agent.id.to_string() };
    let submit = if is_new { tu_string!(i18n, agents.form.create) } else { tu_string!(i18n, agents.form.save) };
    let danger = (!is_new).then(|| view! { <DeleteButton id=agent.id name=agent.name.clone() /> });
    view! {
        <ActionForm action=save attr:class="space-y-4">
            <FormErrors error=action_error(save) />
            <input type="hidden" name="form[id]" value=id />
            <Identity agent=agent.clone() save />
            <Model agent=agent.clone() save />
            <Sources agent=agent.clone() sources />
            <HandOff agent save />
            <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                {submit}
            </Button>
        </ActionForm>
        // Outside of the form: its dialog has a form of its own.
        <div class="mt-4">{danger}</div>
    }
}

#[component]
fn Identity(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let tones = Tone::ALL
        .iter()
        .map(|tone| {
            let name = match tone {
                Tone::Friendly => tu_string!(i18n, agents.form.friendly),
                Tone::Professional => tu_string!(i18n, agents.form.professional),
                Tone::Concise => tu_string!(i18n, agents.form.concise),
            };
            (tone.to_string(), name.to_string())
        })
        .collect::<Vec<_>>();
    view! {
        <Panel title=tu_string!(i18n, agents.form.who)>
            <div class="space-y-4 p-4">
                <TextField
                    name="form[name]"
                    label=tu_string!(i18n, agents.name)
                    hint=tu_string!(i18n, agents.form.name_hint)
                    value=agent.name.clone()
                    errors
                    required=true
                    maxlength=120
                />
                <TextField
                    name="form[greeting]"
                    label=tu_string!(i18n, agents.form.greeting)
                    hint=tu_string!(i18n, agents.form.greeting_hint)
                    value=agent.greeting.clone()
                    errors
                    maxlength=1000
                />
                <TextArea
                    name="form[instructions]"
                    label=tu_string!(i18n, agents.form.instructions)
                    hint=tu_string!(i18n, agents.form.instructions_hint)
                    value=agent.instructions.clone()
                    errors
                    rows=6
                    maxlength=20000
                />
                <div class="grid gap-4 sm:grid-cols-2">
                    <Select
                        name="form[tone]"
                        label=tu_string!(i18n, agents.form.tone)
                        options=tones
                        value=agent.tone.to_string()
                    />
                    <TextField
                        name="form[languages]"
                        label=tu_string!(i18n, agents.form.languages)
                        hint=tu_string!(i18n, agents.form.languages_hint)
                        value=agent.languages.join(", ")
                        errors
                    />
                </div>
                <Switch
                    name="form[is_active]"
                    label=tu_string!(i18n, agents.form.active)
                    hint=tu_string!(i18n, agents.form.active_hint)
                    checked=agent.is_active
                />
            </div>
        </Panel>
    }
}

#[component]
fn Model(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let provider = RwSignal::new(agent.provider);
    let has_key = agent.has_api_key;
    let providers = Provider::ALL
        .iter()
        .map(|provider| {
            let name = match provider {
                Provider::Extractive => tu_string!(i18n, agents.form.extractive),
                Provider::Openai => tu_string!(i18n, agents.form.openai),
                Provider::Anthropic => tu_string!(i18n, agents.form.anthropic),
            };
            (provider.to_string(), name.to_string())
        })
        .collect::<Vec<_>>();
    let key_hint =
        if has_key { tu_string!(i18n, agents.form.api_key_stored) } else { tu_string!(i18n, agents.form.api_key_hint) };
    let remove_key = has_key.then(|| {
        view! { <Checkbox name="form[remove_key]" label=tu_string!(i18n, agents.form.remove_key) /> }
    });
    view! {
        <Panel title=tu_string!(i18n, agents.form.words)>
            <div class="space-y-4 p-4">
                <Select
                    name="form[provider]"
                    label=tu_string!(i18n, agents.form.provider)
                    options=providers
                    value=provider.get_untracked().to_string()
                    on_change=move |value: String| {
                        if let Ok(value) = value.parse() {
                            provider.set(value);
                        }
                    }
                />
                // Hidden rather than left out: the form keeps what was typed, and works without script.
                <div class="space-y-4" hidden=move || provider.get() == Provider::Extractive>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <TextField
                            name="form[model]"
                            label=tu_string!(i18n, agents.form.model)
                            hint=tu_string!(i18n, agents.form.model_hint)
                            value=agent.model.clone()
                            errors
                        />
                        <TextField
                            name="form[base_url]"
                            kind="url"
                            label=tu_string!(i18n, agents.form.base_url)
                            hint=tu_string!(i18n, agents.form.base_url_hint)
                            value=agent.base_url.clone()
                            errors
                        />
                    </div>
                    <TextField
                        name="form[api_key]"
                        kind="password"
                        autocomplete="off"
                        label=tu_string!(i18n, agents.form.api_key)
                        hint=key_hint
                        errors
                    />
                    {remove_key}
                    <div class="grid gap-4 sm:grid-cols-2">
                        <TextField
                            name="form[temperature]"
                            inputmode="decimal"
                            label=tu_string!(i18n, agents.form.temperature)
                            hint=tu_string!(i18n, agents.form.temperature_hint)
                            value=agent.temperature.to_string()
                            errors
                        />
                        <TextField
                            name="form[max_tokens]"
                            inputmode="numeric"
                            label=tu_string!(i18n, agents.form.max_tokens)
                            value=agent.max_tokens.to_string()
                            errors
                        />
                    </div>
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn Sources(agent: Agent, sources: Vec<Source>) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = agent.source_ids;
    let list = if sources.is_empty() {
        view! {
            <p class="text-muted text-sm">
                {tu_string!(i18n, agents.form.no_sources)} " "
                <a class="link" href="/app/knowledge/new">{tu_string!(i18n, knowledge.source.add)}</a>
            </p>
        }
        .into_any()
    } else {
        sources
            .into_iter()
            .map(|source| {
                let checked = chosen.contains(&source.id);
                view! {
                    <label class="flex items-center gap-2">
                        <input
                            type="checkbox"
                            class="checkbox checkbox-sm"
                            name="form[sources][]"
                            value=source.id.to_string()
                            checked=checked
                        />
                        <span class="min-w-0 truncate">{source.name}</span>
                    </label>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <Panel title=tu_string!(i18n, agents.form.sources)>
            <fieldset class="space-y-2 p-4">
                <legend class="sr-only">{tu_string!(i18n, agents.form.sources)}</legend>
                <p class="text-muted text-sm">{tu_string!(i18n, agents.form.sources_hint)}</p>
                {list}
            </fieldset>
        </Panel>
    }
}

#[component]
fn HandOff(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let rules = agent.handoff_rules;
    view! {
        <Panel title=tu_string!(i18n, agents.form.handoff)>
            <div class="space-y-4 p-4">
                <TextArea
                    name="form[keywords]"
                    label=tu_string!(i18n, agents.form.keywords)
                    hint=tu_string!(i18n, agents.form.keywords_hint)
                    value=rules.keywords.join("\n")
                    errors
                    rows=3
                />
                <TextField
                    name="form[after_unanswered]"
                    kind="number"
                    label=tu_string!(i18n, agents.form.unanswered)
                    value=rules.after_unanswered.to_string()
                    errors
                    required=true
                />
                <TextField
                    name="form[message]"
                    label=tu_string!(i18n, agents.form.message)
                    hint=tu_string!(i18n, agents.form.message_hint)
                    value=rules.message
                    errors
                />
            </div>
        </Panel>
    }
}

#[component]
fn DeleteButton(id: AgentId, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let delete = ServerAction::<DeleteAgent>::new();
    let confirm = RwSignal::new(false);
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => toasts.success(tu_string!(i18n, agents.deleted)),
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    });
    view! {
        <Button class="text-error" icon=icons::TRASH_2 on_click=move |_| confirm.set(true)>
            {tu_string!(i18n, agents.form.delete)}
        </Button>
        <Confirm
            open=confirm
            title=tu_string!(i18n, agents.form.delete_title, name = name)
            text=tu_string!(i18n, agents.form.delete_text)
            confirm_label=tu_string!(i18n, common.action.delete)
            cancel_label=tu_string!(i18n, common.action.cancel)
            pending=delete.pending()
            on_confirm=move |()| _ = delete.dispatch(DeleteAgent { id })
        />
    }
}
