/// The text search configuration of Postgres for a language (ISO 639-1): its stems and stop words; `simple` (words as
/// they are) for languages that Postgres does not know, Albanian among them.
pub(in crate::knowledge) fn config(language: Option<&str>) -> &'static str {
    match language {
        Some("ar") => "arabic",
        Some("ca") => "catalan",
        Some("da") => "danish",
        Some("de") => "german",
        Some("el") => "greek",
        Some("en") => "english",
        Some("es") => "spanish",
        Some("fi") => "finnish",
        Some("fr") => "french",
        Some("hi") => "hindi",
        Some("hu") => "hungarian",
        Some("id") => "indonesian",
        Some("it") => "italian",
        Some("lt") => "lithuanian",
        Some("nl") => "dutch",
        Some("no") => "norwegian",
        Some("pt") => "portuguese",
        Some("ro") => "romanian",
        Some("ru") => "russian",
        Some("sr") => "serbian",
        Some("sv") => "swedish",
        Some("tr") => "turkish",
        _ => "simple",
    }
}
