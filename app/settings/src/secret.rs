use i18n::*;
use leptos::prelude::*;
use ui::{Alert, CopyButton, Tone};

/// A new key or secret, shown this once.
#[component]
pub fn Secret(
    /// What it is, and that it is shown once.
    text: &'static str,
    secret: String,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Alert tone=Tone::Success class="mb-4">
            <div class="space-y-2">
                <p>{text}</p>
                <code id="secret" class="bg-base-100 block rounded p-2 text-xs break-all" data-testid="secret">
                    {secret.clone()}
                </code>
                <CopyButton
                    text=secret
                    shown_in="secret"
                    label=tu_string!(i18n, common.action.copy)
                    copied_label=tu_string!(i18n, common.action.copied)
                    failed_label=tu_string!(i18n, common.action.copy_failed)
                />
            </div>
        </Alert>
    }
}
