//! Examples that cannot get out of date: they are made from the schemas, with values that read well.

use serde_json::{Map, Value, json};

const ID: &str = "01939f8e-6b2a-7c3d-8e4f-5a6b7c8d9e0f";
const TIME: &str = "2026-03-02T09:30:00Z";

/// A value that fits a schema of the document.
pub(super) fn of(document: &Value, schema: &Value) -> Value {
    make(document, "", schema, 0)
}

/// An error of this status.
pub(super) fn error(status: &str, description: &str) -> Value {
    let code = match status {
        "401" => "unauthenticated",
        "403" => "forbidden",
        "404" => "not_found",
        "409" => "conflict",
        "413" => "too_large",
        "422" => "validation",
        "429" => "rate_limited",
        "503" => "unavailable",
        _ => "internal",
    };
    let details = match status {
        "422" => json!([{"field": "name", "rule": "missing", "message": "is missing"}]),
        _ => json!([]),
    };
    json!({"success": false, "error": {"code": code, "message": description, "details": details, "request_id": ID}})
}

fn make(document: &Value, name: &str, schema: &Value, depth: usize) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(path) = schema["$ref"].as_str() {
        let target = document.pointer(path.trim_start_matches('#')).unwrap_or(&Value::Null);
        return make(document, name, target, depth + 1);
    }
    if name == "role" && schema["enum"].is_array() {
        // The one that stands beside a custom role.
        return "member".into();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = make(document, name, part, depth + 1) {
                whole.extend(fields);
            }
        }
        return whole.into();
    }
    for ways in ["oneOf", "anyOf"] {
        let full = schema[ways].as_array().and_then(|ways| ways.iter().find(|way| way["type"] != "null"));
        if let Some(way) = full {
            return make(document, name, way, depth + 1);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => text(name, schema["format"].as_str().unwrap_or_default()).into(),
        Some("integer") => integer(name, schema),
        Some("number") => json!(0.5),
        Some("boolean") => (name == "success" || name.starts_with("is_active")).into(),
        // What holds itself ends here.
        Some("array") if depth > 12 => json!([]),
        Some("array") => json!([make(document, name, &schema["items"], depth + 1)]),
        _ => object(document, schema, depth),
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields.map(|(name, field)| (name.clone(), make(document, name, field, depth + 1))).collect::<Map<_, _>>().into()
}

fn integer(name: &str, schema: &Value) -> Value {
    let usual = match name {
        "limit" => 25,
        "max_tokens" => 800,
        "max_pages" => 100,
        "size" | "length" => 48_210,
        _ => 1,
    };
    schema["minimum"].as_i64().map_or(usual, |least| usual.max(least)).into()
}

/// A text that could stand in such a field.
fn text(name: &str, format: &str) -> &'static str {
    match (format, name) {
        ("uuid", _) => ID,
        ("date-time", "until" | "expires_at" | "snoozed_until") => "2026-12-24T08:00:00Z",
        ("date-time", _) => TIME,
        (_, "email" | "contact_email") => "ana@example.com",
        (_, "phone") => "+355 69 123 4567",
        (_, "url" | "location" | "website") => "https://example.com/help",
        (_, "base_url" | "avatar_url" | "model") => "",
        (_, "color") => "#4f46e5",
        (_, "time_zone") => "Europe/Tirane",
        (_, "language" | "locale" | "languages") => "en",
        (_, "allowed_domains") => "example.com",
        (_, "slug") => "alba-coffee",
        (_, "public_key") => "kJ3vT0x9QmZc2LwA8sYbN1dF",
        (_, "prefix") => "bsd_Zk3mQ9aT",
        (_, "password") => "correct horse battery staple",
        (_, "code") => "287082",
        (_, "organization_name") => "Alba Coffee",
        (_, "token") => "bsd_Zk3mQ9aTq0X7w2LrV8sYbN1dFc5Hj6GpKuEiOaTzMx4",
        (_, "api_key") => "sk-0123456789",
        (_, "cursor" | "next_cursor") => "42",
        (_, "title") => "Delivery",
        (_, "name" | "contact_name" | "author_name") => "Ana Hoxha",
        (_, "content" | "message" | "query" | "instructions" | "excerpt") => "How long does delivery take?",
        (_, "html") => "<p>How long does delivery take?</p>",
        (_, "tags" | "tag") => "delivery",
        (_, "plan") => "chatbot_standard_monthly",
        (_, "type" | "kind") => "member",
        _ => "text",
    }
}
