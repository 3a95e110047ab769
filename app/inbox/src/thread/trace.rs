//! How an agent's answer came about, on demand.

use base::TraceView;
use i18n::*;
use leptos::prelude::*;
use ui::{Drawer, Skeleton};

use super::state::use_thread;
use crate::rpc;

/// The panel that shows the trace of an answer.
#[component]
pub fn TraceDrawer() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let open = RwSignal::new(false);
    Effect::new(move || open.set(state.traced.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            state.traced.set(None);
        }
        is_open
    });
    // With its message, so that what was loaded before is not taken for the answer.
    let trace = LocalResource::new(move || {
        let wanted = state.traced.get();
        async move {
            let id = wanted?;
            Some((id, rpc::get_trace(id).await))
        }
    });
    view! {
        <Drawer open title=tu_string!(i18n, agents.trace.title) close_label=tu_string!(i18n, common.action.close)>
            {move || match trace.get().flatten().filter(|(id, _)| state.traced.get() == Some(*id)) {
                None => view! { <Skeleton class="h-40 w-full" /> }.into_any(),
                Some((_, Ok(Some(trace)))) => view! { <TraceView trace /> }.into_any(),
                Some((_, Ok(None))) => {
                    view! { <p class="text-muted">{tu_string!(i18n, inbox.trace_none)}</p> }.into_any()
                }
                Some((_, Err(_))) => {
                    view! { <p class="text-error" role="alert">{tu_string!(i18n, inbox.trace_failed)}</p> }.into_any()
                }
            }}
        </Drawer>
    }
}
