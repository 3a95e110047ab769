use base::{AppError, FormErrors};
use i18n::*;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::A, location::Url};
use types::error::ErrorCode;
use ui::{Alert, Button, ButtonSize, ButtonStyle, Tone};

/// The frame of the sign-in and sign-up pages: one column in the middle.
#[component]
pub fn FormPage(title: &'static str, subtitle: &'static str, children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Title text=format!("{title} · {}", tu_string!(i18n, common.product)) />
        <div class="public grid min-h-dvh grid-rows-[auto_1fr_auto]">
            <header class="px-5 py-4">
                <A href="/" attr:class="brand">
                    <Mark />
                    {tu_string!(i18n, common.product)}
                </A>
            </header>
            <main class="mx-auto w-full max-w-sm px-5 py-8 sm:py-14">
                <h1 class="text-2xl font-semibold tracking-tight">{title}</h1>
                <p class="mt-1 mb-6 text-muted">{subtitle}</p>
                {children()}
            </main>
            <footer class="flex justify-center gap-1 p-4">
                <base::LanguageForm />
            </footer>
        </div>
    }
}

/// The button of a form, as wide as the column.
#[component]
pub fn Submit(
    pending: Memo<bool>,
    #[prop(default = ButtonStyle::Primary)] style: ButtonStyle,
    children: Children,
) -> impl IntoView {
    view! {
        <Button kind="submit" style size=ButtonSize::Large class="w-full" pending>
            {children()}
        </Button>
    }
}

/// What is wrong with a form that founds an organization. A refusal is not one of the person's role: sign-up is closed.
#[component]
pub fn FoundingErrors(error: Signal<Option<AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    let is_closed = move || error.with(|error| error.as_ref().is_some_and(|error| error.code == ErrorCode::Forbidden));
    move || match is_closed() {
        true => view! { <Alert tone=Tone::Danger class="mb-4">{tu_string!(i18n, account.sign_up.closed)}</Alert> }
            .into_any(),
        false => view! { <FormErrors error /> }.into_any(),
    }
}

/// The product's mark: two speech bubbles that are one.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="size-6" viewBox="0 0 24 24" fill="none" aria-hidden="true">
            <path
                d="M4 4h11a4 4 0 0 1 4 4v3a4 4 0 0 1-4 4H9l-4.2 3.6A.5.5 0 0 1 4 18.2V4Z"
                fill="currentColor"
                class="text-primary"
            />
            <path
                d="M21 9.5V21l-3.4-2.6H12a3 3 0 0 1-2.4-1.2"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
            />
        </svg>
    }
}

/// The address of a step of signing in, for somebody who asked for a page before.
pub fn step_path(step: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{step}?next={}", Url::escape(next)),
        None => step.to_owned(),
    }
}
