use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use ui::{Alert, Button, ButtonLink, ButtonSize, ButtonStyle, Tone};

use crate::{LogOut, form_page::FormPage};

/// `/suspended`: where members are sent whose organization the operator has suspended.
#[component]
pub fn SuspendedPage() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FormPage title=tu_string!(i18n, account.suspended.title) subtitle=tu_string!(i18n, account.suspended.subtitle)>
            <Alert tone=Tone::Warning class="mb-6">{tu_string!(i18n, account.suspended.text)}</Alert>
            <div class="flex flex-wrap gap-2">
                <ButtonLink href="/app" style=ButtonStyle::Primary size=ButtonSize::Large>
                    {tu_string!(i18n, account.suspended.again)}
                </ButtonLink>
                <form method="post" action=LogOut::PATH>
                    <Button kind="submit" size=ButtonSize::Large>{tu_string!(i18n, account.suspended.log_out)}</Button>
                </form>
            </div>
        </FormPage>
    }
}
