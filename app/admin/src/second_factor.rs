//! `/admin/second-factor`: where operators are sent whose sign-in has no second step.

use base::Page;
use i18n::*;
use leptos::prelude::*;
use ui::{Alert, ButtonLink, ButtonStyle, Tone};

/// Says why this area is closed to them, and where to open it.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <main id="main" tabindex="-1">
            <Page title=tu_string!(i18n, admin.second_factor.title) width="max-w-xl">
                <Alert tone=Tone::Warning class="mb-4">{tu_string!(i18n, admin.second_factor.text)}</Alert>
                <div class="flex flex-wrap gap-2">
                    <ButtonLink href="/app/settings/profile#second-password" style=ButtonStyle::Primary>
                        {tu_string!(i18n, admin.second_factor.set_up)}
                    </ButtonLink>
                    <ButtonLink href="/admin">{tu_string!(i18n, admin.second_factor.again)}</ButtonLink>
                </div>
            </Page>
        </main>
    }
}
