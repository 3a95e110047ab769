use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{permission::Permission, webhook::WebhookSubscription};
use ui::{Badge, Button, ButtonLink, ButtonStyle, EmptyState, Tone, icons};

use super::{
    fields::WebhookFields,
    rpc::{self, CreateWebhook},
};
use crate::{secret::Secret, tabs::SettingsTabs};

/// The endpoints that get events.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let i18n = use_i18n();
    let webhooks = Resource::new(|| (), |()| rpc::load_webhooks());
    let me = use_me();
    let actions = move || {
        view! {
            <Transition>
                <Show when=move || me.may(Permission::WebhooksWrite)>
                    <ButtonLink href="/app/settings/webhooks/new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, settings.webhooks.add)}
                    </ButtonLink>
                </Show>
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, settings.tabs.webhooks) subtitle=tu_string!(i18n, settings.webhooks.intro) actions width="max-w-4xl">
            <SettingsTabs />
            <Loaded resource=webhooks let:webhooks>
                <Panel>
                    {if webhooks.is_empty() {
                        view! {
                            <EmptyState
                                icon=icons::ZAP
                                title=tu_string!(i18n, settings.webhooks.empty)
                                text=tu_string!(i18n, settings.webhooks.empty_text)
                            />
                        }
                            .into_any()
                    } else {
                        view! {
                            <ul class="divide-base-300 divide-y">
                                {webhooks.into_iter().map(|webhook| view! { <Row webhook /> }).collect_view()}
                            </ul>
                        }
                            .into_any()
                    }}
                </Panel>
            </Loaded>
        </Page>
    }
}

#[component]
fn Row(webhook: WebhookSubscription) -> impl IntoView {
    let i18n = use_i18n();
    let events = match webhook.events.len() {
        0 => tu_string!(i18n, settings.webhooks.all).to_owned(),
        _ => webhook.events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", "),
    };
    let href = format!("/app/settings/webhooks/{}", webhook.id);
    view! {
        <li>
            <a class="hover:bg-base-200 flex items-center gap-3 px-4 py-3" href=href>
                <span class="min-w-0 flex-1">
                    <span class="block truncate font-medium">{webhook.url.clone()}</span>
                    <span class="text-muted block truncate text-sm">{events}</span>
                </span>
                <State webhook />
            </a>
        </li>
    }
}

/// Whether it works, in a word.
#[component]
pub(super) fn State(webhook: WebhookSubscription) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, text) = match (webhook.is_active, webhook.failing_since) {
        (true, None) => (Tone::Success, tu_string!(i18n, settings.webhooks.on)),
        (true, Some(_)) => (Tone::Warning, tu_string!(i18n, settings.webhooks.failing)),
        (false, _) if webhook.disabled_reason.is_some() => (Tone::Danger, tu_string!(i18n, settings.webhooks.disabled)),
        (false, _) => (Tone::Neutral, tu_string!(i18n, settings.webhooks.off)),
    };
    view! { <Badge tone>{text}</Badge> }
}

/// Subscribes an endpoint, and shows its secret.
#[component]
pub fn NewWebhookPage() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<CreateWebhook>::new();
    let errors = field_errors(action);
    let back = ("/app/settings/webhooks".to_owned(), tu_string!(i18n, settings.tabs.webhooks));
    let made = move || action.value().get().and_then(Result::ok);
    view! {
        <Page title=tu_string!(i18n, settings.webhooks.add) back width="max-w-4xl">
            {move || match made() {
                Some(made) => {
                    view! {
                        <Secret text=tu_string!(i18n, settings.webhooks.secret_once) secret=made.secret />
                        <p class="mt-4">
                            <ButtonLink
                                href=format!("/app/settings/webhooks/{}", made.subscription.id)
                                style=ButtonStyle::Primary
                            >
                                {tu_string!(i18n, settings.webhooks.go_on)}
                            </ButtonLink>
                        </p>
                    }
                        .into_any()
                }
                None => ().into_any(),
            }}
            <div class:hidden=move || made().is_some()>
                <Panel class="p-4 sm:p-6">
                    <ActionForm action attr:class="space-y-4">
                        <FormErrors error=action_error(action) />
                        <WebhookFields webhook=None errors />
                        <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                            {tu_string!(i18n, settings.webhooks.add)}
                        </Button>
                    </ActionForm>
                </Panel>
            </div>
        </Page>
    }
}
