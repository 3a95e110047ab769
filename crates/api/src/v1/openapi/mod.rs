//! The OpenAPI 3.1 document: what the handlers say of themselves, and what holds for all of them.

mod example;

use serde_json::{Map, Value, json};
use types::error::{ErrorCode, FieldError, FieldRule};
use utoipa::OpenApi;

const DESCRIPTION: &str = "\
Everything that a program does in an organization. Sign in with an API key (`Authorization: Bearer bsd_…`), made under \
Settings, API keys; a key does what its scopes allow. Browsers may use the session's cookie.

Answers are `{\"success\": true, \"data\": …}`, lists have `meta` beside it; errors are `{\"success\": false, \"error\": \
{\"code\", \"message\", \"details\", \"request_id\"}}`. What belongs to another organization is not there (404).

Every `POST` but those that sign in takes an `Idempotency-Key`: for 24 hours the same request with the same key gets the first answer again and \
does nothing. Every answer says in `RateLimit-*` how many requests are left; after too many comes 429 with `Retry-After`.";

/// What errors may say, by status.
const ERRORS: &[(&str, &str)] = &[
    ("401", "The key or the session is missing, unknown, revoked or expired."),
    ("403", "The key, or the member's role, does not allow this; or the organization is suspended."),
    ("404", "There is no such thing in this organization."),
    ("409", "It has changed since, exists already, or the Idempotency-Key was used for another request."),
    ("413", "The request is larger than 2 MB."),
    ("422", "The input breaks a rule; `details` names each field."),
    ("429", "Too many requests; try again after `Retry-After` seconds."),
    ("500", "A fault of ours; its log has it under the request id."),
    ("503", "The database or a service that is needed does not answer; try again."),
];

#[derive(OpenApi)]
#[openapi(components(schemas(ErrorCode, FieldError, FieldRule)))]
struct Errors;

/// Completes the document.
pub(super) fn finish(mut collected: utoipa::openapi::OpenApi) -> Value {
    collected.merge(Errors::openapi());
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    document["info"] = json!({
        "title": "Biseda REST API",
        "version": "1",
        "description": DESCRIPTION,
        "license": {"name": "Apache-2.0 OR MIT"},
    });
    document["servers"] = json!([{"url": "/"}]);
    document["components"]["schemas"]["Error"] = error_schema();
    document["components"]["securitySchemes"] = json!({
        "api_key": {"type": "http", "scheme": "bearer", "description": "An API key; the scopes stand beside each operation."},
        "session": {"type": "apiKey", "in": "cookie", "name": domain::accounts::SESSION_COOKIE},
    });
    let mut paths = document["paths"].take();
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(&mut document, path, method, operation);
        }
    }
    document["paths"] = paths;
    for schema in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        without_defaults(schema.1);
    }
    document
}

/// Writes what a field is when it is left out into its description: generators of clients take a field with a `default` for
/// one that always has a value, and then demand it of who sends it.
fn without_defaults(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(default) = fields.remove("default").filter(|default| !default.is_null()) {
                let description = fields.get("description").and_then(Value::as_str).unwrap_or_default();
                let told = format!("{description} Left out: `{default}`.");
                fields.insert("description".into(), told.trim().into());
            }
            fields.values_mut().for_each(without_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(without_defaults),
        _ => {}
    }
}

fn error_schema() -> Value {
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
                    "message": {"type": "string", "description": "What is wrong, in words."},
                    "details": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
                    "request_id": {"type": ["string", "null"], "description": "Finds the request in the log."},
                },
            },
        },
    })
}

/// What an operation does not say of itself.
fn complete(document: &mut Value, path: &str, method: &str, operation: &mut Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default().to_lowercase().replace(' ', "_");
    operation["operationId"] = format!("{tag}_{}", operation["operationId"].as_str().unwrap_or_default()).into();
    secure(operation);
    let is_sign_in = path.starts_with("/api/v1/auth/");
    parameters(method, is_sign_in, operation);
    request_body(document, method, operation);
    sparse(document, operation);
    responses(document, path, method, operation);
}

/// A session does what a key with these scopes does, as far as the member's role allows. Beside `session` alone the word
/// is a role.
fn secure(operation: &mut Value) {
    let requirement = operation["security"][0].clone();
    if requirement.as_object().is_some_and(Map::is_empty) {
        // Nobody has to be signed in.
        return;
    }
    let scopes = requirement.as_object().and_then(|by_scheme| by_scheme.values().next().cloned()).unwrap_or_default();
    let mut ways = vec![json!({"session": scopes})];
    if requirement.get("api_key").is_some() {
        ways.insert(0, requirement);
    }
    operation["security"] = ways.into();
}

fn parameters(method: &str, is_sign_in: bool, operation: &mut Value) {
    let mut list: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut list {
        if parameter["in"] == "path" {
            parameter["schema"] = json!({"type": "string", "format": "uuid"});
        }
        match parameter["name"].as_str() {
            Some("page") => {
                parameter["schema"] = json!({"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1});
            }
            Some("limit") => {
                let most = types::page::MAX_LIMIT;
                parameter["schema"] = json!({"type": "integer", "minimum": 1, "maximum": most, "default": 25});
            }
            Some("cursor") => parameter["schema"] = json!({"type": "string", "pattern": "^[0-9]{1,18}$"}),
            _ => {}
        }
        // A parameter that is given has a value.
        if let Some(types) = parameter["schema"]["type"].as_array().cloned() {
            parameter["schema"]["type"] = types.into_iter().find(|one| one != "null").unwrap_or_default();
        }
    }
    let header = |name: &str, description: &str| {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
        json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema})
    };
    match method {
        // Keys are an organization's; what comes before it is safe to send again.
        "post" if !is_sign_in => {
            list.push(header("Idempotency-Key", "Any text of your own, such as a random UUID, once per intent."))
        }
        "get" => list.push(header("If-None-Match", "The `ETag` of an earlier answer: 304 when it still holds.")),
        _ => {}
    }
    operation["parameters"] = list.into();
}

/// Adds the example, and lets a change leave out what stays.
fn request_body(document: &mut Value, method: &str, operation: &mut Value) {
    let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") else { return };
    let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    if method == "patch" && schemas[name].get("required").is_some() {
        let partial = format!("{name}Patch");
        let mut schema = schemas[name].clone();
        schema.as_object_mut().map(|schema| schema.remove("required"));
        schema["description"] = "A JSON merge patch (RFC 7396): fields that are left out stay.".into();
        schemas[&partial] = schema;
        content["schema"] = json!({"$ref": format!("#/components/schemas/{partial}")});
    }
    content["example"] = example::of(document, &content["schema"]);
    operation["requestBody"]["required"] = true.into();
}

/// Where the caller chooses the fields, none of them is sure to be there.
fn sparse(document: &mut Value, operation: &mut Value) {
    let chooses = operation["parameters"].as_array().is_some_and(|list| list.iter().any(|one| one["name"] == "fields"));
    let Some(content) = operation.pointer_mut("/responses/200/content/application~1json") else { return };
    let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    if chooses && !name.is_empty() {
        let sparse = format!("{name}_Sparse");
        let schemas = &mut document["components"]["schemas"];
        let mut schema = schemas[name].clone();
        if let Some(entry) = schema.pointer_mut("/properties/data/items").and_then(Value::as_object_mut) {
            entry.remove("required");
        }
        schemas[&sparse] = schema;
        content["schema"] = json!({"$ref": format!("#/components/schemas/{sparse}")});
    }
}

fn responses(document: &Value, path: &str, method: &str, operation: &mut Value) {
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
                "202" => "Begun.",
                "204" => "Done.",
                _ => "Done, or found.",
            }
            .into();
        }
        response["headers"] = headers(method);
    }
    if method == "get" {
        all.insert("304".into(), json!({"description": "What you have still holds.", "headers": headers(method)}));
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
        headers["ETag"] = json!({"description": "Names this state, for If-None-Match.", "schema": {"type": "string"}});
    }
    headers
}

fn limits() -> Value {
    json!({
        "RateLimit-Limit": integer("Requests at once, after a pause."),
        "RateLimit-Remaining": integer("Requests that are allowed now."),
        "RateLimit-Reset": integer("Seconds until all of them are allowed again."),
    })
}

fn integer(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "integer"}})
}
