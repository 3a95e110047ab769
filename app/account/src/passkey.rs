use base::{
    error_text,
    passkey::{self, Question},
};
use i18n::*;
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;
use ui::{Alert, Button, ButtonSize, ButtonStyle, Tone, icons};

use crate::rpc::{answer_passkey, ask_passkey};

/// The way in with a passkey, where the browser has that.
#[component]
pub fn PasskeyButton(
    next: Option<String>,
    /// As the second step, after the password.
    #[prop(optional)]
    second_step: bool,
    #[prop(default = ButtonStyle::Plain)] style: ButtonStyle,
) -> impl IntoView {
    let i18n = use_i18n();
    let (is_possible, pending) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None::<String>);
    Effect::new(move || is_possible.set(passkey::is_possible()));
    let go = Callback::new(move |_| {
        pending.set(true);
        problem.set(None);
        let next = next.clone();
        spawn_local(async move {
            match sign_in(i18n, second_step, next).await {
                Ok(page) => _ = location().set_href(&page),
                Err(text) => {
                    problem.set(Some(text));
                    pending.set(false);
                }
            }
        });
    });
    view! {
        <Show when=move || is_possible.get()>
            <div class="my-3">
                {move || problem.get().map(|text| view! { <Alert tone=Tone::Danger class="mb-3">{text}</Alert> })}
                <Button style size=ButtonSize::Large class="w-full" icon=icons::KEY pending on_click=go>
                    {tu_string!(i18n, account.passkey.log_in)}
                </Button>
            </div>
        </Show>
    }
}

/// Asks the server, the device and the server again, and gives the page that follows; what went wrong comes in words.
async fn sign_in(i18n: I18n, second_step: bool, next: Option<String>) -> Result<String, String> {
    let options = ask_passkey().await.map_err(|error| error_text(i18n, &error))?;
    let answer = passkey::ask(Question::Sign, &options).await;
    let answer = answer.map_err(|_| tu_string!(i18n, account.passkey.nothing).to_owned())?;
    answer_passkey(answer, second_step, next).await.map_err(|error| match error.code {
        ErrorCode::Validation => tu_string!(i18n, account.passkey.unfit).to_owned(),
        _ => error_text(i18n, &error),
    })
}
