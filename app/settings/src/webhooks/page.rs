use base::{
    ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, id_in_path, report, shown,
    successes, use_me,
};
use i18n::*;
use leptos::prelude::*;
use types::{
    id::WebhookSubscriptionId,
    permission::Permission,
    webhook::{DisabledReason, WebhookSubscription},
};
use ui::{Alert, Button, ButtonStyle, LocalTime, Tone, icons};

use super::{
    deliveries::Deliveries,
    fields::WebhookFields,
    list::State,
    rpc::{self, DeleteWebhook, RotateWebhookSecret, SaveWebhook, TestWebhook},
};
use crate::secret::Secret;

/// One endpoint: its settings, its secret, and what was sent to it.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<WebhookSubscriptionId>("id");
    let resource = Resource::new(move || id.get(), rpc::load_webhook);
    // The answer holds the new secret, shown this once: it stays when the endpoint is loaded again.
    let rotate = ServerAction::<RotateWebhookSecret>::new();
    report(rotate, tu_string!(i18n, settings.webhooks.rotated), || ());
    let back = ("/app/settings/webhooks".to_owned(), tu_string!(i18n, settings.tabs.webhooks));
    view! {
        <Page title=tu_string!(i18n, settings.webhooks.one) back width="max-w-6xl">
            <Loaded resource let:webhook>
                <Webhook webhook rotate on_change=Callback::new(move |()| resource.refetch()) />
            </Loaded>
        </Page>
    }
}

#[component]
fn Webhook(
    webhook: WebhookSubscription,
    rotate: ServerAction<RotateWebhookSecret>,
    on_change: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = webhook.id;
    let save = ServerAction::<SaveWebhook>::new();
    report(save, tu_string!(i18n, settings.saved), || ());
    let errors = field_errors(save);
    let shown = shown(save, webhook.updated_at);
    let test = ServerAction::<TestWebhook>::new();
    report(test, tu_string!(i18n, settings.webhooks.tested), || ());
    let notice = webhook.disabled_reason.map(|reason| {
        let text = match reason {
            DisabledReason::Gone => tu_string!(i18n, settings.webhooks.gone),
            DisabledReason::Failing => tu_string!(i18n, settings.webhooks.gave_up),
        };
        view! { <Alert tone=Tone::Danger class="mb-4">{text}</Alert> }
    });
    let (state, fields, signing) = (webhook.clone(), webhook.clone(), webhook.clone());
    let may_write = untrack(|| use_me().may(Permission::WebhooksWrite));
    let may_replay = may_write && webhook.is_active;
    let acts = may_write.then(|| {
        view! {
            <Signing webhook=signing rotate test />
            <Deletion webhook />
        }
    });
    view! {
        {notice}
        <div class="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
            <div class="min-w-0 space-y-4">
                <Deliveries id may_replay tests=successes(test) />
            </div>
            <div class="min-w-0 space-y-4">
                <Panel class="p-4">
                    <ActionForm action=save reload=on_change empties=&["form[custom_headers]", "form[remove_headers]"]>
                        <fieldset class="min-w-0 space-y-4" disabled=!may_write>
                            <FormErrors error=action_error(save) />
                            <input type="hidden" name="id" value=id.to_string() />
                            <input type="hidden" name="form[shown]" value=shown />
                            <State webhook=state />
                            <WebhookFields webhook=Some(fields) errors />
                            <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                                {tu_string!(i18n, common.action.save)}
                            </Button>
                        </fieldset>
                    </ActionForm>
                </Panel>
                {acts}
            </div>
        </div>
    }
}

/// The secret: a new one, and until when the one before signs too.
#[component]
fn Signing(
    webhook: WebhookSubscription,
    rotate: ServerAction<RotateWebhookSecret>,
    test: ServerAction<TestWebhook>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = webhook.id;
    let made = move || rotate.value().get().and_then(Result::ok).filter(|made| made.subscription.id == id);
    let stored = webhook.previous_secret_expires_at;
    // Told by the answer: loading the endpoint again would lose what stands in its form.
    let previous = move || made().map_or(stored, |made| made.subscription.previous_secret_expires_at);
    view! {
        <Panel title=tu_string!(i18n, settings.webhooks.signing)>
            <div class="space-y-3 p-4">
                <p class="text-muted text-sm">{tu_string!(i18n, settings.webhooks.signing_text)}</p>
                {move || {
                    previous().map(|at| {
                        view! {
                            <p class="text-sm">
                                {tu_string!(i18n, settings.webhooks.previous_until)} " " <LocalTime at />
                            </p>
                        }
                    })
                }}
                {move || {
                    made().map(|made| view! { <Secret text=tu_string!(i18n, settings.webhooks.secret_once) secret=made.secret /> })
                }}
                <div class="flex flex-wrap gap-2">
                    <Button icon=icons::KEY pending=rotate.pending() on_click=move |_| {
                        rotate.dispatch(RotateWebhookSecret { id });
                    }>{tu_string!(i18n, settings.webhooks.rotate)}</Button>
                    <Button icon=icons::SEND pending=test.pending() on_click=move |_| {
                        test.dispatch(TestWebhook { id });
                    }>{tu_string!(i18n, settings.webhooks.test)}</Button>
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn Deletion(webhook: WebhookSubscription) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteWebhook>::new();
    view! {
        <Danger
            action
            label=tu_string!(i18n, settings.webhooks.delete)
            title=tu_string!(i18n, common.action.delete_question, name = webhook.url)
            text=tu_string!(i18n, settings.webhooks.delete_text)
            done=tu_string!(i18n, settings.webhooks.deleted)
        >
            <input type="hidden" name="id" value=webhook.id.to_string() />
        </Danger>
    }
}
