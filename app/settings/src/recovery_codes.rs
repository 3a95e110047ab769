use leptos::prelude::*;

/// Recovery codes, to be written down.
#[component]
pub fn RecoveryCodes(codes: Vec<String>) -> impl IntoView {
    view! {
        <ul class="grid grid-cols-2 gap-x-6 gap-y-1 font-mono text-sm sm:max-w-xs">
            {codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
        </ul>
    }
}
