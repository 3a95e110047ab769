use i18n::*;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonLink, ButtonStyle, EmptyState, icons};

/// The page for an address where nothing is.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    base::server::set_status(404);
    let i18n = use_i18n();
    view! {
        <Title text=tu_string!(i18n, common.error.page_not_found) />
        <main class="grid min-h-dvh place-items-center">
            <div>
                <h1 class="sr-only">{tu_string!(i18n, common.error.page_not_found)}</h1>
                <EmptyState
                    icon=icons::SEARCH
                    title=tu_string!(i18n, common.error.page_not_found)
                    text=tu_string!(i18n, common.error.page_not_found_text)
                >
                    <ButtonLink href="/" style=ButtonStyle::Primary>
                        {tu_string!(i18n, common.error.home)}
                    </ButtonLink>
                </EmptyState>
            </div>
        </main>
    }
}
