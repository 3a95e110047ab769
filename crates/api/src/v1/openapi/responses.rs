//! What every operation may answer, beside what it says itself.

use serde_json::{Map, Value, json};

use super::example;

/// What errors may say, by status.
const ERRORS: &[(&str, &str)] = &[
    ("401", "The API key or session is missing, unknown, revoked or expired."),
    ("403", "The API key or the member's role does not allow this, or the organization is suspended."),
    ("404", "Not found in this organization."),
    ("409", "It has changed in the meantime, it already exists, or the Idempotency-Key was used for another request."),
    ("413", "The request is larger than 2 MB."),
    ("422", "The input breaks a rule; `details` names the fields."),
    ("429", "Too many requests; try again after `Retry-After` seconds."),
    ("500", "An internal error, logged with the request id."),
    ("503", "The database or another required service does not respond; try again."),
];

pub(super) fn error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["success", "error"],
        "properties": {
            "success": {"type": "boolean", "enum": [false]},
            "error": {
                "type": "object",
                "required": ["code", "message", "details", "request_id"],
                "properties": {
                    "code": {"$ref": "#/components/schemas/ErrorCode"},
                    "message": {"type": "string", "description": "What is wrong, in English."},
                    "details": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
                    "request_id": {"type": ["string", "null"], "description": "Identifies the request in the log."},
                },
            },
        },
    })
}

pub(super) fn responses(document: &Value, path: &str, method: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let has_id = path.contains('{');
    let mut all: Map<String, Value> = operation["responses"].as_object().cloned().unwrap_or_default();
    for (status, response) in &mut all {
        if let Some(content) = response.pointer_mut("/content/application~1json") {
            content["example"] = example::of(document, &content["schema"]);
        }
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = match status.as_str() {
                "201" => "Created.",
                "202" => "Accepted.",
                "204" => "Done.",
                _ => "Success.",
            }
            .into();
        }
        response["headers"] = headers(method);
    }
    if method == "get" {
        all.insert("304".into(), json!({"description": "Nothing has changed.", "headers": headers(method)}));
    }
    for (status, description) in ERRORS {
        let can_happen = match *status {
            "404" => has_id || path.starts_with("/api/v1/auth/") || path.ends_with("/merge"),
            "409" => method != "get",
            "413" => has_body,
            "422" => has_body || has_id || method != "get" || operation["parameters"].to_string().contains("\"query\""),
            _ => true,
        };
        if can_happen {
            all.insert((*status).into(), error(status, description));
        }
    }
    operation["responses"] = all.into();
}

fn error(status: &str, description: &str) -> Value {
    let mut error = json!({
        "description": description,
        "headers": limits(),
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Error"},
            "example": example::error(status, description),
        }},
    });
    if status == "429" {
        error["headers"]["Retry-After"] = integer("Seconds to wait.");
    }
    error
}

fn headers(method: &str) -> Value {
    let mut headers = limits();
    if method == "get" {
        headers["ETag"] =
            json!({"description": "Identifies this version, for If-None-Match.", "schema": {"type": "string"}});
    }
    headers
}

fn limits() -> Value {
    json!({
        "RateLimit-Limit": integer("Number of requests allowed at once, after a pause."),
        "RateLimit-Remaining": integer("Number of requests allowed now."),
        "RateLimit-Reset": integer("Seconds until the full number is allowed again."),
    })
}

fn integer(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "integer"}})
}
