//! `/app/agents`: the list of agents.

use base::{Loaded, Page, Panel, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Agent, Provider},
    permission::Permission,
};
use ui::{Avatar, Badge, ButtonLink, ButtonSize, ButtonStyle, EmptyState, Tone, icons};

use crate::rpc;

/// Every agent with its model, its channels and its state.
#[component]
pub fn AgentsPage() -> impl IntoView {
    let i18n = use_i18n();
    let agents = Resource::new(|| (), |()| rpc::load_agents());
    let me = use_me();
    let actions = move || {
        view! {
            <Transition>
                <Show when=move || me.may(Permission::AgentsWrite)>
                    <ButtonLink href="/app/agents/new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, agents.add)}
                    </ButtonLink>
                </Show>
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, agents.title) subtitle=tu_string!(i18n, agents.intro) actions=actions>
            <Loaded resource=agents let:agents>
                {if agents.is_empty() {
                    view! {
                        <Panel>
                            <EmptyState
                                icon=icons::BOT
                                title=tu_string!(i18n, agents.empty)
                                text=tu_string!(i18n, agents.empty_text)
                            />
                        </Panel>
                    }
                        .into_any()
                } else {
                    view! {
                        <ul class="grid gap-3 sm:grid-cols-2">
                            {agents.into_iter().map(|agent| view! { <AgentCard agent /> }).collect_view()}
                        </ul>
                    }
                        .into_any()
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn AgentCard(agent: Agent) -> impl IntoView {
    let i18n = use_i18n();
    let model = match agent.provider {
        Provider::Extractive => tu_string!(i18n, agents.form.extractive).to_string(),
        Provider::Openai | Provider::Anthropic => agent.model.clone(),
    };
    let channels = if agent.channels.is_empty() {
        tu_string!(i18n, agents.no_channel).to_string()
    } else {
        agent.channels.join(", ")
    };
    let (tone, state) = if agent.is_active {
        (Tone::Success, tu_string!(i18n, common.state.active))
    } else {
        (Tone::Neutral, tu_string!(i18n, common.state.inactive))
    };
    let no_source = agent.has_no_source().then(|| {
        view! { <Badge tone=Tone::Warning>{tu_string!(i18n, agents.no_source)}</Badge> }
    });
    let playground = untrack(|| use_me().may(Permission::AgentsWrite)).then(|| {
        view! {
            <ButtonLink href=format!("/app/agents/{}/playground", agent.id) size=ButtonSize::Small icon=icons::PLAY>
                {tu_string!(i18n, agents.tabs.playground)}
            </ButtonLink>
        }
    });
    view! {
        <li class="panel flex min-w-0 flex-col gap-3 p-4">
            <div class="flex items-center gap-3">
                <Avatar name=agent.name.clone() seed=agent.id.to_string() />
                <div class="min-w-0 grow">
                    <a class="block truncate font-semibold hover:underline" href=format!("/app/agents/{}", agent.id)>
                        {agent.name.clone()}
                    </a>
                    <span class="text-muted block truncate text-sm">{model}</span>
                </div>
                {no_source}
                <Badge tone>{state}</Badge>
            </div>
            <div class="mt-auto flex items-center justify-between gap-3">
                <span class="text-muted truncate text-sm">{channels}</span>
                {playground}
            </div>
        </li>
    }
}
