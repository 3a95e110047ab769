use std::{cell::RefCell, rc::Rc};

use leptos::{
    ev,
    form::FromFormData,
    prelude::*,
    server_fn::{
        Http, ServerFn,
        codec::PostUrl,
        error::{IntoAppError, ServerFnErrorErr},
    },
};
use serde::de::DeserializeOwned;

use crate::{
    AppError,
    emptied::Sent,
    redirects::{SentFrom, place_of_page},
    successes, tab,
};

/// A form whose fields are the arguments of a server function, with and without script. As Leptos' own, but it also says
/// without script for which member its page was made.
#[component]
pub fn ActionForm<F, O>(
    action: ServerAction<F>,
    /// Loads what the form shows anew once it is saved. What was typed since it was sent stays: nothing is loaded then.
    #[prop(default = None, into)]
    reload: Option<Callback<()>>,
    /// Names of the fields that are emptied once it is saved, unless they were changed since it was sent: what is done once
    /// is not to be done again.
    #[prop(optional)]
    empties: &'static [&'static str],
    children: Children,
) -> impl IntoView
where
    F: DeserializeOwned + ServerFn<Error = AppError, Protocol = Http<PostUrl, O>> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let dispatch = move |event: &ev::SubmitEvent| match F::from_event(event) {
        Ok(input) => _ = action.dispatch(input),
        Err(error) => {
            action.value().set(Some(Err(ServerFnErrorErr::Serialization(error.to_string()).into_app_error())));
            action.version().update(|version| *version += 1);
        }
    };
    form(F::PATH, successes(action), reload, empties, Box::new(dispatch), children)
}

/// The form, as far as it is the same for all functions: browsers load it once.
fn form(
    path: &'static str,
    saved: Memo<usize>,
    reload: Option<Callback<()>>,
    empties: &'static [&'static str],
    dispatch: Box<dyn Fn(&ev::SubmitEvent)>,
    children: Children,
) -> impl IntoView {
    let has_changed = StoredValue::new(false);
    // The form is made anew in a moment: what is typed until then would be lost.
    let is_reloading = RwSignal::new(false);
    let sent = Rc::new(RefCell::new(Sent::default()));
    let was_sent = sent.clone();
    Effect::new(move || {
        if saved.get() == 0 {
            return;
        }
        was_sent.take().empty();
        if let Some(reload) = reload.filter(|_| !has_changed.get_value()) {
            is_reloading.set(true);
            reload.run(());
        }
    });
    let (sent_from, place) = (SentFrom::here(), place_of_page());
    let on_submit = move |event: ev::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        sent.replace(Sent::of(&event_target(&event), empties));
        has_changed.set_value(false);
        sent_from.note(place());
        dispatch(&event);
    };
    view! {
        <form
            method="post"
            action=tab::own(path)
            inert=is_reloading
            on:submit=on_submit
            on:input=move |_| has_changed.set_value(true)
        >
            {children()}
        </form>
    }
}
