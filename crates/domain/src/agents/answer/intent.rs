//! What short messages ask for beside knowledge, told by lists of English and Albanian words.

use super::words::{contains_phrase, words};

/// What a message wants other than an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Greeting,
    Thanks,
    /// To talk to a person.
    Person,
    /// Agrees to what was offered.
    Yes,
}

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hiya",
    "howdy",
    "greetings",
    "hallo",
    "ciao",
    "pershendetje",
    "tungjatjeta",
    "tung",
    "mirdita",
    "miredita",
    "mirembrema",
    "miremengjes",
    "miremengjesi",
    "ckemi",
    "alo",
];
const GREETING_PHRASES: &[&str] =
    &["good morning", "good afternoon", "good evening", "good day", "c kemi", "si jeni", "how are you"];
const THANKS: &[&str] = &["thanks", "thank", "thx", "ty", "cheers", "faleminderit", "flm", "rrofsh", "rrofshi"];
/// Words that change nothing about a greeting or thanks.
const FILLERS: &[&str] = &[
    "there",
    "all",
    "everyone",
    "team",
    "you",
    "so",
    "very",
    "much",
    "a",
    "lot",
    "ok",
    "okay",
    "great",
    "perfect",
    "good",
    "nice",
    "that",
    "helped",
    "helps",
    "for",
    "your",
    "the",
    "help",
    "again",
    "many",
    "it",
    "works",
    "now",
    "shume",
    "mire",
    "bot",
    "te",
    "per",
    "ndihmen",
    "ju",
    "super",
    "bukur",
    "morning",
    "afternoon",
    "evening",
    "day",
    "is",
    "was",
];
const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "sure",
    "please",
    "ok",
    "okay",
    "po",
    "patjeter",
    "sigurisht",
    "doja",
    "dua",
    "lutem",
    "ju",
];

/// Whom people ask for.
const PERSONS: &[&str] = &[
    "human",
    "humans",
    "person",
    "someone",
    "somebody",
    "representative",
    "operator",
    "advisor",
    "adviser",
    "staff",
    "employee",
    "colleague",
    "manager",
    "njeri",
    "personi",
    "operatori",
    "operatorin",
    "operatore",
    "punonjes",
    "perfaqesues",
    "kolegun",
    "dike",
    "dikend",
    "stafin",
    "menaxherin",
];
/// The same, when the words before say that it is about talking: "agent" alone is often a thing of the business.
const AGENTS: &[&str] = &["agent", "agjent", "agjentin", "support", "team", "mbeshtetjen", "suport"];
const TALK: &[&str] = &[
    "talk",
    "speak",
    "chat",
    "connect",
    "transfer",
    "speaking",
    "talking",
    "flas",
    "flasim",
    "bisedoj",
    "lidhni",
    "lidhe",
    "lidh",
    "kaloni",
    "transferoni",
    "komunikoj",
];
const WANT: &[&str] =
    &["want", "need", "get", "give", "prefer", "please", "dua", "deshiroj", "doja", "duhet", "live", "real", "actual"];
const NOT: &[&str] = &["not", "dont", "don", "no", "without", "never", "nuk", "mos", "pa", "stop"];

/// What a message wants, when it wants no knowledge.
pub(super) fn intent(text: &str) -> Option<Intent> {
    let words = words(text);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let only = |lists: &[&[&str]]| words.iter().all(|word| lists.iter().any(|list| list.contains(&word.as_str())));
    if words.is_empty() {
        return None;
    }
    if asks_for_person(&words) {
        return Some(Intent::Person);
    }
    if words.len() <= 8 && has(THANKS) && only(&[THANKS, FILLERS, GREETINGS]) {
        return Some(Intent::Thanks);
    }
    let phrase = GREETING_PHRASES.iter().any(|phrase| contains_phrase(&words, phrase));
    if words.len() <= 5 && (phrase && words.len() <= 4 || has(GREETINGS) && only(&[GREETINGS, FILLERS])) {
        return Some(Intent::Greeting);
    }
    (words.len() <= 4 && only(&[YES])).then_some(Intent::Yes)
}

fn asks_for_person(words: &[String]) -> bool {
    let is = |word: &String, list: &[&str]| list.contains(&word.as_str());
    if words.len() > 40 || words.iter().any(|word| is(word, NOT)) {
        return false;
    }
    let place = |list: &[&str]| words.iter().position(|word| is(word, list));
    let person = place(PERSONS);
    let anyone = person.or_else(|| place(AGENTS));
    // "talk to a person", "dua të flas me një njeri": the verb, and whom soon after.
    if let (Some(talk), Some(to)) = (place(TALK), anyone)
        && to > talk
        && to - talk <= 6
    {
        return true;
    }
    // "human please", "a real person", "operator": short, or wanted outright.
    match person {
        Some(_) if words.len() <= 2 => true,
        Some(at) => {
            words.len() <= 7 && words[at.saturating_sub(3)..at].iter().any(|word| is(word, WANT))
                || words.len() <= 4 && place(&["please", "lutem"]).is_some()
        }
        None => {
            place(AGENTS).is_some_and(|at| at > 0 && words.len() <= 6 && is(&words[at - 1], &["live", "human", "real"]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_asked_for_in_many_words() {
        for text in [
            "Can I talk to a human?",
            "I want to speak with a real person",
            "human please",
            "agent, please connect me to someone",
            "Dua të flas me një njeri",
            "operator",
            "a mund të flas me dikë?",
            "live agent",
            "Can you transfer me to support?",
            "I need a human",
            "ju lutem më lidhni me një operator",
        ] {
            assert_eq!(intent(text), Some(Intent::Person), "{text}");
        }
        for text in [
            "How many people work there?",
            "What does your agent cost?",
            "I don't want to talk to a person",
            "Which person signs the contract?",
            "Can someone else pick up my order?",
            "Is the tour operator insured?",
            "Do you need a support plan?",
        ] {
            assert_ne!(intent(text), Some(Intent::Person), "{text}");
        }
    }

    #[test]
    fn messages_take_hostile_bytes() {
        let examples = ["I want to speak with a real person", "përshëndetje, faleminderit shumë", "PO!", "not a human"];
        let words = ["human", "talk ", "agent", "İ", "ﬁ", "\u{301}", "'", "\0", "ë", " "];
        fuzz::text(&examples, &words, |text| {
            // Small talk has few words; nobody is called by a message that is not about it.
            let known = intent(text);
            let count = super::words(text).len();
            assert!(known.is_none_or(|known| known == Intent::Person && count <= 40 || count <= 8), "{known:?}");
            crate::agents::answer::language::language(text);
        });
    }

    #[test]
    fn small_talk_is_told_from_questions() {
        for text in ["Hi", "hello there!", "Good morning", "Përshëndetje", "Mirëdita!", "ç'kemi"] {
            assert_eq!(intent(text), Some(Intent::Greeting), "{text}");
        }
        for text in ["thanks!", "Thank you very much", "ok great, thanks a lot", "Faleminderit shumë"] {
            assert_eq!(intent(text), Some(Intent::Thanks), "{text}");
        }
        for text in ["yes please", "Po", "po, ju lutem", "sure"] {
            assert_eq!(intent(text), Some(Intent::Yes), "{text}");
        }
        for text in
            ["Hi, how long do I have to return a lamp?", "thanks, and what does shipping cost?", "opening hours"]
        {
            assert_eq!(intent(text), None, "{text}");
        }
    }
}
