//! Which text is readable on a brand colour. `public/widget/shared/color.js` knows the same.

/// Black or white: one of them always reaches 4.5:1 (WCAG 2.2). White wins when both do, because brands expect it.
pub fn text_on(color: &str) -> &'static str {
    let contrast_with_white = 1.05 / (luminance(color) + 0.05);
    if contrast_with_white >= 4.5 { "#ffffff" } else { "#000000" }
}

/// Relative luminance (WCAG 2.2) of `#rrggbb`.
fn luminance(color: &str) -> f64 {
    let channel = |at: usize| {
        let value = color.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default();
        let part = f64::from(value) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_every_colour_reaches_the_contrast() {
        assert_eq!(text_on("#4f46e5"), "#ffffff");
        assert_eq!(text_on("#facc15"), "#000000");
        for value in (0..=0xff_ffff).step_by(0x1357) {
            let color = format!("#{value:06x}");
            let (own, text) = (luminance(&color) + 0.05, luminance(text_on(&color)) + 0.05);
            assert!(own.max(text) / own.min(text) >= 4.5, "{color}");
        }
    }
}
