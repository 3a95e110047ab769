//! Makes the Rust of the translations from `locales/`, and stops the build when a language lacks a key.
//!
//! It calls the code generator of leptos_i18n itself: `leptos_i18n_build` would bring the whole ICU data exporter,
//! which nothing here needs.

use std::{collections::BTreeSet, error::Error, fs, path::PathBuf};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};
use serde_json::Value;

const DEFAULT: &str = "en";
const OTHERS: &[&str] = &["sq"];
const NAMESPACES: &[&str] =
    &["common", "account", "overview", "inbox", "contacts", "knowledge", "agents", "settings", "admin"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    for namespace in NAMESPACES {
        let expected = keys_of(DEFAULT, namespace)?;
        for locale in OTHERS {
            let found = keys_of(locale, namespace)?;
            for key in expected.difference(&found) {
                println!("cargo::error=locales/{locale}/{namespace}.json lacks {key}");
            }
            for key in found.difference(&expected) {
                println!("cargo::error=locales/{locale}/{namespace}.json has {key}, which {DEFAULT} has not");
            }
        }
    }

    let mut config = Config::new(DEFAULT)?.add_locales(OTHERS)?.add_namespaces(NAMESPACES)?;
    // Texts with arguments may be strings too, for attributes.
    config.options = ParseOptions::new().interpolate_display(true);
    let parsed = parse_locales(None, config)?;
    for error in parsed.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let attributes = "#![allow(missing_docs, clippy::all)]".parse()?;
    let code = leptos_i18n_codegen::gen_code(&parsed, None, false, Some(&attributes), false)?;
    let target = PathBuf::from(std::env::var("OUT_DIR")?).join("translations.rs");
    fs::write(target, code.to_string())?;
    Ok(())
}

/// The keys of one file, nested ones with dots.
fn keys_of(locale: &str, namespace: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    fn walk(value: &Value, prefix: &str, keys: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &format!("{prefix}{key}."), keys)),
            _ => {
                keys.insert(prefix.trim_end_matches('.').to_owned());
            }
        }
    }
    let path = format!("locales/{locale}/{namespace}.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let value = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    let mut keys = BTreeSet::new();
    walk(&value, "", &mut keys);
    Ok(keys)
}
