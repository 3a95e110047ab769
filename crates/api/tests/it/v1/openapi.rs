//! The document: complete, the same as the committed one, and served.

use std::collections::HashSet;

use serde_json::Value;

use crate::support::world;

// From the crate, in whose folder its tests run.
const COMMITTED: &str = "../../docs/openapi.json";

/// Every operation with its method and path.
pub fn operations() -> Vec<(String, String, &'static Value)> {
    let items = api::v1::document()["paths"].as_object().expect("paths");
    let operation = |(path, item): (&String, &'static Value)| {
        let path = path.clone();
        let methods = item.as_object().expect("an item").iter();
        methods.map(move |(method, operation)| (method.clone(), path.clone(), operation)).collect::<Vec<_>>()
    };
    items.iter().flat_map(operation).collect()
}

#[test]
fn the_committed_document_is_the_programs_own() {
    let mut text = serde_json::to_string_pretty(api::v1::document()).unwrap();
    text.push('\n');
    if std::env::var_os("WRITE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, &text).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == text, "docs/openapi.json is not what the code says: `make openapi` writes it anew");
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(path) = fields.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(path.trim_start_matches('#')).is_some(), "{path} is not there");
                }
                fields.values().for_each(|value| walk(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(document, value)),
            _ => {}
        }
    }
    walk(api::v1::document(), api::v1::document());
}

#[test]
fn only_parameters_have_defaults() {
    let schemas = api::v1::document()["components"]["schemas"].to_string();
    assert!(!schemas.contains("\"default\":"), "generated clients demand a field that has one");
    assert!(schemas.contains("Default: `") && schemas.contains("Default: `0.2`."));
}

#[test]
fn every_operation_tells_everything() {
    let mut ids = HashSet::new();
    let operations = operations();
    assert!(operations.len() >= 40, "{}", operations.len());
    for (method, path, operation) in operations {
        let name = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].to_string()), "{name}: the id is taken");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{name}: no summary");
        assert!(operation["security"][0].is_object(), "{name}: who may?");
        let responses = operation["responses"].as_object().unwrap();
        for status in ["401", "403", "429", "500", "503"] {
            assert!(responses.contains_key(status), "{name}: no {status}");
        }
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            assert!(response["headers"]["RateLimit-Remaining"].is_object(), "{name} {status}: headers");
            if !matches!(status.as_str(), "202" | "204" | "304") || !response["content"].is_null() {
                assert!(!response["content"]["application/json"]["example"].is_null(), "{name} {status}: no example");
            }
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(!body["content"]["application/json"]["example"].is_null(), "{name}: no example");
        }
        let parameters = operation["parameters"].as_array().unwrap();
        let has = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
        let is_sign_in = path.starts_with("/api/v1/auth/");
        assert_eq!(has("Idempotency-Key"), method == "post" && !is_sign_in, "{name}");
        assert_eq!(has("If-None-Match"), method == "get", "{name}");
    }
}

#[tokio::test]
async fn the_document_and_its_reference_are_served_to_everybody() {
    let world = world().await;
    let served = world.get("/api/v1/openapi.json", &[]).await;
    assert_eq!(serde_json::from_str::<Value>(&served.text).unwrap(), *api::v1::document());
    assert_eq!(served.header("content-type"), "application/json");
    let page = world.get("/api/docs", &[]).await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    for (_, _, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.text.contains(&format!("id=\"{id}\"")), "{id} is missing");
    }
    assert!(!page.text.contains("<script"));
}
