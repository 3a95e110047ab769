//! `/app/channels/:id`: a channel's settings, its line for the site, a preview, and signed identities.

use base::{AppError, Loaded, Page, Panel, error_text};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use types::{
    agent::Agent,
    channel::{Channel, ChannelType, WidgetPosition},
    id::ChannelId,
};
use ui::{Button, ButtonLink, ButtonStyle, Confirm, CopyButton, Icon, icons, use_toasts};

use crate::{
    channel_form::{ChannelEditor, Look},
    rpc::{self, DeleteChannel},
    tabs::report,
};

/// The page of one channel.
#[component]
pub fn ChannelPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        ChannelId(params.with(|params| params.get("id").and_then(|id| id.parse().ok())).unwrap_or_default())
    });
    let loaded = Resource::new(
        move || id.get(),
        |id| async move { Ok((rpc::load_channel(id).await?, rpc::load_agents().await?)) },
    );
    let title = move || loaded.get().and_then(Result::ok).map_or_else(String::new, |((channel, _), _)| channel.name);
    view! {
        <Page title=Signal::derive(title) width="max-w-6xl">
            <Loaded resource=loaded let:loaded>
                <ChannelView channel=loaded.0.0 public_url=loaded.0.1 agents=loaded.1 />
            </Loaded>
        </Page>
    }
}

#[component]
fn ChannelView(channel: Channel, public_url: String, agents: Vec<Agent>) -> impl IntoView {
    let i18n = use_i18n();
    let look = Look {
        color: RwSignal::new(channel.settings.color.clone()),
        title: RwSignal::new(channel.settings.title.clone()),
        greeting: RwSignal::new(channel.settings.greeting.clone()),
        at_start: RwSignal::new(channel.settings.position == WidgetPosition::Start),
    };
    let agent = agents.iter().find(|agent| Some(agent.id) == channel.agent_id).cloned();
    let is_widget = channel.channel_type == ChannelType::Widget;
    let key = channel.public_key.clone();
    let side = if is_widget {
        view! {
            <Install public_url=public_url key />
            <Panel title=tu_string!(i18n, settings.channels.preview)>
                <Preview look agent />
            </Panel>
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
    view! {
        <div class="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
            <ChannelEditor channel=channel.clone() agents look />
            <div class="space-y-4 lg:sticky lg:top-4">
                {side}
                <Identity id=channel.id />
                <DeleteButton id=channel.id name=channel.name />
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
                <code class="bg-base-200 block rounded p-2 text-xs break-all" data-testid="snippet">{line.clone()}</code>
                <div class="flex flex-wrap gap-2">
                    <CopyButton
                        text=line
                        label=tu_string!(i18n, settings.channels.copy)
                        copied_label=tu_string!(i18n, settings.channels.copied)
                    />
                    <ButtonLink href=format!("/widget/{key}") icon=icons::ARROW_UP_RIGHT>
                        {tu_string!(i18n, settings.channels.open)}
                    </ButtonLink>
                </div>
            </div>
        </Panel>
    }
}

/// The widget in small, following the form as it is filled in.
#[component]
fn Preview(look: Look, agent: Option<Agent>) -> impl IntoView {
    let i18n = use_i18n();
    let (name, greeting) = agent.map_or_else(Default::default, |agent| (agent.name, agent.greeting));
    let or = |own: RwSignal<String>, other: String| {
        move || own.with(|own| if own.is_empty() { other.clone() } else { own.clone() })
    };
    // White or black, whichever stands out more (WCAG 2 contrast).
    let text_color = move || if look.color.with(|color| is_light(color)) { "#000" } else { "#fff" };
    let style = move || format!("background:{};color:{}", look.color.get(), text_color());
    let side = move || if look.at_start.get() { "flex flex-col items-start" } else { "flex flex-col items-end" };
    view! {
        <div class="bg-base-200 p-4">
            <div class=side>
                <div class="bg-base-100 mb-3 w-64 max-w-full overflow-hidden rounded-xl border border-line">
                    <p class="px-4 py-3 font-semibold" style=style>{or(look.title, name)}</p>
                    <div class="min-h-28 p-3">
                        <p class="bg-base-200 w-fit max-w-full rounded-lg px-3 py-2 text-sm break-words">{or(look.greeting, greeting)}</p>
                    </div>
                </div>
                <span
                    class="grid size-12 place-items-center rounded-full"
                    style=style
                    role="img"
                    aria-label=tu_string!(i18n, settings.channels.preview)
                >
                    <Icon glyph=icons::MESSAGE_CIRCLE class="size-6" />
                </span>
            </div>
        </div>
    }
}

/// Whether black text stands out more than white on `#rrggbb` (relative luminance of WCAG 2).
fn is_light(color: &str) -> bool {
    let part = |from: usize| {
        let value = color.get(from..from + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or_default();
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) > 0.179
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
fn DeleteButton(id: ChannelId, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let delete = ServerAction::<DeleteChannel>::new();
    let confirm = RwSignal::new(false);
    report(delete, tu_string!(i18n, settings.channels.deleted), || ());
    view! {
        <Button style=ButtonStyle::Danger icon=icons::TRASH_2 on_click=move |_| confirm.set(true)>
            {tu_string!(i18n, settings.channels.delete)}
        </Button>
        <Confirm
            open=confirm
            title=tu_string!(i18n, settings.channels.delete_title, name = name)
            text=tu_string!(i18n, settings.channels.delete_text)
            confirm_label=tu_string!(i18n, common.action.delete)
            cancel_label=tu_string!(i18n, common.action.cancel)
            pending=delete.pending()
            on_confirm=move |()| _ = delete.dispatch(DeleteChannel { id })
        />
    }
}
