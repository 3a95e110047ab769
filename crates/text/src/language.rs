use whatlang::Lang;

use crate::Extracted;

/// The language of a document as ISO 639-1, from its first texts; none when it is not sure.
pub(crate) fn recognize(document: &Extracted) -> Option<String> {
    let mut sample = String::new();
    for block in &document.blocks {
        sample.push_str(&block.text);
        sample.push('\n');
        if sample.len() > 8_000 {
            break;
        }
    }
    language_of(&sample.chars().take(4_000).collect::<String>()).map(str::to_owned)
}

/// The language of a text as ISO 639-1; none when the recognizer is not sure, as with a few words.
///
/// The recognizer (trigrams) does not know Albanian: text that has its letter and its commonest words is told apart
/// before it is asked.
pub fn language_of(text: &str) -> Option<&'static str> {
    if looks_albanian(text) {
        return Some("sq");
    }
    let info = whatlang::detect(text)?;
    if !info.is_reliable() {
        return None;
    }
    Some(match info.lang() {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Ita => "it",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Hrv => "hr",
        Lang::Slv => "sl",
        Lang::Slk => "sk",
        Lang::Ces => "cs",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Ell => "el",
        Lang::Mkd => "mk",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Hin => "hi",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Tha => "th",
        Lang::Cat => "ca",
        _ => return None,
    })
}

fn looks_albanian(text: &str) -> bool {
    const WORDS: [&str; 18] = [
        "është", "dhe", "për", "një", "që", "nuk", "në", "të", "nga", "këtë", "kjo", "janë", "mund", "ose", "si", "me",
        "së", "çfarë",
    ];
    let mut words = 0u32;
    let mut common = 0u32;
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(400) {
        words += 1;
        common += u32::from(WORDS.contains(&word.to_lowercase().as_str()));
    }
    words > 0 && text.contains(['ë', 'Ë']) && common * 8 >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        assert_eq!(language_of("The customer may return the goods within thirty days of the delivery."), Some("en"));
        assert_eq!(
            language_of("Der Kunde kann die Ware innerhalb von dreißig Tagen nach der Lieferung zurückgeben."),
            Some("de")
        );
        assert_eq!(
            language_of("Klienti mund të kthejë mallin brenda tridhjetë ditëve nga dorëzimi, dhe kjo është falas."),
            Some("sq")
        );
        assert_eq!(language_of(""), None);
    }
}
