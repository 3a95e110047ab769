//! In which of the two languages of the standard lines a text is, told by its commonest words, and an answer is to be.

use super::{Question, lines::Language, words::words};

pub(super) const ENGLISH: &[&str] = &[
    "the", "is", "are", "what", "how", "do", "does", "can", "you", "your", "my", "and", "for", "of", "to", "in", "it",
    "i", "have", "when", "where", "which", "who", "why", "please", "with", "hello", "hi", "thanks", "yes", "we",
    "this", "that", "a", "an", "be", "not", "me", "want", "need", "long", "much",
];
pub(super) const ALBANIAN: &[&str] = &[
    "si",
    "eshte",
    "jane",
    "nuk",
    "dhe",
    "nje",
    "per",
    "te",
    "ku",
    "kur",
    "sa",
    "cfare",
    "cila",
    "cilat",
    "cili",
    "mund",
    "faleminderit",
    "pershendetje",
    "po",
    "jo",
    "me",
    "nga",
    "ne",
    "kam",
    "keni",
    "ka",
    "dua",
    "juaj",
    "ime",
    "tim",
    "une",
    "ju",
    "ketu",
    "pse",
    "kjo",
    "ky",
    "tek",
    "se",
    "do",
    "qe",
    "kthej",
    "porosi",
    "porosine",
    "deshiroj",
    "miredita",
];

/// The language of a text; `None` when its words do not tell.
pub(super) fn language(text: &str) -> Option<Language> {
    let words = words(text);
    let count = |list: &[&str]| words.iter().take(60).filter(|word| list.contains(&word.as_str())).count();
    // The letters of Albanian count too: they are rare in English.
    let marks = text.chars().take(400).filter(|c| matches!(c, 'ë' | 'Ë' | 'ç' | 'Ç')).count();
    let (english, albanian) = (count(ENGLISH), count(ALBANIAN) + marks);
    match english.cmp(&albanian) {
        std::cmp::Ordering::Greater => Some(Language::English),
        std::cmp::Ordering::Less => Some(Language::Albanian),
        std::cmp::Ordering::Equal => None,
    }
}

/// The language to answer in: that of the question, else of what the visitor wrote before, else the browser's when the
/// agent speaks it, else the agent's first.
pub(super) fn of_question(question: &Question<'_>) -> Language {
    let languages = &question.agent.agent.languages;
    let of_text = std::iter::once(question.text)
        .chain(question.history.iter().rev().filter(|turn| turn.is_user).map(|turn| turn.content.as_str()))
        .find_map(language);
    of_text.unwrap_or_else(|| {
        let primary = question.contact_language.and_then(|tag| tag.split('-').next()).map(str::to_lowercase);
        let spoken = languages.iter().find(|language| Some(*language) == primary.as_ref()).or(languages.first());
        Language::of_code(spoken.map_or("en", String::as_str))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_their_words() {
        assert_eq!(language("How long do I have to return it?"), Some(Language::English));
        assert_eq!(language("Sa kohë kam për ta kthyer?"), Some(Language::Albanian));
        assert_eq!(language("si mund ta kthej porosine"), Some(Language::Albanian));
        assert_eq!(language("iPhone 15"), None);
    }
}
