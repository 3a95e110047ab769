//! Questions that do not stand for themselves.

use types::agent::PlaygroundTurn;

use super::{bounded, intent::intent, words};

/// Characters of a question with those before it.
const MAX_CHARS: usize = 500;

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
    if !leans(text, &words) && !is_bare(text, &words) {
        return None;
    }
    let place = history.iter().rposition(|turn| turn.is_user && intent(&turn.content).is_none())?;
    let before = bounded(&history[place].content, MAX_CHARS);
    // One that only says little stands for itself here: else each of a row of short questions would bring along all of them.
    let leaning =
        leans(before, &words::words(before)).then(|| with_question_before(before, &history[..place])).flatten();
    let before = leaning.unwrap_or_else(|| before.to_owned());
    let before = if asks(&words) { words::subject(&before) } else { before };
    let before = bounded(&before, MAX_CHARS.saturating_sub(text.chars().count() + 1)).trim_end();
    (!before.is_empty()).then(|| format!("{before} {text}"))
}

/// Whether a question goes on from another by its words: it begins with "and", or stands for something with "it".
fn leans(text: &str, words: &[String]) -> bool {
    let begins =
        words.first().is_some_and(|word| matches!(word.as_str(), "and" | "dhe" | "po" | "what" if words.len() <= 5));
    let refers = words.iter().any(|word| REFERRING.contains(&word.as_str()));
    is_short(words) && (begins || refers && words::subject_words(text).len() <= 2)
}

/// Whether a question names so little that another may have said the rest.
fn is_bare(text: &str, words: &[String]) -> bool {
    is_short(words) && words::subject_words(text).len() <= 1
}

fn is_short(words: &[String]) -> bool {
    words.len() <= 9
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
        // Short questions that name something each bring along one of those before them, not all.
        assert_eq!(searched(&["Shipping?", said, "Returns?", said, "PayPal?"]), "Returns? PayPal?");
        let long = format!("{} and to Albania?", "Kosovo ".repeat(120));
        let many: Vec<&str> = [long.as_str()].into_iter().chain(["and to Albania?"; 40]).collect();
        assert!(searched(&many).chars().count() <= MAX_CHARS);
        assert!(searched(&many).ends_with("and to Albania?"));
        assert_eq!(searched(&["What is it?", said, "And how long does it take?"]), "And how long does it take?");
    }
}
