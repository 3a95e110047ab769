use base::{ActionForm, FormErrors, Panel, action_error, field_errors, report};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use types::user::{SecondFactorSetup, Security};
use ui::{Alert, Badge, Button, ButtonStyle, TextField, Tone};

use crate::{
    passkeys::Passkeys,
    recovery_codes::RecoveryCodes,
    rpc::{BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor, SendVerification},
};

/// Whether the address is confirmed, the authenticator app, and the passkeys.
#[component]
pub fn SecurityPanels(
    security: Security,
    pending: Option<(SecondFactorSetup, Vec<String>)>,
    /// Recovery codes that a passkey brought, to be shown until the page is left.
    new_codes: RwSignal<Vec<String>>,
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let verification = (!security.email_is_verified).then(|| view! { <Verification /> });
    let panel = match (security.has_app, pending) {
        (true, _) => view! { <Present codes=security.recovery_codes changed /> }.into_any(),
        (false, Some((setup, codes))) => view! { <Confirm setup codes changed /> }.into_any(),
        (false, None) => view! { <Begin changed /> }.into_any(),
    };
    view! {
        <div class="space-y-4">
            {verification}
            <Panel title=tu_string!(i18n, settings.second.title)>
                <div class="p-4 sm:p-6">{panel}</div>
            </Panel>
            <Passkeys security new_codes changed />
        </div>
    }
}

/// Asks for another link that confirms the address.
#[component]
fn Verification() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<SendVerification>::new();
    let sent = use_location().search.with_untracked(|search| search.contains("sent=1"));
    report(action, tu_string!(i18n, settings.profile.verification_sent), || ());
    view! {
        <Panel class="p-4 sm:p-6">
            {sent
                .then(|| {
                    view! { <Alert tone=Tone::Success class="mb-4">{tu_string!(i18n, settings.profile.verification_sent)}</Alert> }
                })}
            <p class="mb-3">{tu_string!(i18n, settings.profile.unverified)}</p>
            <ActionForm action>
                <Button kind="submit" pending=action.pending()>
                    {tu_string!(i18n, settings.profile.send_verification)}
                </Button>
            </ActionForm>
        </Panel>
    }
}

/// No second factor yet.
#[component]
fn Begin(changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<BeginSecondFactor>::new();
    let errors = field_errors(action);
    report(action, tu_string!(i18n, settings.second.begun), move || changed.run(()));
    view! {
        <p class="mb-4 text-muted">{tu_string!(i18n, settings.second.intro)}</p>
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            <TextField
                name="password"
                id="second-password"
                kind="password"
                label=tu_string!(i18n, settings.profile.old_password)
                autocomplete="current-password"
                required=true
                errors
            />
            <Button kind="submit" pending=action.pending()>
                {tu_string!(i18n, settings.second.begin)}
            </Button>
        </ActionForm>
    }
}

/// A second factor that waits for its first code.
#[component]
fn Confirm(setup: SecondFactorSetup, codes: Vec<String>, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<ConfirmSecondFactor>::new();
    let errors = field_errors(action);
    report(action, tu_string!(i18n, settings.second.on), move || changed.run(()));
    // Four units of quiet around the code, as readers expect.
    let view_box = format!("-4 -4 {0} {0}", setup.qr_size + 8);
    view! {
        <ol class="list-decimal space-y-4 ps-5">
            <li>
                <p class="mb-2">{tu_string!(i18n, settings.second.scan)}</p>
                <a href=setup.url class="inline-block rounded bg-white">
                    <svg viewBox=view_box class="size-48" role="img" aria-label=tu_string!(i18n, settings.second.qr)>
                        <path d=setup.qr_path fill="#000" />
                    </svg>
                </a>
                <p class="mt-2 text-sm text-muted">{tu_string!(i18n, settings.second.secret)}</p>
                <code class="block text-sm break-all">{setup.secret}</code>
            </li>
            <li>
                <p class="mb-2">{tu_string!(i18n, settings.second.keep)}</p>
                <RecoveryCodes codes />
            </li>
            <li>
                <ActionForm action attr:class="space-y-4">
                    <FormErrors error=action_error(action) />
                    <TextField
                        name="code"
                        label=tu_string!(i18n, settings.second.code)
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        required=true
                        maxlength=10
                        errors
                    />
                    <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                        {tu_string!(i18n, settings.second.confirm)}
                    </Button>
                </ActionForm>
            </li>
        </ol>
    }
}

/// The second factor is in force.
#[component]
fn Present(codes: usize, changed: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<RemoveSecondFactor>::new();
    let errors = field_errors(action);
    report(action, tu_string!(i18n, settings.second.off), move || changed.run(()));
    view! {
        <p class="mb-4">
            <Badge tone=Tone::Success>{tu_string!(i18n, common.state.active)}</Badge> " "
            <span class="text-muted">{tu_string!(i18n, settings.second.left, count = codes.to_string()).to_string()}</span>
        </p>
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            <TextField
                name="password"
                id="second-password"
                kind="password"
                label=tu_string!(i18n, settings.profile.old_password)
                autocomplete="current-password"
                required=true
                errors
            />
            <Button kind="submit" style=ButtonStyle::Danger pending=action.pending()>
                {tu_string!(i18n, settings.second.remove)}
            </Button>
        </ActionForm>
    }
}
