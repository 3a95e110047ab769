//! The panels of an agent's form.

use base::{Panel, field_errors, successes};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Agent, Provider, Tone},
    knowledge::Source,
};
use ui::{Alert, Checkbox, Select, Switch, TextArea, TextField};

use crate::rpc::SaveAgent;

/// Who the agent is: name, greeting, instructions, tone and languages.
#[component]
pub fn Identity(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
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

/// Where its words come from, and with which key.
#[component]
pub fn Model(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(save);
    let provider = RwSignal::new(agent.provider);
    // What is done once must not be done again by the next saving.
    let (key, removes_key, saved) = (RwSignal::new(String::new()), RwSignal::new(false), successes(save));
    Effect::new(move || {
        if saved.get() > 0 {
            key.set(String::new());
            removes_key.set(false);
        }
    });
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
        view! {
            <Checkbox
                name="form[remove_key]"
                label=tu_string!(i18n, agents.form.remove_key)
                checked=removes_key
                on_change=move |checked| removes_key.set(checked)
            />
        }
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
                            // No field of type `url`: hidden, the browser's own check would keep the form back in silence.
                            inputmode="url"
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
                        value=key
                        on_input=move |text| key.set(text)
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

/// What it may know.
#[component]
pub fn Sources(agent: Agent, sources: Vec<Source>) -> impl IntoView {
    let i18n = use_i18n();
    let all = if agent.has_no_source() {
        view! {
            <Alert tone=ui::Tone::Warning>{tu_string!(i18n, agents.form.no_source_left)}</Alert>
            <Checkbox name="form[all_sources]" label=tu_string!(i18n, agents.form.all_sources) />
        }
        .into_any()
    } else {
        view! {
            <input type="hidden" name="form[all_sources]" value="on" />
            <p class="text-muted text-sm">{tu_string!(i18n, agents.form.sources_hint)}</p>
        }
        .into_any()
    };
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
                {all}
                {list}
            </fieldset>
        </Panel>
    }
}

/// When it calls a person.
#[component]
pub fn HandOff(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
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
