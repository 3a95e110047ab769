use std::time::Duration;

use base::{Loaded, Page, counts::settled, use_live};
use i18n::*;
use leptos::prelude::*;
use types::event::EventName;
use ui::Skeleton;

use crate::{chart::Chart, checklist::ChecklistPanel, figures::Figures, rpc::load_overview};

/// Events within this time lead to one count: where many write, the figures change all the time.
const SETTLE: Duration = Duration::from_secs(2);

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let i18n = use_i18n();
    let overview = Resource::new(|| (), |()| load_overview());
    let reload = settled(SETTLE, move || overview.refetch());
    let live = use_live();
    live.on_event(move |event| {
        if matches!(
            event.name,
            EventName::ConversationCreated
                | EventName::ConversationClosed
                | EventName::ConversationReopened
                | EventName::ConversationAssigned
                | EventName::ConversationOwnerChanged
                | EventName::MessageCreated
                | EventName::SourceUpdated
                | EventName::AgentCreated
        ) {
            reload();
        }
    });
    live.on_reload(move || overview.refetch());
    view! {
        <Page title=tu_string!(i18n, overview.title)>
            <Loaded resource=overview fallback=|| view! { <Skeletons /> } let:overview>
                {(!overview.checklist.is_complete())
                    .then(|| view! { <ChecklistPanel checklist=overview.checklist /> })}
                <Figures overview=overview.clone() />
                <Chart days=overview.days.clone() />
            </Loaded>
        </Page>
    }
}

#[component]
fn Skeletons() -> impl IntoView {
    view! {
        <div class="grid grid-cols-2 gap-3 lg:grid-cols-4" aria-busy="true">
            {(0..8).map(|_| view! { <Skeleton class="h-22" /> }).collect_view()}
        </div>
        <Skeleton class="mt-4 h-72" />
    }
}
