use base::{Panel, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::agent::{Agent, Provider};
use ui::{Checkbox, Select, TextField};

use crate::rpc::SaveAgent;

/// Where its words come from, and with which key.
#[component]
pub fn Model(agent: Agent, save: ServerAction<SaveAgent>) -> impl IntoView {
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
