use base::shortcuts::{Shortcut, use_shortcuts};
use i18n::*;
use leptos::prelude::*;
use ui::{Dialog, Kbd, Switch, capitalized};

/// The list of shortcuts that work on this page, and the switch that turns them off.
#[component]
pub fn ShortcutSheet() -> impl IntoView {
    let i18n = use_i18n();
    let shortcuts = use_shortcuts();
    view! {
        <Dialog
            open=shortcuts.sheet_open
            title=tu_string!(i18n, common.shortcuts.title)
            close_label=tu_string!(i18n, common.action.close)
        >
            {move || {
                groups(shortcuts.list())
                    .into_iter()
                    .map(|(group, list)| {
                        view! {
                            <h3 class="mt-3 mb-1 text-sm font-medium text-muted">{group}</h3>
                            <dl>
                                {list
                                    .into_iter()
                                    .map(|entry| {
                                        view! {
                                            <div class="flex items-center justify-between gap-4 py-1">
                                                <dt>{entry.label}</dt>
                                                <dd class="flex items-center gap-1">{keys(i18n, entry.keys)}</dd>
                                            </div>
                                        }
                                    })
                                    .collect_view()}
                            </dl>
                        }
                    })
                    .collect_view()
            }}
            <div class="mt-4 border-t border-line pt-3">
                <Switch
                    label=tu_string!(i18n, common.shortcuts.enabled)
                    hint=tu_string!(i18n, common.shortcuts.enabled_hint)
                    checked=Signal::derive(move || shortcuts.enabled())
                    on_change=move |enabled| shortcuts.set_enabled(enabled)
                />
            </div>
        </Dialog>
    }
}

/// The shortcuts under their headings, both in order of registration.
fn groups(list: Vec<Shortcut>) -> Vec<(String, Vec<Shortcut>)> {
    let mut groups: Vec<(String, Vec<Shortcut>)> = Vec::new();
    for entry in list {
        match groups.iter_mut().find(|(group, _)| *group == entry.group) {
            Some((_, entries)) => entries.push(entry),
            None => groups.push((entry.group.clone(), vec![entry])),
        }
    }
    groups
}

/// `g i` as two keys one after the other, `ctrl+enter` as two at once.
fn keys(i18n: I18n, keys: &'static str) -> impl IntoView {
    keys.split(' ')
        .enumerate()
        .map(|(index, stroke)| {
            view! {
                {(index > 0)
                    .then(|| view! { <span class="text-xs text-muted">{tu_string!(i18n, common.shortcuts.then)}</span> })}
                {stroke
                    .split('+')
                    .map(|key| {
                        view! { <Kbd>{capitalized(key)}</Kbd> }
                    })
                    .collect_view()}
            }
        })
        .collect_view()
}
