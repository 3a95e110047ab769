use base::{ActionForm, FormErrors, Panel, action_error, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::{id::OrganizationId, organization::OrganizationLimits};
use ui::{Alert, Button, TextField, Tone};

use super::plain;
use crate::rpc::SetLimits;

/// How much the organization may have.
#[component]
pub fn Limits(id: OrganizationId, limits: OrganizationLimits, action: ServerAction<SetLimits>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(action);
    let saved = move || {
        action.value().with(|value| matches!(value, Some(Ok(())))).then(|| {
            view! { <Alert tone=Tone::Success class="mb-3">{tu_string!(i18n, admin.organization.limits_saved)}</Alert> }
        })
    };
    let field = move |name: &'static str, label: &'static str, value: Option<i64>| {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        view! { <TextField name label value inputmode="numeric" autocomplete="off" errors /> }
    };
    view! {
        <Panel title=tu_string!(i18n, admin.organization.limits) class="mb-4">
            <div class="p-4">
                <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.limits_text)}</p>
                {saved}
                <FormErrors error=plain(action_error(action)) />
                <ActionForm action attr:class="flex flex-wrap items-end gap-3">
                    <input type="hidden" name="id" value=id.to_string() />
                    {field("members", tu_string!(i18n, admin.figures.members), limits.members)}
                    {field(
                        "conversations_per_month",
                        tu_string!(i18n, admin.organization.conversations_per_month),
                        limits.conversations_per_month,
                    )}
                    {field(
                        "knowledge_sources",
                        tu_string!(i18n, admin.organization.knowledge_sources),
                        limits.knowledge_sources,
                    )}
                    {field(
                        "visitor_megabytes_per_day",
                        tu_string!(i18n, admin.organization.visitor_megabytes_per_day),
                        limits.visitor_megabytes_per_day,
                    )}
                    <Button kind="submit" pending=action.pending()>{tu_string!(i18n, common.action.save)}</Button>
                </ActionForm>
            </div>
        </Panel>
    }
}
