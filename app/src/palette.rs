use base::palette::{Act, Command, command, use_palette};
use i18n::*;
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use ui::{Icon, Kbd, icons};

use crate::navigation::entries;

/// Registers every page with the palette and its two keys (`g i` for the inbox), and the general shortcuts.
pub fn register_pages(i18n: I18n) {
    use base::shortcuts::{shortcut, use_shortcuts};
    let general = tu_string!(i18n, common.shortcuts.general);
    let palette = use_palette();
    let sheet_open = use_shortcuts().sheet_open;
    shortcut("ctrl+k", tu_string!(i18n, common.shortcuts.palette), general, move || {
        palette.open.update(|open| *open = !*open)
    });
    shortcut("?", tu_string!(i18n, common.shortcuts.help), general, move || sheet_open.set(true));
    for entry in entries() {
        let title = tu_string!(i18n, common.palette.go_to, place = (entry.label)(i18n));
        command(Command {
            title: (entry.label)(i18n),
            group: tu_string!(i18n, common.palette.pages).to_owned(),
            icon: entry.icon,
            act: Act::Go(entry.path.to_owned()),
        });
        let navigate = use_navigate();
        shortcut(entry.keys, title, general, move || navigate(entry.path, NavigateOptions::default()));
    }
}

/// Opens the palette.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let i18n = use_i18n();
    let palette = use_palette();
    view! {
        <button type="button" class="palette-button" on:click=move |_| palette.open.set(true)>
            <Icon glyph=icons::SEARCH />
            <span class="flex-1 truncate text-start">{tu_string!(i18n, common.palette.open)}</span>
            <Kbd>"Ctrl K"</Kbd>
        </button>
    }
}

/// The palette: one field, what matches below it, all by keyboard.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let i18n = use_i18n();
    let palette = use_palette();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (palette.open.get(), dialog.open()) {
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            node_ref=node
            class="modal modal-top"
            aria-label=tu_string!(i18n, common.palette.open)
            on:close=move |_| palette.open.set(false)
        >
            <div class="modal-box palette-box">
                <Show when=move || palette.open.get()>
                    <PaletteBody />
                </Show>
            </div>
            <form method="dialog" class="modal-backdrop">
                <button tabindex="-1" aria-hidden="true"></button>
            </form>
        </dialog>
    }
}

#[component]
fn PaletteBody() -> impl IntoView {
    let i18n = use_i18n();
    let palette = use_palette();
    let words = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let found = Memo::new(move |_| Found(matching(i18n, &palette.commands(), &words.get())));
    let navigate = use_navigate();
    let run = move |index: usize| {
        let Some(command) = found.with_untracked(|found| found.0.get(index).cloned()) else { return };
        palette.open.set(false);
        match command.act {
            Act::Go(path) => navigate(&path, NavigateOptions::default()),
            Act::Run(callback) => callback.run(()),
        }
    };
    let run = StoredValue::new_local(run);
    let choose = move |index: usize| {
        chosen.set(index);
        if let Some(entry) = document().get_element_by_id(&format!("palette-{index}")) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            entry.scroll_into_view_with_scroll_into_view_options(&options);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let count = found.with_untracked(|found| found.0.len());
        let index = chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => choose((index + 1) % count),
            "ArrowUp" if count > 0 => choose((index + count - 1) % count),
            "Enter" => run.with_value(|run| run(index)),
            _ => return,
        }
        event.prevent_default();
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            _ = input.focus();
        }
    });
    view! {
        <label class="palette-field">
            <Icon glyph=icons::SEARCH />
            <input
                node_ref=input
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || format!("palette-{}", chosen.get())
                aria-label=tu_string!(i18n, common.palette.placeholder)
                placeholder=tu_string!(i18n, common.palette.placeholder)
                autocomplete="off"
                on:input=move |event| {
                    words.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=on_key
            />
        </label>
        <ul id="palette-list" role="listbox" class="palette-list" aria-label=tu_string!(i18n, common.palette.open)>
            {move || {
                let mut group = String::new();
                found
                    .get()
                    .0
                    .into_iter()
                    .enumerate()
                    .map(|(index, command)| {
                        let head = (group != command.group).then(|| command.group.clone());
                        group.clone_from(&command.group);
                        view! {
                            {head.map(|head| view! { <li class="palette-group" role="presentation">{head}</li> })}
                            <li
                                id=format!("palette-{index}")
                                role="option"
                                aria-selected=move || if chosen.get() == index { "true" } else { "false" }
                                class="palette-entry"
                                on:mousemove=move |_| {
                                    if chosen.get_untracked() != index {
                                        chosen.set(index);
                                    }
                                }
                                on:click=move |_| run.with_value(|run| run(index))
                            >
                                <Icon glyph=command.icon />
                                <span class="truncate">{command.title}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
        <Show when=move || found.with(|found| found.0.is_empty())>
            <p class="px-4 pb-6 text-center text-muted">{tu_string!(i18n, common.palette.empty)}</p>
        </Show>
        <p class="palette-hints">
            <Kbd>"↑"</Kbd>
            <Kbd>"↓"</Kbd>
            {tu_string!(i18n, common.palette.hint_move)}
            <Kbd>"↵"</Kbd>
            {tu_string!(i18n, common.palette.hint_open)}
            <Kbd>"Esc"</Kbd>
            {tu_string!(i18n, common.palette.hint_close)}
        </p>
    }
}

/// Entries shown; callbacks cannot be compared, titles and groups can.
#[derive(Clone)]
struct Found(Vec<Command>);

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(a, b)| a.title == b.title && a.group == b.group)
    }
}

/// The registered entries that hold every word, and searches for what was typed.
fn matching(i18n: I18n, commands: &[Command], words: &str) -> Vec<Command> {
    let lower = ui::lowercase(words.trim());
    let mut found: Vec<Command> = commands
        .iter()
        .filter(|command| {
            let title = ui::lowercase(&command.title);
            lower.split_whitespace().all(|word| title.contains(word))
        })
        .cloned()
        .collect();
    found.sort_by(|a, b| a.group.cmp(&b.group));
    if !lower.is_empty() {
        let group = tu_string!(i18n, common.palette.search).to_owned();
        let words = words.trim().to_owned();
        let query = leptos_router::location::Url::escape(&words);
        found.push(Command {
            title: tu_string!(i18n, common.palette.conversations, words = words.clone()),
            group: group.clone(),
            icon: icons::INBOX,
            act: Act::Go(format!("/app/inbox?list=all&q={query}")),
        });
        found.push(Command {
            title: tu_string!(i18n, common.palette.contacts, words = words),
            group,
            icon: icons::USERS,
            act: Act::Go(format!("/app/contacts?q={query}")),
        });
    }
    found
}
