use i18n::*;
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_meta::Title;
use serde::{Serialize, de::DeserializeOwned};
use types::error::ErrorCode;
use ui::{Alert, ErrorPanel, Icon, SkeletonRows, Tone, icons};

use crate::{AppError, MeResource, Stage, error_text};

/// The frame of a page: its title (also the document's), what can be done, and what it shows.
#[component]
pub fn Page(
    #[prop(into)] title: TextProp,
    /// One sentence below the title.
    #[prop(optional, into)]
    subtitle: Option<TextProp>,
    /// Address and name of the page above this one.
    #[prop(optional)]
    back: Option<(String, &'static str)>,
    /// Buttons beside the title.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    /// Classes of the page's width: `max-w-5xl` unless said; `max-w-none` for lists that fill the screen.
    #[prop(default = "max-w-5xl")]
    width: &'static str,
    children: Children,
) -> impl IntoView {
    // A title may be read from what is still being loaded.
    let heading = move || {
        let text = title.get().to_string();
        view! {
            <Title text=text.clone() />
            {text}
        }
    };
    view! {
        <div class=format!("mx-auto w-full px-4 py-5 sm:px-6 sm:py-7 {width}")>
            {back
                .map(|(href, label)| {
                    view! {
                        <a href=href class="back-link">
                            <Icon glyph=icons::ARROW_LEFT class="size-3.5" />
                            {label}
                        </a>
                    }
                })}
            <header class="mb-5 flex flex-wrap items-start justify-between gap-3">
                <div class="min-w-0">
                    <h1 tabindex="-1" class="text-xl font-semibold tracking-tight break-words">
                        <Transition>{heading}</Transition>
                    </h1>
                    {subtitle.map(|text| view! { <p class="text-muted mt-0.5">{move || text.get()}</p> })}
                </div>
                <div class="flex flex-wrap items-center gap-2">{actions.run()}</div>
            </header>
            {children()}
        </div>
    }
}

/// A box with hairline borders; with a title when it has one.
#[component]
pub fn Panel(
    #[prop(optional, into)] title: Option<TextProp>,
    #[prop(optional, into)] actions: ViewFnOnce,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("panel {}", class.unwrap_or_default())>
            {title
                .map(|title| {
                    view! {
                        <header class="flex items-center justify-between gap-3 border-b border-line px-4 py-3">
                            <h2 class="font-semibold">{move || title.get()}</h2>
                            <div class="flex items-center gap-2">{actions.run()}</div>
                        </header>
                    }
                })}
            {children()}
        </section>
    }
}

/// What stands in place of a panel that could not be loaded.
#[component]
pub fn ErrorView(error: AppError, #[prop(optional, into)] on_retry: Option<Callback<()>>) -> impl IntoView {
    let i18n = use_i18n();
    let title = match error.code {
        ErrorCode::NotFound => tu_string!(i18n, common.error.page_not_found),
        _ => tu_string!(i18n, common.error.title),
    };
    let request = error.request_id.clone().map(|id| {
        view! { <p class="text-center text-sm text-muted pb-6">{tu_string!(i18n, common.error.request, id = id)}</p> }
    });
    let on_retry = if error.is_outdated() {
        Some(Callback::new(|()| _ = location().reload()))
    } else {
        on_retry.filter(|_| !matches!(error.code, ErrorCode::NotFound | ErrorCode::Forbidden | ErrorCode::SecondFactor))
    };
    let text = error_text(i18n, &error);
    let retry_label = if error.is_outdated() {
        tu_string!(i18n, common.action.reload)
    } else {
        tu_string!(i18n, common.action.retry)
    };
    match on_retry {
        Some(on_retry) => view! { <ErrorPanel title text retry_label on_retry />{request} }.into_any(),
        None => view! { <ErrorPanel title text retry_label />{request} }.into_any(),
    }
}

/// What is wrong with a form as a whole, above its fields: a text for the code of the action's last error.
#[component]
pub fn FormErrors(
    /// The error of the action's last answer.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    move || error.get().map(|error| view! { <Alert tone=Tone::Danger class="mb-4">{error_text(i18n, &error)}</Alert> })
}

/// Shows what a resource loaded: grey rows at first, the old content while it is loaded again, and an error with a
/// retry. Create the resource at the route's level; `children` makes none.
#[component]
pub fn Loaded<T, V>(
    resource: Resource<Result<T, AppError>>,
    #[prop(default = (|| view! { <SkeletonRows /> }).into(), into)] fallback: ViewFn,
    children: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    let on_retry = Callback::new(move |()| resource.refetch());
    let me = use_context::<MeResource>();
    view! {
        <Transition fallback=move || fallback.run()>
            {
                let stage = Stage::here();
                move || {
                    let (stage, children) = (stage.clone(), children.clone());
                    // Who is signed in is known first: `children` may ask what they may do. Another name is no reason to
                    // make them anew.
                    let me = me.map(|me| ScopedFuture::new_untracked(untrack(|| me.resource().into_future())));
                    Suspend::new(async move {
                        if let Some(me) = me {
                            _ = me.await;
                        }
                        let loaded = resource.await;
                        let draw = move || match loaded {
                            Ok(value) => children(value).into_any(),
                            Err(error) => view! { <ErrorView error on_retry /> }.into_any(),
                        };
                        stage.show(Box::new(draw)).await
                    })
                }
            }
        </Transition>
    }
}
