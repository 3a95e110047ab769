//! Words of a text, as questions, answers and passages are compared by them.

use super::language::{ALBANIAN, ENGLISH};

/// Words in lower case without marks, so that "Përshëndetje!" and "pershendetje" are one.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain: String = text.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’' | '`')).map(unmarked).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn unmarked(c: char) -> char {
    match c {
        'ë' | 'é' | 'è' | 'ê' => 'e',
        'ç' => 'c',
        other => other,
    }
}

/// Whether the words contain this phrase, at the borders of words.
pub(super) fn contains_phrase(words: &[String], phrase: &str) -> bool {
    let phrase = self::words(phrase);
    !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
}

/// Words that carry a text's subject, without the s at their end and cut to their first letters, so that forms of one word
/// are one.
pub(super) fn subject_words(text: &str) -> Vec<String> {
    const ALSO: &[&str] = &[
        "was", "were", "will", "would", "could", "should", "has", "had", "am", "if", "at", "on", "by", "from", "or",
        "as", "there", "they", "them", "their", "our", "us", "any", "about", "get", "cost", "tell", "give", "some",
        "did", "many", "i", "e", "a", "u", "apo", "ose", "ta", "tij", "saj", "tyre", "jush", "jeni", "jam", "mua",
        "cdo", "pas", "deri",
    ];
    let mut kept: Vec<String> = words(text)
        .into_iter()
        .filter(|word| word.chars().count() > 1 || word.chars().all(char::is_numeric))
        .filter(|word| {
            let is_in = |list: &&[&str]| list.contains(&word.as_str()) || list.contains(&without_s(word));
            ![ENGLISH, ALBANIAN, ALSO].iter().any(is_in)
        })
        .map(|word| without_s(&word).chars().take(5).collect())
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// "take" of "takes"; a word of three letters and one that ends in two s stay as they are.
fn without_s(word: &str) -> &str {
    word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with('s')).unwrap_or(word)
}

/// The words of a text that carry its subject, as they stand there.
pub(super) fn subject(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !subject_words(word).is_empty()).collect::<Vec<_>>().join(" ")
}

/// Which share of the question's subject words a text has, 0 to 1.
pub(super) fn shared(question: &[String], text: &str) -> f32 {
    if question.is_empty() {
        return 0.0;
    }
    let words = subject_words(text);
    let found = question.iter().filter(|word| words.binary_search(word).is_ok()).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let share = found as f32 / question.len() as f32;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_end_where_words_end() {
        assert!(contains_phrase(&words("I want a REFUND now"), "refund"));
        assert!(!contains_phrase(&words("refundable"), "refund"));
        assert!(contains_phrase(&words("dua të anuloj porosinë"), "anuloj porosine"));
    }

    #[test]
    fn forms_of_a_word_are_one() {
        assert_eq!(subject_words("What it costs to take bikes across the pass"), ["acros", "bike", "pass", "take"]);
        assert_eq!(subject_words("It takes a bike"), ["bike", "take"]);
        assert_eq!(subject("What does “delivery” to Shkodër cost?"), "delivery Shkodër");
    }
}
