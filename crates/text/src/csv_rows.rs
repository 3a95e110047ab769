//! Tables: one block per row, each value under its header.

use crate::{Block, ExtractError, Extracted, MAX_CHARACTERS};

/// The most characters of a column's name, which stands in every row.
const MAX_HEADER: usize = 200;

/// Reads the rows as `header: value` lines.
pub(crate) fn extract(text: &str) -> Result<Extracted, ExtractError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let broken = |error: csv::Error| ExtractError::Broken(error.to_string());
    let headers = reader.headers().map_err(broken)?.clone();
    let names: Vec<String> = headers.iter().map(|header| header.chars().take(MAX_HEADER).collect()).collect();
    let mut document = Extracted::default();
    let mut length = 0;
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let row: Vec<String> = record
            .iter()
            .enumerate()
            .filter(|(_, value)| !value.is_empty())
            .map(|(column, value)| match names.get(column).filter(|name| !name.is_empty()) {
                Some(name) => format!("{name}: {value}"),
                None => value.to_owned(),
            })
            .collect();
        let row = row.join("\n");
        length += row.len();
        // Not when all is read: long names make far more text of the rows than the file has.
        if length > MAX_CHARACTERS {
            return Err(ExtractError::too_much_text());
        }
        document.blocks.push(Block::text(row));
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

    #[test]
    fn long_names_of_columns_do_not_fill_the_memory() {
        let long = "n".repeat(1024 * 1024);
        let rows = extract(&format!("{long}\n1\n")).unwrap().blocks;
        assert_eq!(rows[0].text, format!("{}: 1", &long[..MAX_HEADER]));
        let told = extract(&format!("{long}\n{}", "1\n".repeat(MAX_CHARACTERS / MAX_HEADER)));
        assert_eq!(told, Err(ExtractError::too_much_text()));
    }
}
