//! `/app/channels/:id`: a channel's settings, its line for the site, a preview, and signed identities.

use base::{AppError, Danger, Loaded, Page, Panel, error_text, id_in_path, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::Agent,
    channel::{Channel, ChannelType},
    id::ChannelId,
    permission::Permission,
};
use ui::{Button, CopyButton, Icon, icons, use_toasts};

use crate::{
    channel_form::ChannelEditor,
    preview::{Look, Preview},
    rpc::{self, DeleteChannel},
};

/// The page of one channel.
#[component]
pub fn ChannelPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<ChannelId>("id");
    let channel = Resource::new(
        move || id.get(),
        |id| async move { Ok((rpc::load_channel(id).await?, rpc::load_agents().await?)) },
    );
    let title = move || channel.get().and_then(Result::ok).map_or_else(String::new, |((channel, _), _)| channel.name);
    view! {
        <Page title=Signal::derive(title) back=("/app/channels".to_owned(), tu_string!(i18n, common.nav.channels)) width="max-w-6xl">
            <Loaded resource=channel let:loaded>
                <ChannelView
                    channel=loaded.0.0
                    public_url=loaded.0.1
                    agents=loaded.1
                    on_save=Callback::new(move |()| channel.refetch())
                />
            </Loaded>
        </Page>
    }
}

#[component]
fn ChannelView(channel: Channel, public_url: String, agents: Vec<Agent>, on_save: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let agent = agents.iter().find(|agent| Some(agent.id) == channel.agent_id).cloned();
    let look = Look::of(&channel.settings, agent);
    let is_active = channel.is_active;
    let is_widget = channel.channel_type == ChannelType::Widget;
    let key = channel.public_key.clone();
    let shown = key.clone();
    let side = if is_widget {
        view! {
            <Panel title=tu_string!(i18n, settings.channels.preview)>
                <Preview look key=shown is_active />
            </Panel>
            <Install public_url=public_url key />
        }
        .into_any()
    } else {
        view! {
            <Panel title=tu_string!(i18n, settings.channels.key)>
                <div class="space-y-3 p-4">
                    <p class="text-muted text-sm">{tu_string!(i18n, settings.channels.api_text)}</p>
                    <code class="bg-base-200 block rounded p-2 text-xs break-all">{key}</code>
                </div>
            </Panel>
        }
        .into_any()
    };
    let acts = untrack(|| use_me().may(Permission::ChannelsWrite)).then(|| {
        view! {
            <Identity id=channel.id />
            <Deletion id=channel.id name=channel.name.clone() />
        }
    });
    view! {
        <div class="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
            <ChannelEditor channel agents look on_save />
            <div class="space-y-4 lg:sticky lg:top-4">
                {side}
                {acts}
            </div>
        </div>
    }
}

#[component]
fn Install(public_url: String, key: String) -> impl IntoView {
    let i18n = use_i18n();
    let line = format!(r#"<script async src="{public_url}/widget.js" data-channel="{key}"></script>"#);
    view! {
        <Panel title=tu_string!(i18n, settings.channels.install)>
            <div class="space-y-3 p-4">
                <p class="text-muted text-sm">{tu_string!(i18n, settings.channels.install_text)}</p>
                <code id="snippet" class="bg-base-200 block rounded p-2 text-xs break-all" data-testid="snippet">
                    {line.clone()}
                </code>
                <div class="flex flex-wrap gap-2">
                    <CopyButton
                        text=line
                        shown_in="snippet"
                        label=tu_string!(i18n, common.action.copy)
                        copied_label=tu_string!(i18n, common.action.copied)
                        failed_label=tu_string!(i18n, common.action.copy_failed)
                    />
                    // The widget is no page of the dashboard.
                    <a class="btn btn-sm" href=format!("/widget/{key}") target="_blank" rel="noopener">
                        <Icon glyph=icons::ARROW_UP_RIGHT />
                        {tu_string!(i18n, settings.channels.open)}
                    </a>
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn Identity(id: ChannelId) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let secret = RwSignal::new(None::<String>);
    let shown = move |result: Result<String, AppError>, done: Option<&'static str>| match result {
        Ok(value) => {
            secret.set(Some(value));
            if let Some(done) = done {
                toasts.success(done);
            }
        }
        Err(error) => toasts.error(error_text(i18n, &error)),
    };
    let show = Action::new(move |(): &()| async move { shown(rpc::load_identity_secret(id).await, None) });
    let rotate = Action::new(move |(): &()| async move {
        shown(rpc::rotate_identity_secret(id).await, Some(tu_string!(i18n, settings.channels.rotated)));
    });
    view! {
        <Panel title=tu_string!(i18n, settings.channels.identity)>
            <div class="space-y-3 p-4">
                <p class="text-muted text-sm">{tu_string!(i18n, settings.channels.identity_text)}</p>
                {move || {
                    secret.get().map(|secret| view! { <code class="bg-base-200 block rounded p-2 text-xs break-all">{secret}</code> })
                }}
                <div class="flex flex-wrap gap-2">
                    <Button icon=icons::EYE pending=show.pending() on_click=move |_| _ = show.dispatch(())>
                        {tu_string!(i18n, settings.channels.show_secret)}
                    </Button>
                    <Button icon=icons::KEY pending=rotate.pending() on_click=move |_| _ = rotate.dispatch(())>
                        {tu_string!(i18n, settings.channels.rotate)}
                    </Button>
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn Deletion(id: ChannelId, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteChannel>::new();
    view! {
        <Danger
            action
            label=tu_string!(i18n, settings.channels.delete)
            title=tu_string!(i18n, common.action.delete_question, name = name)
            text=tu_string!(i18n, settings.channels.delete_text)
            conflict=tu_string!(i18n, settings.channels.in_use)
            done=tu_string!(i18n, settings.channels.deleted)
        >
            <input type="hidden" name="id" value=id.to_string() />
        </Danger>
    }
}
