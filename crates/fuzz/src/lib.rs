//! Hostile bytes for parsers, in ordinary tests: good examples, changed again and again in the ways at which parsers break.
//!
//! Each run asks the same questions, so that a test that passes passes again. `FUZZ_CASES` says how many (1,000 a
//! parser else), `FUZZ_SEED` which: a night is `FUZZ_CASES=1000000 FUZZ_SEED=$RANDOM cargo nextest run
//! --workspace --profile fuzz -E 'test(hostile_bytes)'`. A case that fails is printed; it belongs among the examples then.

mod change;
mod random;

use change::change;
use random::Random;

/// Cases per parser, when nobody says otherwise.
const CASES: u64 = 1_000;

/// Shows a check many changed examples. `words` are what the parser's language is made of.
pub fn bytes(examples: &[&[u8]], words: &[&str], check: impl FnMut(&[u8])) {
    few_bytes(CASES, examples, words, check);
}

/// The same for parsers of text: bytes that are no UTF-8 become the sign for that.
pub fn text(examples: &[&str], words: &[&str], check: impl FnMut(&str)) {
    few_text(CASES, examples, words, check);
}

/// [`bytes`] for checks that take long, because they ask a database: so many cases when nobody says otherwise.
pub fn few_bytes(cases: u64, examples: &[&[u8]], words: &[&str], mut check: impl FnMut(&[u8])) {
    let mut random = Random::new(setting("FUZZ_SEED").unwrap_or(1));
    for example in examples {
        ask(example, &mut check);
    }
    for _ in 0..setting("FUZZ_CASES").unwrap_or(cases) {
        ask(&change(&mut random, examples, words), &mut check);
    }
}

/// [`text`] for checks that take long.
pub fn few_text(cases: u64, examples: &[&str], words: &[&str], mut check: impl FnMut(&str)) {
    let examples: Vec<&[u8]> = examples.iter().map(|example| example.as_bytes()).collect();
    few_bytes(cases, &examples, words, |bytes| check(&String::from_utf8_lossy(bytes)));
}

fn ask(case: &[u8], check: &mut impl FnMut(&[u8])) {
    let _told = Told(case);
    check(case);
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Prints the case when its check panics.
struct Told<'a>(&'a [u8]);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the case: b\"{}\"", self.0.escape_ascii());
        }
    }
}
