//! Questions that do not stand for themselves.

use types::agent::PlaygroundTurn;

use super::{bounded, intent::intent, words};

/// Characters of the question before that are read.
const MAX_BEFORE: usize = 500;

/// Words that say what a question asks for.
const QUESTION_WORDS: &[&str] = &[
    "how", "what", "when", "where", "which", "who", "why", "sa", "kur", "ku", "si", "pse", "cfare", "cila", "cilat",
    "cili", "kush",
];
/// Words that stand for something that was named before.
const REFERRING: &[&str] = &["it", "that", "this", "they", "them", "those", "kjo", "ky", "ato", "ai", "kete"];

/// A question with the one before it, where it does not stand for itself, like "and for lamps?". One that asks for something
/// else, like "and how long does it take?", takes only the subject of the one before, whose answer would be found again.
pub(super) fn with_question_before(text: &str, history: &[PlaygroundTurn]) -> Option<String> {
    let words = words::words(text);
    if !follows(text, &words) {
        return None;
    }
    let place = history.iter().rposition(|turn| turn.is_user && intent(&turn.content).is_none())?;
    let before = bounded(&history[place].content, MAX_BEFORE);
    let before = with_question_before(before, &history[..place]).unwrap_or_else(|| before.to_owned());
    let before = if asks(&words) { words::subject(&before) } else { before };
    (!before.is_empty()).then(|| format!("{before} {text}"))
}

fn follows(text: &str, words: &[String]) -> bool {
    let subject = words::subject_words(text).len();
    let begins =
        words.first().is_some_and(|word| matches!(word.as_str(), "and" | "dhe" | "po" | "what" if words.len() <= 5));
    let refers = words.iter().any(|word| REFERRING.contains(&word.as_str()));
    words.len() <= 9 && (subject <= 1 || begins || refers && subject <= 2)
}

/// Whether a question says itself what it asks for. "What about lamps?" does not.
fn asks(words: &[String]) -> bool {
    let place = words.iter().take(3).position(|word| QUESTION_WORDS.contains(&word.as_str()));
    place.is_some_and(|place| words.get(place + 1).is_none_or(|next| next != "about"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is searched for when these were said one after the other, by the visitor unless marked with `>`.
    fn searched(turns: &[&str]) -> String {
        let turn = |said: &&str| PlaygroundTurn {
            is_user: !said.starts_with('>'),
            content: said.trim_start_matches('>').to_owned(),
        };
        let (text, history) = turns.split_last().expect("a question");
        let history: Vec<PlaygroundTurn> = history.iter().map(turn).collect();
        with_question_before(text, &history).unwrap_or_else(|| (*text).to_owned())
    }

    #[test]
    fn what_is_added_to_a_question_is_searched_for_with_it() {
        let asked = "How much does delivery to Kosovo cost?";
        let said = ">Nine euros.";
        for (text, expected) in [
            // Another thing, asked the same.
            ("and to Albania?", "How much does delivery to Kosovo cost? and to Albania?"),
            ("What about Albania?", "How much does delivery to Kosovo cost? What about Albania?"),
            // The same thing, asked something else.
            ("And how long does it take?", "delivery Kosovo And how long does it take?"),
            ("Po sa zgjat?", "delivery Kosovo Po sa zgjat?"),
            // A question that stands for itself.
            ("Which tents for four people can be rented?", "Which tents for four people can be rented?"),
        ] {
            assert_eq!(searched(&[asked, said, text]), expected);
            assert_eq!(searched(&[text]), text, "there is nothing before it");
        }
        assert_eq!(
            searched(&[
                asked,
                said,
                "thanks!",
                ">You are welcome.",
                "And how long does it take?",
                said,
                "And to Albania?"
            ]),
            "delivery Kosovo And how long does it take? And to Albania?"
        );
        assert_eq!(searched(&["What is it?", said, "And how long does it take?"]), "And how long does it take?");
    }
}
