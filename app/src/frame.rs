use base::{AppError, Connection, error_text};
use i18n::*;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use ui::{Drawer, Icon, IconButton, ToastList, icons};

use crate::{
    navigation::{NavLink, entries},
    palette::{PaletteButton, PaletteDialog, register_pages},
    shortcut_sheet::ShortcutSheet,
    user_menu::UserMenu,
};

/// The dashboard's frame: navigation at the side (below a width, a bar at the top and a drawer), the page beside it.
#[component]
pub fn Frame() -> impl IntoView {
    let i18n = use_i18n();
    base::provide_me();
    let live = base::live::provide_live();
    base::counts::provide_counts();
    base::shortcuts::provide_shortcuts();
    base::palette::provide_palette();
    inbox::provide_drafts();
    register_pages(i18n);

    let drawer = RwSignal::new(false);
    let path = use_location().pathname;
    Effect::new(move || {
        path.track();
        drawer.set(false);
    });

    view! {
        <a href="#main" class="skip-link">
            {tu_string!(i18n, common.nav.skip)}
        </a>
        <div class="frame">
            <aside class="sidebar">
                <a href="/app/settings/organizations" class="flex items-center gap-2 px-2 py-1.5">
                    <OrganizationName />
                </a>
                <PaletteButton />
                <nav class="mt-3 flex flex-col gap-0.5" aria-label=tu_string!(i18n, common.nav.label)>
                    {entries().into_iter().map(|entry| view! { <NavLink entry /> }).collect_view()}
                </nav>
                <div class="mt-auto pt-3">
                    <UserMenu place="dropdown-top" />
                </div>
            </aside>
            <header class="topbar">
                <IconButton
                    glyph=icons::MENU
                    label=tu_string!(i18n, common.nav.label)
                    on_click=move |_| drawer.set(true)
                />
                <a href="/app/settings/organizations" class="flex min-w-0 flex-1 items-center gap-2">
                    <OrganizationName />
                </a>
                <IconButton
                    glyph=icons::SEARCH
                    label=tu_string!(i18n, common.palette.open)
                    on_click=move |_| base::palette::use_palette().open.set(true)
                />
            </header>
            <main id="main" class="page" tabindex="-1">
                {move || {
                    let (text, href) = match live.state() {
                        Connection::Lost => (tu_string!(i18n, common.live.reconnecting).to_owned(), None),
                        // This page once more: the server leads from it to where one signs in, and back.
                        Connection::Refused(code) => (error_text(i18n, &AppError::new(code, "")), Some("")),
                        Connection::Outdated => (tu_string!(i18n, common.error.outdated).to_owned(), Some("")),
                        _ => return None,
                    };
                    Some(
                        view! {
                            <p class="live-lost" role="status">
                                <Icon glyph=icons::WIFI_OFF />
                                <a href=href rel="external">
                                    {text}
                                </a>
                            </p>
                        },
                    )
                }}
                <Outlet />
            </main>
        </div>
        <Drawer
            open=drawer
            title=tu_string!(i18n, common.product)
            close_label=tu_string!(i18n, common.action.close)
        >
            <nav class="flex flex-col gap-0.5" aria-label=tu_string!(i18n, common.nav.label)>
                {entries()
                    .into_iter()
                    .map(|entry| view! { <NavLink entry on_follow=move |()| drawer.set(false) /> })
                    .collect_view()}
            </nav>
            <div class="mt-6 border-t border-line pt-3">
                <UserMenu place="dropdown-top" />
            </div>
        </Drawer>
        <PaletteDialog />
        <ShortcutSheet />
        <ToastList close_label=tu_string!(i18n, common.action.close) />
    }
}

/// The organization that the session works in.
#[component]
fn OrganizationName() -> impl IntoView {
    let me = base::use_me();
    view! {
        <Transition fallback=|| view! { <ui::Skeleton class="h-4 w-28" /> }>
            {move || {
                me.get()
                    .map(|me| {
                        view! {
                            <span class="org-mark" aria-hidden="true">
                                {ui::initials(&me.organization.name)}
                            </span>
                            <span class="truncate font-semibold">{me.organization.name}</span>
                        }
                    })
            }}
        </Transition>
    }
}
