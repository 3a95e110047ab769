use base::AppError;
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use ui::{Alert, Button, ButtonLink, ButtonSize, ButtonStyle, Tone};

use crate::{LogOut, form_page::FormPage};

/// Why the organization that the session works in is suspended; none when it is not, and for who is not signed in.
#[server]
pub async fn load_suspension() -> Result<Option<String>, AppError> {
    use types::error::ErrorCode;
    match base::server::member().await {
        Ok(_) => Ok(None),
        Err(error) if error.code == ErrorCode::Unauthenticated => Ok(None),
        Err(error) if error.code == ErrorCode::Suspended => {
            Ok(error.details.into_iter().next().map(|reason| reason.message))
        }
        Err(error) => Err(error),
    }
}

/// `/suspended`: where members are sent whose organization the operator has suspended.
#[component]
pub fn SuspendedPage() -> impl IntoView {
    let i18n = use_i18n();
    let reason = Resource::new_blocking(|| (), |()| load_suspension());
    view! {
        <FormPage title=tu_string!(i18n, account.suspended.title) subtitle=tu_string!(i18n, account.suspended.subtitle)>
            <Transition>
                {move || {
                    let reason = reason.get().and_then(Result::ok).flatten();
                    reason.map(|reason| {
                        view! {
                            <Alert tone=Tone::Warning class="mb-4">
                                {tu_string!(i18n, account.suspended.reason)} " " <strong class="break-words">{reason}</strong>
                            </Alert>
                        }
                    })
                }}
            </Transition>
            <p class="mb-6">{tu_string!(i18n, account.suspended.text)}</p>
            <div class="flex flex-wrap gap-2">
                <ButtonLink href="/app" style=ButtonStyle::Primary size=ButtonSize::Large>
                    {tu_string!(i18n, account.suspended.again)}
                </ButtonLink>
                <form method="post" action=LogOut::PATH on:submit=|_| base::forget_tab()>
                    <Button kind="submit" size=ButtonSize::Large>{tu_string!(i18n, account.suspended.log_out)}</Button>
                </form>
            </div>
        </FormPage>
    }
}
