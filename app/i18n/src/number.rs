//! Numbers as each language writes them, the same on the server and in the browser.

use crate::Locale;

/// A whole number with groups of three: `12,345` in English, `12 345` (no-break space) in Albanian.
pub fn format_number(locale: Locale, number: i64) -> String {
    let separator = match locale {
        Locale::en => ',',
        Locale::sq => '\u{a0}',
    };
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number with so many decimals: `1,234.5` in English, `1 234,5` in Albanian.
pub fn format_decimal(locale: Locale, number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let grouped = format_number(locale, whole.parse().unwrap_or_default());
    let sign = if number < 0.0 { "-" } else { "" };
    match (fraction, locale) {
        ("", _) => format!("{sign}{grouped}"),
        (fraction, Locale::en) => format!("{sign}{grouped}.{fraction}"),
        (fraction, Locale::sq) => format!("{sign}{grouped},{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three() {
        assert_eq!(format_number(Locale::en, 0), "0");
        assert_eq!(format_number(Locale::en, 999), "999");
        assert_eq!(format_number(Locale::en, -1_234_567), "-1,234,567");
        assert_eq!(format_number(Locale::sq, 12_345), "12\u{a0}345");
    }

    #[test]
    fn decimals() {
        assert_eq!(format_decimal(Locale::en, 1234.56, 1), "1,234.6");
        assert_eq!(format_decimal(Locale::sq, 0.5, 1), "0,5");
        assert_eq!(format_decimal(Locale::sq, 12.0, 0), "12");
    }
}
