//! Tables: one block per row, each value under its header.

use crate::{Block, ExtractError, Extracted};

/// Reads the rows as `header: value` lines.
pub(crate) fn extract(text: &str) -> Result<Extracted, ExtractError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let broken = |error: csv::Error| ExtractError::Broken(error.to_string());
    let headers = reader.headers().map_err(broken)?.clone();
    let mut document = Extracted::default();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let row: Vec<String> = record
            .iter()
            .enumerate()
            .filter(|(_, value)| !value.is_empty())
            .map(|(column, value)| match headers.get(column).filter(|header| !header.is_empty()) {
                Some(header) => format!("{header}: {value}"),
                None => value.to_owned(),
            })
            .collect();
        document.blocks.push(Block::text(row.join("\n")));
    }
    if document.blocks.is_empty() {
        // A single line is content, not a header.
        document.blocks.push(Block::text(headers.iter().collect::<Vec<_>>().join(" ")));
    }
    Ok(document)
}

/// The separator that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count())
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_their_columns() {
        let document = extract("Question;Answer\n\"How; long?\";Two days\nWhere?;\n").unwrap();
        let rows: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(rows, ["Question: How; long?\nAnswer: Two days", "Question: Where?"]);
        assert_eq!(extract("one,two").unwrap().blocks[0].text, "one two");
        assert_eq!(extract("a,b\n1,2,3\n").unwrap().blocks[0].text, "a: 1\nb: 2\n3");
    }
}
