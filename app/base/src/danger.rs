use i18n::*;
use leptos::{
    prelude::*,
    server_fn::{Http, ServerFn, codec::PostUrl},
    text_prop::TextProp,
};
use serde::de::DeserializeOwned;
use types::error::ErrorCode;
use ui::{Alert, Button, ButtonStyle, Icon, Tone, icons, use_toasts};

use crate::{ActionForm, AppError, action_error, error_text, successes};

/// Asks before something is deleted, taken away or shut off: a line that opens in place to what is lost and to the form
/// that does it. The browser opens and sends it by itself, so it asks before the script has come and without it.
#[component]
pub fn Danger<F, Out>(
    action: ServerAction<F>,
    /// What is done, on the line and on the button.
    #[prop(into)]
    label: TextProp,
    /// The question that names the thing, unless `text` or a field does.
    #[prop(optional, into)]
    title: Option<TextProp>,
    /// What is lost with it.
    #[prop(into)]
    text: TextProp,
    /// What to say when how things stand forbids it.
    #[prop(optional)]
    conflict: Option<&'static str>,
    /// What to say when it is done.
    #[prop(optional)]
    done: Option<&'static str>,
    /// One of several that share the action: a part of its row, which does not know whose the error is. The page shows it.
    #[prop(optional)]
    in_list: bool,
    #[prop(optional)] class: &'static str,
    /// The fields of the form.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView
where
    F: ServerFn<Error = AppError, Protocol = Http<PostUrl, Out>> + DeserializeOwned + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    if let Some(done) = done {
        let (toasts, count) = (use_toasts(), successes(action));
        Effect::new(move || {
            if count.get() > 0 {
                toasts.success(done);
            }
        });
    }
    let error = (!in_list).then(|| action_error(action));
    let button = label.clone();
    let form = view! {
        <ActionForm action attr:class="space-y-3">
            {children.map(|children| children())}
            <Button kind="submit" style=ButtonStyle::Danger pending=action.pending()>
                {move || button.get()}
            </Button>
        </ActionForm>
    };
    let class = if in_list { String::new() } else { format!("panel {class}") };
    fold(class, label, title, text, error, conflict, form.into_any())
}

/// The line and what it opens to. Refused without script, it stands open in the page that comes back.
fn fold(
    class: String,
    label: TextProp,
    title: Option<TextProp>,
    text: TextProp,
    error: Option<Signal<Option<AppError>>>,
    conflict: Option<&'static str>,
    form: AnyView,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_refused = error.is_some_and(|error| error.with_untracked(Option::is_some));
    // What is wrong with a field stands at the field.
    let of_form = |error: &AppError| error.code != ErrorCode::Validation || error.details.is_empty();
    let refusal = move || {
        error?.get().filter(of_form).map(|error| {
            let text = conflict.filter(|_| error.is_conflict()).map_or_else(|| error_text(i18n, &error), str::to_owned);
            view! { <Alert tone=Tone::Danger class="mb-3">{text}</Alert> }
        })
    };
    view! {
        <details class=class open=is_refused>
            <summary class="flex cursor-pointer items-center gap-2 px-4 py-3 text-error">
                <Icon glyph=icons::TRIANGLE_ALERT />
                {move || label.get()}
            </summary>
            <div class="border-t border-line p-4">
                {refusal}
                {title.map(|title| view! { <p class="font-semibold break-words">{move || title.get()}</p> })}
                <p class="mb-3 text-muted">{move || text.get()}</p>
                {form}
            </div>
        </details>
    }
}
