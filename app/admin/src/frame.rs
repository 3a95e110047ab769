use i18n::*;
use leptos::prelude::*;

/// The frame of the area: a bar that leads back to the dashboard, the page below it. Sends who is not signed in to the
/// sign-in page.
#[component]
pub fn AdminFrame(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    let me = base::provide_me();
    view! {
        <header class="flex items-center gap-4 border-b border-line px-4 py-3">
            <a href="/app" class="link">
                {tu_string!(i18n, common.product)}
            </a>
            <Transition>{move || me.get().map(|me| view! { <span class="text-muted">{me.email}</span> })}</Transition>
        </header>
        <main id="main" tabindex="-1">
            {children()}
        </main>
    }
}
