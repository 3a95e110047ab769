use base::use_me;
use i18n::*;
use leptos::prelude::*;
use types::permission::Permission;
use ui::{TabLink, Tabs};

/// The parts of the settings.
#[component]
pub fn SettingsTabs() -> impl IntoView {
    let (i18n, me) = (use_i18n(), use_me());
    view! {
        <Tabs label=tu_string!(i18n, settings.tabs.label)>
            <TabLink href="/app/settings" exact=true>
                {tu_string!(i18n, settings.tabs.organization)}
            </TabLink>
            <TabLink href="/app/settings/members">{tu_string!(i18n, settings.tabs.members)}</TabLink>
            <TabLink href="/app/settings/roles">{tu_string!(i18n, settings.tabs.roles)}</TabLink>
            <TabLink href="/app/settings/teams">{tu_string!(i18n, settings.tabs.teams)}</TabLink>
            <Suspense>
                <Show when=move || me.may(Permission::ApiKeysRead)>
                    <TabLink href="/app/settings/api-keys">{tu_string!(i18n, settings.tabs.api_keys)}</TabLink>
                </Show>
                <Show when=move || me.may(Permission::WebhooksRead)>
                    <TabLink href="/app/settings/webhooks">{tu_string!(i18n, settings.tabs.webhooks)}</TabLink>
                </Show>
                <Show when=move || me.may(Permission::AuditRead)>
                    <TabLink href="/app/settings/audit">{tu_string!(i18n, settings.tabs.audit)}</TabLink>
                </Show>
            </Suspense>
            <TabLink href="/app/settings/profile">{tu_string!(i18n, settings.tabs.profile)}</TabLink>
            <TabLink href="/app/settings/appearance">{tu_string!(i18n, settings.tabs.appearance)}</TabLink>
        </Tabs>
    }
}
