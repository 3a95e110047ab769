use i18n::*;
use leptos::prelude::*;
use ui::{TabLink, Tabs};

/// The parts of the area.
#[component]
pub fn KnowledgeTabs() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Tabs label=tu_string!(i18n, knowledge.tabs.label)>
            <TabLink href="/app/knowledge" exact=true>
                {tu_string!(i18n, knowledge.tabs.sources)}
            </TabLink>
            <TabLink href="/app/knowledge/answers">{tu_string!(i18n, knowledge.tabs.answers)}</TabLink>
            <TabLink href="/app/knowledge/search">{tu_string!(i18n, knowledge.tabs.search)}</TabLink>
        </Tabs>
    }
}
