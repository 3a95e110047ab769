use i18n::*;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::components::A;
use ui::{ButtonLink, ButtonSize, ButtonStyle, Glyph, Icon, icons};

use crate::{example::Example, form_page::Mark};

/// `/`: what the product is.
#[component]
pub fn Landing() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Title text=tu_string!(i18n, account.landing.document_title) />
        <Meta name="description" content=tu_string!(i18n, account.landing.lead) />
        <div class="public">
            <header class="mx-auto flex max-w-6xl items-center gap-2 px-5 py-4">
                <A href="/" attr:class="brand me-auto">
                    <Mark />
                    {tu_string!(i18n, common.product)}
                </A>
                <span class="hidden sm:contents">
                    <base::LanguageForm />
                </span>
                <ButtonLink href="/login" style=ButtonStyle::Ghost>
                    {tu_string!(i18n, account.log_in.short)}
                </ButtonLink>
                <ButtonLink href="/signup">{tu_string!(i18n, account.sign_up.short)}</ButtonLink>
            </header>
            <main>
                <section class="hero-split">
                    <div class="max-w-xl">
                        <h1 class="hero-title">{tu_string!(i18n, account.landing.title)}</h1>
                        <p class="mt-5 text-lg text-muted">{tu_string!(i18n, account.landing.lead)}</p>
                        <div class="mt-8 flex flex-wrap gap-3">
                            <ButtonLink href="/signup" style=ButtonStyle::Primary size=ButtonSize::Large>
                                {tu_string!(i18n, account.landing.start)}
                                <Icon glyph=icons::ARROW_RIGHT />
                            </ButtonLink>
                        </div>
                        <p class="mt-4 text-sm text-muted">{tu_string!(i18n, account.landing.promise)}</p>
                    </div>
                    <Example />
                </section>
                <section class="mx-auto max-w-6xl px-5 py-16" aria-labelledby="how">
                    <h2 id="how" class="text-2xl font-semibold tracking-tight">
                        {tu_string!(i18n, account.landing.how)}
                    </h2>
                    <ol class="mt-8 grid gap-8 md:grid-cols-3">
                        {step(
                            1,
                            tu_string!(i18n, account.landing.step_knowledge),
                            tu_string!(i18n, account.landing.step_knowledge_text),
                        )}
                        {step(
                            2,
                            tu_string!(i18n, account.landing.step_widget),
                            tu_string!(i18n, account.landing.step_widget_text),
                        )}
                        {step(
                            3,
                            tu_string!(i18n, account.landing.step_answer),
                            tu_string!(i18n, account.landing.step_answer_text),
                        )}
                    </ol>
                </section>
                <section class="mx-auto max-w-6xl px-5 pb-20">
                    <div class="feature-grid">
                        {feature(
                            icons::QUOTE,
                            tu_string!(i18n, account.landing.cites),
                            tu_string!(i18n, account.landing.cites_text),
                        )}
                        {feature(
                            icons::HAND,
                            tu_string!(i18n, account.landing.people),
                            tu_string!(i18n, account.landing.people_text),
                        )}
                        {feature(
                            icons::INBOX,
                            tu_string!(i18n, account.landing.inbox),
                            tu_string!(i18n, account.landing.inbox_text),
                        )}
                        {feature(
                            icons::SHIELD,
                            tu_string!(i18n, account.landing.own),
                            tu_string!(i18n, account.landing.own_text),
                        )}
                        {feature(
                            icons::BOT,
                            tu_string!(i18n, account.landing.models),
                            tu_string!(i18n, account.landing.models_text),
                        )}
                        {feature(
                            icons::CODE,
                            tu_string!(i18n, account.landing.open),
                            tu_string!(i18n, account.landing.open_text),
                        )}
                    </div>
                </section>
            </main>
            <footer class="border-t border-line">
                <div class="mx-auto flex max-w-6xl flex-wrap items-center gap-4 px-5 py-6 text-sm text-muted">
                    <span class="me-auto">{tu_string!(i18n, account.landing.footer)}</span>
                    <base::LanguageForm />
                </div>
            </footer>
        </div>
    }
}

fn step(number: u32, title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li>
            <span class="step-number" aria-hidden="true">{number}</span>
            <h3 class="mt-4 font-semibold">{title}</h3>
            <p class="mt-1 text-muted">{text}</p>
        </li>
    }
}

fn feature(glyph: Glyph, title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <div class="feature">
            <span class="text-primary"><Icon glyph class="size-5" /></span>
            <h3 class="mt-3 font-semibold">{title}</h3>
            <p class="mt-1 text-muted">{text}</p>
        </div>
    }
}
