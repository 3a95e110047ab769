//! `/app/settings/appearance`: how the dashboard looks in this browser.

use base::{LanguageForm, Page, Panel, Theme, shortcuts::use_shortcuts, use_theme};
use i18n::*;
use leptos::prelude::*;
use ui::{Switch, checks};

use crate::tabs::SettingsTabs;

/// Theme, language and keyboard shortcuts.
#[component]
pub fn AppearancePage() -> impl IntoView {
    let i18n = use_i18n();
    let theme = use_theme();
    let shortcuts = use_shortcuts();
    let choice = move |value: Theme, label: &'static str| {
        let is_chosen = Signal::derive(move || theme.get() == value);
        view! {
            <label class="flex items-center gap-2">
                <input
                    type="radio"
                    class="radio radio-sm"
                    name="theme"
                    checked=is_chosen.get_untracked()
                    use:checks=is_chosen
                    on:change=move |event| {
                        // What was chosen before the script came tells also what is chosen no more.
                        if event_target_checked(&event) {
                            theme.set(value);
                        }
                    }
                />
                {label}
            </label>
        }
    };
    view! {
        <Page
            title=tu_string!(i18n, settings.tabs.appearance)
            subtitle=tu_string!(i18n, settings.appearance.intro)
            width="max-w-4xl"
        >
            <SettingsTabs />
            <Panel class="space-y-6 p-4 sm:p-6">
                <fieldset class="space-y-2">
                    <legend class="mb-2 font-semibold">{tu_string!(i18n, settings.appearance.theme)}</legend>
                    {choice(Theme::System, tu_string!(i18n, settings.appearance.system))}
                    {choice(Theme::Light, tu_string!(i18n, settings.appearance.light))}
                    {choice(Theme::Dark, tu_string!(i18n, settings.appearance.dark))}
                </fieldset>
                <div>
                    <h2 class="mb-2 font-semibold">{tu_string!(i18n, settings.appearance.language)}</h2>
                    <LanguageForm />
                </div>
                <Switch
                    label=tu_string!(i18n, common.shortcuts.enabled)
                    hint=tu_string!(i18n, common.shortcuts.enabled_hint)
                    checked=Signal::derive(move || shortcuts.enabled())
                    on_change=move |enabled| shortcuts.set_enabled(enabled)
                />
            </Panel>
        </Page>
    }
}
