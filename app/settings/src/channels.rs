//! `/app/channels` and `/app/channels/new`.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::Agent,
    channel::{Channel, ChannelType},
    permission::Permission,
};
use ui::{Badge, Button, ButtonLink, ButtonStyle, EmptyState, Icon, Select, TextField, Tone, icons};

use crate::rpc::{self, CreateChannel};

/// The list of channels.
#[component]
pub fn ChannelsPage() -> impl IntoView {
    let i18n = use_i18n();
    let channels = Resource::new(|| (), |()| rpc::load_channels());
    let me = use_me();
    let actions = move || {
        view! {
            <Transition>
                <Show when=move || me.may(Permission::ChannelsWrite)>
                    <ButtonLink href="/app/channels/new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, settings.channels.add)}
                    </ButtonLink>
                </Show>
            </Transition>
        }
    };
    view! {
        <Page
            title=tu_string!(i18n, settings.channels.title)
            subtitle=tu_string!(i18n, settings.channels.intro)
            actions=actions
        >
            <Loaded resource=channels let:channels>
                {if channels.is_empty() {
                    view! {
                        <Panel>
                            <EmptyState
                                icon=icons::RADIO
                                title=tu_string!(i18n, settings.channels.empty)
                                text=tu_string!(i18n, settings.channels.empty_text)
                            />
                        </Panel>
                    }
                        .into_any()
                } else {
                    view! {
                        <ul class="grid gap-3 sm:grid-cols-2">
                            {channels.into_iter().map(|channel| view! { <ChannelCard channel /> }).collect_view()}
                        </ul>
                    }
                        .into_any()
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn ChannelCard(channel: Channel) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, state) = if channel.is_active {
        (Tone::Success, tu_string!(i18n, common.state.active))
    } else {
        (Tone::Neutral, tu_string!(i18n, common.state.inactive))
    };
    let glyph = if channel.channel_type == ChannelType::Api { icons::CODE } else { icons::MESSAGE_CIRCLE };
    view! {
        <li class="panel flex items-center gap-3 p-4">
            <span class="text-primary">
                <Icon glyph class="size-5" />
            </span>
            <div class="min-w-0 grow">
                <a class="block truncate font-semibold hover:underline" href=format!("/app/channels/{}", channel.id)>
                    {channel.name}
                </a>
                <span class="text-muted text-sm">{type_name(i18n, channel.channel_type)}</span>
            </div>
            <Badge tone>{state}</Badge>
        </li>
    }
}

/// The kind of a channel in words.
fn type_name(i18n: I18n, channel_type: ChannelType) -> &'static str {
    match channel_type {
        ChannelType::Api => tu_string!(i18n, settings.channels.api),
        _ => tu_string!(i18n, settings.channels.widget),
    }
}

/// Agents for a select, with "none" first.
pub fn agent_options(i18n: I18n, agents: &[Agent]) -> Vec<(String, String)> {
    let none = (String::new(), tu_string!(i18n, settings.channels.no_agent).to_owned());
    std::iter::once(none).chain(agents.iter().map(|agent| (agent.id.to_string(), agent.name.clone()))).collect()
}

/// A new channel.
#[component]
pub fn NewChannelPage() -> impl IntoView {
    let i18n = use_i18n();
    let agents = Resource::new(|| (), |()| rpc::load_agents());
    view! {
        <Page title=tu_string!(i18n, settings.channels.add) back=("/app/channels".to_owned(), tu_string!(i18n, common.nav.channels)) width="max-w-2xl">
            <Loaded resource=agents let:agents>
                <NewChannelForm agents />
            </Loaded>
        </Page>
    }
}

#[component]
fn NewChannelForm(agents: Vec<Agent>) -> impl IntoView {
    let i18n = use_i18n();
    let create = ServerAction::<CreateChannel>::new();
    let errors = field_errors(create);
    let types = [ChannelType::Widget, ChannelType::Api]
        .map(|channel_type| (channel_type.to_string(), type_name(i18n, channel_type).to_owned()))
        .to_vec();
    let read_only = untrack(|| !use_me().may(Permission::ChannelsWrite));
    let first = agents.first().map_or_else(String::new, |agent| agent.id.to_string());
    view! {
        <Panel class="p-4 sm:p-6">
            <ActionForm action=create attr:class="space-y-4">
                <FormErrors error=action_error(create) />
                <TextField
                    name="name"
                    label=tu_string!(i18n, settings.channels.name)
                    errors
                    required=true
                    autofocus=true
                    maxlength=120
                />
                <Select
                    name="channel_type"
                    label=tu_string!(i18n, settings.channels.kind)
                    options=types
                    value=ChannelType::Widget.to_string()
                />
                <Select
                    name="agent"
                    label=tu_string!(i18n, settings.channels.agent)
                    options=agent_options(i18n, &agents)
                    value=first
                />
                <Button kind="submit" style=ButtonStyle::Primary pending=create.pending() disabled=read_only>
                    {tu_string!(i18n, settings.channels.create)}
                </Button>
            </ActionForm>
        </Panel>
    }
}
