//! Cuts passages into sentences.

/// Sentences of a text in their order. Lines of lists, tables and headings are sentences of their own.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(of_line)
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

fn of_line(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut characters = line.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let end = at + c.len_utf8();
        let follows_space = characters.peek().is_some_and(|(_, next)| next.is_whitespace());
        if matches!(c, '.' | '!' | '?' | '…') && follows_space && !abbreviates(&line[begin..at], &line[end..]) {
            found.push(&line[begin..end]);
            begin = end;
        }
    }
    found.push(&line[begin..]);
    found
}

/// Whether a full stop belongs to a short form ("e.g.", "Nr. 5") and ends no sentence.
fn abbreviates(before: &str, after: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let short = [
        "e.g", "i.e", "nr", "no", "dr", "mr", "mrs", "ms", "st", "p.sh", "vs", "etc", "approx", "art", "tel", "inc",
        "ltd",
    ];
    let lower = after.trim_start().chars().next().is_some_and(char::is_lowercase);
    short.contains(&word.to_lowercase().as_str())
        || word.chars().count() == 1 && word.chars().all(char::is_uppercase)
        || lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_that_end_them() {
        let text =
            "Send it to Nr. 5, e.g. by post. We pay 3.50 € for it! Is that all? Yes.\n- A list item\n\n| a | b |";
        let expected = [
            "Send it to Nr. 5, e.g. by post.",
            "We pay 3.50 € for it!",
            "Is that all?",
            "Yes.",
            "- A list item",
            "| a | b |",
        ];
        assert_eq!(sentences(text), expected);
    }
}
