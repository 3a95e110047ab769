use leptos::{
    ev,
    form::FromFormData,
    html,
    prelude::*,
    server_fn::{
        Http, ServerFn,
        codec::PostUrl,
        error::{IntoAppError, ServerFnErrorErr},
    },
};
use serde::de::DeserializeOwned;

use crate::{AppError, tab};

/// A form whose fields are the arguments of a server function, with and without script. As Leptos' own, but it also says
/// without script for which member its page was made.
#[component]
pub fn ActionForm<F, O>(
    action: ServerAction<F>,
    #[prop(optional)] node_ref: NodeRef<html::Form>,
    children: Children,
) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Error = AppError, Protocol = Http<PostUrl, O>> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
{
    let on_submit = move |event: ev::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        match F::from_event(&event) {
            Ok(input) => _ = action.dispatch(input),
            Err(error) => {
                action.value().set(Some(Err(ServerFnErrorErr::Serialization(error.to_string()).into_app_error())));
                action.version().update(|version| *version += 1);
            }
        }
    };
    view! {
        <form node_ref=node_ref method="post" action=tab::own(F::PATH) on:submit=on_submit>
            {children()}
        </form>
    }
}
