use base::field_errors;
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use types::{id::OrganizationId, organization::OrganizationStatus};
use ui::{Button, ButtonStyle, TextField};

use super::Acts;

/// Suspends an organization, or restores or purges one that is suspended or deleted.
#[component]
pub fn Status(id: OrganizationId, name: String, status: OrganizationStatus, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    if status == OrganizationStatus::Active {
        return view! {
            <details class="panel">
                <summary class="cursor-pointer px-4 py-3 text-error">{tu_string!(i18n, admin.organization.suspend)}</summary>
                <div class="border-t border-line p-4">
                    <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.suspend_text)}</p>
                    <ActionForm action=acts.suspend attr:class="flex flex-col items-start gap-3">
                        <input type="hidden" name="id" value=id.to_string() />
                        <TextField
                            name="reason"
                            id="suspend-reason"
                            label=tu_string!(i18n, admin.reason)
                            required=true
                            maxlength=500
                            autocomplete="off"
                            errors=field_errors(acts.suspend)
                        />
                        <Button kind="submit" style=ButtonStyle::Danger pending=acts.suspend.pending()>
                            {tu_string!(i18n, admin.organization.suspend)}
                        </Button>
                    </ActionForm>
                </div>
            </details>
        }
        .into_any();
    }
    view! {
        <ActionForm action=acts.restore attr:class="mb-4">
            <input type="hidden" name="id" value=id.to_string() />
            <Button kind="submit" style=ButtonStyle::Primary pending=acts.restore.pending()>
                {tu_string!(i18n, admin.organization.restore)}
            </Button>
        </ActionForm>
        <details class="panel">
            <summary class="cursor-pointer px-4 py-3 text-error">{tu_string!(i18n, admin.organization.purge)}</summary>
            <div class="border-t border-line p-4">
                <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.purge_text)}</p>
                <ActionForm action=acts.purge attr:class="flex flex-col items-start gap-3">
                    <input type="hidden" name="id" value=id.to_string() />
                    <TextField
                        name="confirmation"
                        label=tu_string!(i18n, admin.organization.purge_type, name = name).to_string()
                        required=true
                        autocomplete="off"
                        errors=field_errors(acts.purge)
                    />
                    <Button kind="submit" style=ButtonStyle::Danger pending=acts.purge.pending()>
                        {tu_string!(i18n, admin.organization.purge)}
                    </Button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
