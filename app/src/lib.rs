//! The interface: the document, the routes of every area, the dashboard's frame and the pages for what went wrong.

mod frame;
mod navigation;
mod not_found;
#[cfg(feature = "ssr")]
mod notices;
mod palette;
#[cfg(feature = "ssr")]
mod shell;
mod shortcut_sheet;
mod user_menu;

use frame::Frame;
use i18n::I18nContextProvider;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Router, Routes},
    path,
};
use not_found::NotFound;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// The whole interface, the same on the server and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    #[cfg(feature = "ssr")]
    escape_titles();
    base::provide_theme();
    ui::provide_toasts();
    ui::provide_clock();
    // The dashboard is sent whole (`SsrMode::Async`): it reads well before the script has loaded and without any, nothing
    // moves while it arrives, and redirects and statuses are real.
    view! {
        <I18nContextProvider ssr_lang_header_getter=base::wanted_locale()>
            {base::follow_redirects()}
            <Router>
                <Routes fallback=NotFound>
                    <account::Routes />
                    <admin::Routes />
                    <ParentRoute path=path!("/app") view=Frame ssr=SsrMode::Async>
                        <overview::Routes />
                        <inbox::Routes />
                        <contacts::Routes />
                        <knowledge::Routes />
                        <agents::Routes />
                        <settings::Routes />
                    </ParentRoute>
                </Routes>
            </Router>
        </I18nContextProvider>
    }
}

/// Makes titles harmless, in which names of visitors stand: the server would write them into the document as they are.
/// Browsers set them as texts.
#[cfg(feature = "ssr")]
fn escape_titles() {
    drop(view! { <leptos_meta::Title formatter=ui::escaped_on_server /> });
}
