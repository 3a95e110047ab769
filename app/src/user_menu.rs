use base::Theme;
use i18n::*;
use leptos::{prelude::*, server_fn::ServerFn};
use ui::{Avatar, Icon, Menu, MenuDivider, MenuItem, MenuLink, MenuTitle, icons};

/// The signed-in member: profile, theme, language, shortcuts, log out.
#[component]
pub fn UserMenu(place: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let theme = base::use_theme();
    let shortcuts = base::shortcuts::use_shortcuts();
    let me = base::use_me();
    let choice = move |value: Theme, icon, label: &'static str| {
        view! {
            <MenuItem icon checked=Signal::derive(move || theme.get() == value) on_click=move |()| theme.set(value)>
                {label}
            </MenuItem>
        }
    };
    view! {
        <Menu
            trigger=|| view! { <Who /> }
            button_class="user-button"
            place=place
            width="w-60"
        >
            <MenuLink href="/app/settings/profile" icon=icons::USER>
                {tu_string!(i18n, common.menu.profile)}
            </MenuLink>
            <Transition>
                {move || {
                    me.get()
                        .filter(|me| me.is_platform_admin)
                        .map(|_| {
                            view! {
                                <MenuLink href="/admin" icon=icons::SHIELD>
                                    {tu_string!(i18n, common.menu.administration)}
                                </MenuLink>
                            }
                        })
                }}
            </Transition>
            <MenuItem icon=icons::KEYBOARD on_click=move |()| shortcuts.sheet_open.set(true)>
                {tu_string!(i18n, common.menu.shortcuts)}
            </MenuItem>
            <MenuDivider />
            <MenuTitle>{tu_string!(i18n, common.menu.theme)}</MenuTitle>
            {choice(Theme::System, icons::MONITOR, tu_string!(i18n, common.menu.theme_system))}
            {choice(Theme::Light, icons::SUN, tu_string!(i18n, common.menu.theme_light))}
            {choice(Theme::Dark, icons::MOON, tu_string!(i18n, common.menu.theme_dark))}
            <MenuDivider />
            <MenuTitle>{tu_string!(i18n, common.menu.language)}</MenuTitle>
            <li>
                <div class="flex gap-1 p-1 hover:bg-transparent cursor-default">
                    <base::LanguageForm button_class="btn btn-xs aria-pressed:btn-active flex-1" />
                </div>
            </li>
            <MenuDivider />
            <li>
                // By a full load: nothing of this session stays in the tab.
                <form method="post" action=account::LogOut::PATH class="contents" on:submit=|_| base::forget_tab()>
                    <button type="submit" class="w-full">
                        <Icon glyph=icons::LOG_OUT />
                        {tu_string!(i18n, common.menu.log_out)}
                    </button>
                </form>
            </li>
        </Menu>
    }
}

#[component]
fn Who() -> impl IntoView {
    let i18n = use_i18n();
    let me = base::use_me();
    view! {
        <span class="sr-only">{tu_string!(i18n, common.menu.account)}</span>
        <Transition fallback=|| {
            view! { <ui::Skeleton class="size-7 rounded-full" /> }
        }>
            {move || {
                me.get()
                    .map(|me| {
                        view! {
                            <Avatar name=me.name.clone() seed=me.member_id.to_string() class="size-7 text-xs" />
                            <span class="min-w-0 flex-1 text-start">
                                <span class="block truncate font-medium leading-tight">{me.name}</span>
                                <span class="block truncate text-xs text-muted leading-tight">{me.email}</span>
                            </span>
                            <Icon glyph=icons::CHEVRON_UP class="size-4 text-muted" />
                        }
                    })
            }}
        </Transition>
    }
}
