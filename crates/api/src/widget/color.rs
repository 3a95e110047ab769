//! The brand colour of the first paint.

/// `#rrggbb`, or the product's own colour for anything else, so that nothing else reaches a style sheet.
pub(super) fn safe(color: &str) -> &str {
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { color } else { "#4f46e5" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_reach_the_style_sheet() {
        for bad in ["red", "#12345", "#1234567", "#12345g", "#fff}body{", ""] {
            assert_eq!(safe(bad), "#4f46e5");
        }
    }
}
