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

/// A number of bytes in steps of 1,024, with at most three digits before the point and one after it, from megabytes on:
/// `512 B`, `12 kB`, `1.4 MB`. The widget has the same rule (`fileSize`).
pub fn format_bytes(locale: Locale, bytes: i64) -> String {
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 999.5 && unit < 3 {
        value /= 1024.0;
        unit += 1;
    }
    let has_fraction = unit > 1 && (value * 10.0).round() % 10.0 != 0.0;
    format!("{} {}", format_decimal(locale, value, usize::from(has_fraction)), ["B", "kB", "MB", "GB"][unit])
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

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (12_000, "12 kB"),
            (999 * 1024, "999 kB"),
            (1023 * 1024, "1 MB"),
            (1_468_006, "1.4 MB"),
            (20 * 1024 * 1024, "20 MB"),
            (5 << 29, "2.5 GB"),
            (2000 << 30, "2,000 GB"),
        ] {
            assert_eq!(format_bytes(Locale::en, bytes), text);
        }
        assert_eq!(format_bytes(Locale::sq, 1_468_006), "1,4 MB");
    }
}
