//! The menu of canned answers, which opens when a word begins with `/`.

use i18n::*;
use leptos::prelude::*;
use types::message::CannedResponse;

/// Answers offered at once.
const OFFERED: usize = 8;
/// The list's id, which the text field points at.
pub const LIST_ID: &str = "canned-menu";

/// The menu's state; the text field hands its keys to it.
#[derive(Clone, Copy)]
pub struct CannedMenu {
    text: RwSignal<String>,
    all: RwSignal<Vec<CannedResponse>>,
    active: RwSignal<usize>,
    /// The text for which Escape closed it.
    dismissed: RwSignal<Option<String>>,
}

impl CannedMenu {
    /// A menu over a text field's text.
    pub fn new(text: RwSignal<String>, all: RwSignal<Vec<CannedResponse>>) -> Self {
        Self { text, all, active: RwSignal::new(0), dismissed: RwSignal::new(None) }
    }

    /// The answers that begin like the word after `/`; `None` while no such word is being written, and once
    /// the thread is left.
    pub fn matches(&self) -> Option<Vec<CannedResponse>> {
        let text = self.text.try_get()?;
        let word = ui::lowercase(wanted(&text)?);
        if self.dismissed.with(|dismissed| dismissed.as_ref() == Some(&text)) || self.all.with(Vec::is_empty) {
            return None;
        }
        let begins = |answer: &&CannedResponse| answer.shortcut.starts_with(&word);
        Some(self.all.with(|all| all.iter().filter(begins).take(OFFERED).cloned().collect()))
    }

    /// The id of the option that Enter would take.
    pub fn active_id(&self) -> Option<String> {
        self.matches().filter(|found| !found.is_empty()).map(|_| format!("{LIST_ID}-{}", self.active.get()))
    }

    /// Acts on a key of the text field. Gives whether it was the menu's.
    pub fn on_key(&self, key: &str) -> bool {
        let Some(found) = untrack(|| self.matches()).filter(|found| !found.is_empty()) else { return false };
        let active = self.active.get_untracked().min(found.len() - 1);
        match key {
            "ArrowDown" => self.active.set((active + 1) % found.len()),
            "ArrowUp" => self.active.set((active + found.len() - 1) % found.len()),
            "Enter" | "Tab" => self.take(&found[active]),
            "Escape" => self.dismissed.set(Some(self.text.get_untracked())),
            _ => return false,
        }
        true
    }

    fn take(&self, answer: &CannedResponse) {
        self.text.update(|text| {
            let cut = wanted(text).map_or(text.len(), |word| text.len() - word.len() - 1);
            text.truncate(cut);
            text.push_str(&answer.content);
        });
        self.active.set(0);
    }
}

/// The word that is being written after a `/` at a word's beginning.
fn wanted(text: &str) -> Option<&str> {
    let begin =
        text.rfind(char::is_whitespace).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[begin..].strip_prefix('/')
}

/// The list above the text field.
#[component]
pub fn CannedList(menu: CannedMenu) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        menu.matches().map(|found| {
            if found.is_empty() {
                return view! { <p class="canned-menu p-3 text-muted" role="status">{tu_string!(i18n, inbox.canned_none)}</p> }
                    .into_any();
            }
            let options = found
                .into_iter()
                .enumerate()
                .map(|(index, answer)| {
                    let (shortcut, content) = (answer.shortcut.clone(), answer.content.clone());
                    let is_active = move || if menu.active.get() == index { "true" } else { "false" };
                    view! {
                        <li
                            id=format!("{LIST_ID}-{index}")
                            class="canned-option"
                            role="option"
                            aria-selected=is_active
                            // The text field keeps the focus.
                            on:mousedown=move |event| {
                                event.prevent_default();
                                menu.take(&answer);
                            }
                        >
                            <span class="font-medium">"/" {shortcut}</span>
                            <span class="truncate text-muted">{content}</span>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <ul id=LIST_ID class="canned-menu" role="listbox" aria-label=tu_string!(i18n, inbox.canned_menu)>
                    {options}
                </ul>
            }
            .into_any()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn a_slash_at_a_words_beginning_opens_the_menu() {
        assert_eq!(wanted("/"), Some(""));
        assert_eq!(wanted("Përshëndetje! /ora"), Some("ora"));
        assert_eq!(wanted("line\n/h"), Some("h"));
        assert_eq!(wanted("and/or"), None);
        assert_eq!(wanted("/done "), None);
        assert_eq!(wanted(""), None);
    }
}
