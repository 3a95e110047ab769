use i18n::*;
use leptos::prelude::*;
use types::{event::EventName, webhook::WebhookSubscription};
use ui::{Checkbox, FieldErrors, TextArea, TextField};

/// The fields of a subscription's form; none given: a new one's.
#[component]
pub fn WebhookFields(webhook: Option<WebhookSubscription>, errors: FieldErrors) -> impl IntoView {
    let i18n = use_i18n();
    let is_new = webhook.is_none();
    let (url, chosen, is_active, names) = webhook
        .map(|webhook| (webhook.url, webhook.events, webhook.is_active, webhook.header_names))
        .unwrap_or((String::new(), Vec::new(), true, Vec::new()));
    let events = EventName::ALL
        .iter()
        .filter(|event| **event != EventName::WebhookTest)
        .map(|event| {
            view! {
                <label class="flex items-center gap-2">
                    <input
                        type="checkbox"
                        class="checkbox checkbox-sm"
                        name="form[events][]"
                        value=event.as_str()
                        checked=chosen.contains(event)
                    />
                    <code class="min-w-0 truncate text-xs">{event.as_str()}</code>
                </label>
            }
        })
        .collect_view();
    let hint = if names.is_empty() {
        tu_string!(i18n, settings.webhooks.headers_hint).to_owned()
    } else {
        tu_string!(i18n, settings.webhooks.headers_kept, names = names.join(", "))
    };
    view! {
        <TextField
            name="form[url]"
            kind="url"
            label=tu_string!(i18n, settings.webhooks.url)
            hint=tu_string!(i18n, settings.webhooks.url_hint)
            value=url
            required=true
            maxlength=2048
            errors
        />
        <fieldset>
            <legend class="mb-1 font-medium">{tu_string!(i18n, settings.webhooks.events)}</legend>
            <p class="text-muted mb-2 text-sm">{tu_string!(i18n, settings.webhooks.events_hint)}</p>
            <div class="grid gap-1.5 sm:grid-cols-2">{events}</div>
        </fieldset>
        <TextArea
            name="form[custom_headers]"
            label=tu_string!(i18n, settings.webhooks.headers)
            hint
            placeholder="X-Token: abc"
            rows=3
            errors
        />
        {(!names.is_empty())
            .then(|| view! { <Checkbox name="form[remove_headers]" label=tu_string!(i18n, settings.webhooks.remove_headers) /> })}
        {(!is_new)
            .then(|| view! { <Checkbox name="form[is_active]" label=tu_string!(i18n, settings.webhooks.active) checked=is_active /> })}
    }
}
