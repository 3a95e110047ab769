use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::AppError;

/// Where the server looks for the language of a page: what this browser has chosen, else what it accepts.
pub fn wanted_locale() -> leptos_i18n::context::UseLocalesOptions {
    let options = leptos_i18n::context::UseLocalesOptions::default();
    #[cfg(feature = "ssr")]
    let options = options.ssr_lang_header_getter(|| {
        let chosen = crate::cookie::get(i18n::LOCALE_COOKIE);
        chosen
            .filter(|chosen| i18n::LANGUAGES.iter().any(|(code, _)| code == chosen))
            .or_else(crate::server::accept_language)
    });
    options
}

/// Chooses the language of this browser and, when somebody is signed in, of their profile.
#[server]
pub async fn set_language(locale: String) -> Result<(), AppError> {
    use crate::server;
    if !LANGUAGES.iter().any(|(code, _)| *code == locale) {
        return Err(domain::Error::invalid("locale", "choose one of the languages offered").into());
    }
    let services = server::services()?;
    server::set_locale_cookie(&services, &locale);
    if let Ok(member) = server::member().await
        && member.impersonation.is_none()
    {
        let profile = types::user::UpdateProfile { locale: Some(locale), ..Default::default() };
        domain::accounts::update_profile(&services, &member, profile).await?;
    }
    Ok(())
}

/// One button for each language, as a plain form: the page is loaded anew in the new language.
#[component]
pub fn LanguageForm(
    /// Classes of the buttons.
    #[prop(default = "btn btn-ghost btn-sm")]
    button_class: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let current = i18n.get_locale_untracked().as_str();
    let button = move |(code, name): &(&'static str, &'static str)| {
        view! {
            <button
                class=button_class
                name="locale"
                value=*code
                lang=*code
                aria-pressed=if *code == current { "true" } else { "false" }
            >
                {*name}
            </button>
        }
    };
    view! {
        <form method="post" action=SetLanguage::PATH class="contents">
            {LANGUAGES.iter().map(button).collect_view()}
        </form>
    }
}
