use leptos::prelude::*;

use crate::uppercase;

/// A person's or agent's initials on a colour that stays the same for the same `seed` (its id or name).
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    #[prop(optional, into)] seed: Option<String>,
    /// `size-8` unless said.
    #[prop(optional, into)]
    class: Option<String>,
) -> impl IntoView {
    let hue = hue(seed.as_deref().unwrap_or(&name));
    view! {
        <span class=format!("avatar-initials {}", class.as_deref().unwrap_or("size-8")) style=format!("--hue:{hue}") aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The first letters of the first and last word, at most two; `?` for an empty name.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let letters: String =
        [words.next(), words.next_back()].into_iter().flatten().filter_map(|word| word.chars().next()).collect();
    if letters.is_empty() { "?".to_owned() } else { uppercase(&letters) }
}

/// A hue in degrees, from FNV-1a of the seed.
fn hue(seed: &str) -> u32 {
    let hash = seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % 360
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Arta Hoxha"), "AH");
        assert_eq!(initials("çlirim"), "Ç");
        assert_eq!(initials("Ana Maria de Souza"), "AS");
        assert_eq!(initials("ben@example.com"), "BC");
        assert_eq!(initials(" "), "?");
    }

    #[test]
    fn hue_is_stable() {
        assert_eq!(hue("Arta"), hue("Arta"));
        assert_ne!(hue("Arta"), hue("Ben"));
    }
}
