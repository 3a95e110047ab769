use base::{ActionForm, Danger, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::{id::OrganizationId, organization::OrganizationStatus};
use ui::{Button, ButtonStyle, TextField};

use super::Acts;

/// Suspends an organization, or restores or purges one that is suspended or deleted.
#[component]
pub fn Status(id: OrganizationId, name: String, status: OrganizationStatus, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    if status == OrganizationStatus::Active {
        return view! {
            <Danger
                action=acts.suspend
                label=tu_string!(i18n, admin.organization.suspend)
                text=tu_string!(i18n, admin.organization.suspend_text)
            >
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
            </Danger>
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
        <Danger
            action=acts.purge
            label=tu_string!(i18n, admin.organization.purge)
            text=tu_string!(i18n, admin.organization.purge_text)
        >
            <input type="hidden" name="id" value=id.to_string() />
            <TextField
                name="confirmation"
                label=tu_string!(i18n, admin.organization.purge_type, name = name).to_string()
                required=true
                autocomplete="off"
                errors=field_errors(acts.purge)
            />
        </Danger>
    }
    .into_any()
}
