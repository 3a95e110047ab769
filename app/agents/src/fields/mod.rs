//! The panels of an agent's form.

mod model;

use base::{Panel, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Agent, Tone},
    knowledge::Source,
};
use ui::{Alert, Checkbox, Select, Switch, TextArea, TextField};

pub use self::model::Model;
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
