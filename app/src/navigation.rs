use base::NavigationEntry;
use i18n::*;
use leptos::prelude::*;
use leptos_router::components::A;
use types::conversation::InboxCounts;
use ui::Icon;

/// Every area's entry, in the order of the sidebar.
pub fn entries() -> Vec<NavigationEntry> {
    let mut entries = vec![overview::navigation(), inbox::navigation(), contacts::navigation()];
    entries.extend([knowledge::navigation(), agents::navigation()]);
    entries.extend(settings::navigation());
    entries
}

/// One link of the navigation.
#[component]
pub fn NavLink(
    entry: NavigationEntry,
    /// Called when it is followed.
    #[prop(optional, into)]
    on_follow: Option<Callback<()>>,
) -> impl IntoView {
    let i18n = use_i18n();
    // The overview is `/app` itself: it is the open page only when nothing follows.
    let exact = entry.path == "/app";
    view! {
        <A
            href=entry.path
            exact=exact
            attr:class="nav-link"
            on:click=move |_| {
                if let Some(on_follow) = on_follow {
                    on_follow.run(());
                }
            }
        >
            <Icon glyph=entry.icon class="size-4.5" />
            <span class="truncate">{(entry.label)(i18n)}</span>
            {entry.shows_unread.then(|| view! { <Unread /> })}
        </A>
    }
}

/// How many conversations wait to be read.
#[component]
fn Unread() -> impl IntoView {
    let i18n = use_i18n();
    let counts = base::use_counts();
    view! {
        <Transition fallback=|| ()>
            {move || {
                let unread = counts.get().map_or(0, |counts| counts.all);
                let text = InboxCounts::text(unread);
                (unread > 0)
                    .then(|| {
                        view! {
                            <span class="nav-count">
                                <span aria-hidden="true">{text.clone()}</span>
                                <span class="sr-only">{tu_string!(i18n, common.nav.unread, count = text)}</span>
                            </span>
                        }
                    })
            }}
        </Transition>
    }
}
