//! The OpenAPI 3.1 document: what the handlers say of themselves, and what holds for all of them.

mod example;
mod requests;
mod responses;

use serde_json::{Map, Value, json};
use types::error::{ErrorCode, FieldError, FieldRule};
use utoipa::OpenApi;

const DESCRIPTION: &str = "\
Everything that a program can do in an organization. Sign in with an API key (`Authorization: Bearer bsd_…`), which members \
create under Settings, API keys; a key may do what its scopes allow. Browsers may use the session's cookie instead.

Successful responses are `{\"success\": true, \"data\": …}`, in lists with `meta` beside `data`; errors are \
`{\"success\": false, \"error\": {\"code\", \"message\", \"details\", \"request_id\"}}`. What belongs to another organization is \
not found (404).

Every `POST` except those for signing in accepts an `Idempotency-Key`: for 24 hours, the same request with the same key gets \
the first response again and does nothing else. The `RateLimit-*` headers of every response tell how many requests are left; \
any more are refused with 429 and `Retry-After`.";

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
    document["components"]["schemas"]["Error"] = responses::error_schema();
    document["components"]["securitySchemes"] = json!({
        "api_key": {"type": "http", "scheme": "bearer", "description": "An API key. Each operation names the scopes it needs."},
        "session": {"type": "apiKey", "in": "cookie", "name": domain::accounts::SESSION_COOKIE,
                    "description": "Over HTTPS, the cookie is called `__Host-biseda_session`."},
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
                let told = format!("{description} Default: `{}`.", shortest(&default));
                fields.insert("description".into(), told.trim().into());
            }
            fields.values_mut().for_each(without_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(without_defaults),
        _ => {}
    }
}

/// A value as people write it. Fractions have the precision of the settings, `f32`: 0.2 is not 0.20000000298023224.
fn shortest(value: &Value) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(number) => (number as f32).to_string(),
        None => value.to_string(),
    }
}

/// What an operation does not say of itself.
fn complete(document: &mut Value, path: &str, method: &str, operation: &mut Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default().to_lowercase().replace(' ', "_");
    operation["operationId"] = format!("{tag}_{}", operation["operationId"].as_str().unwrap_or_default()).into();
    secure(operation);
    let is_sign_in = path.starts_with("/api/v1/auth/");
    requests::parameters(method, is_sign_in, operation);
    requests::request_body(document, method, operation);
    sparse(document, operation);
    responses::responses(document, path, method, operation);
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
