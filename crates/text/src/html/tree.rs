//! A page's tree, given up as soon as it grows beyond what pages are.

use html5ever::{ParseOpts, tendril::TendrilSink};
use scraper::{Html, HtmlTreeSink};

use crate::ExtractError;

/// As deep as browsers nest elements; deeper pages cost the parser time that grows with the square of their length.
const MAX_DEPTH: usize = 512;
/// Nodes and attributes that a page may have besides one for each of its bytes: the parser adds a few to every page.
const ADDED: usize = 1_000;

/// Parses a page tag by tag, and looks after each at what it has added: only the parser knows which ends it ignores,
/// which comments it closes and which elements it opens again.
pub(super) fn parse(source: &str) -> Result<Html, ExtractError> {
    let mut parser = html5ever::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let (mut seen, mut size) = (0, 0);
    for piece in source.split_inclusive('>') {
        parser.process(piece.into());
        let page = parser.tokenizer.sink.sink.0.borrow();
        let nodes = page.tree.nodes();
        let count = nodes.len();
        for node in nodes.rev().take(count - seen) {
            if node.ancestors().nth(MAX_DEPTH).is_some() {
                return Err(ExtractError::Broken(format!("its elements are nested more than {MAX_DEPTH} deep")));
            }
            size += 1 + node.value().as_element().map_or(0, |element| element.attrs.len());
        }
        // Each paragraph opens again what the ones before have left open, with all attributes.
        if size > source.len() + ADDED {
            return Err(ExtractError::Broken("elements that are never closed multiply in it".into()));
        }
        seen = count;
    }
    Ok(parser.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_whatever_it_is_hidden_behind() {
        let deep = "<div>".repeat(200_000);
        for page in [
            deep.clone(),
            "<div></x>".repeat(200_000),
            "<div></br/></p x>".repeat(100_000),
            format!("<!-->{deep}"),
            format!("<!--->{deep}-->"),
            format!("<!-- --!>{deep}-->"),
            format!("<svg><title>{deep}"),
            format!("<svg><style>{deep}"),
            format!("<math><mi>{deep}"),
            "<svg><g><foreignObject>".repeat(100_000),
            "<table><tr><td>".repeat(100_000),
            (0..100_000).map(|number| format!("<b id={number}><p>")).collect(),
        ] {
            let told = parse(&page).map(|_| ());
            assert!(matches!(&told, Err(ExtractError::Broken(why)) if why.contains("nested")), "{}", &page[..40]);
        }
    }

    #[test]
    fn elements_that_multiply_are_refused() {
        let open: String = (0..450).map(|number| format!("<b id={number}>")).collect();
        let attributes: String = (0..5_000).map(|number| format!(" a{number}")).collect();
        for open in [open, format!("<b{attributes}>")] {
            let told = parse(&format!("<p>{open}{}", "<p>x".repeat(10_000))).map(|_| ());
            assert!(matches!(&told, Err(ExtractError::Broken(why)) if why.contains("multiply")), "{told:?}");
        }
    }

    #[test]
    fn pages_that_only_look_deep_are_read() {
        let many = "<div>".repeat(1000);
        for page in [
            "<p>text".repeat(10_000),
            "<p><font size=2>text".repeat(10_000),
            format!("<script>'{many}'</script>text"),
            format!("<!-- {many} -->text"),
            format!("<textarea>{many}</textarea>text"),
            "<div>text</div>".repeat(10_000),
            "<table><div>text".repeat(10_000),
            format!("{}text", "<div>".repeat(400)),
        ] {
            assert!(parse(&page).is_ok(), "{}", &page[..20]);
        }
    }
}
