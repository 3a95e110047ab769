//! What holds for the parameters and bodies of all operations.

use serde_json::{Value, json};

use super::example;

pub(super) fn parameters(method: &str, is_sign_in: bool, operation: &mut Value) {
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
            list.push(header("Idempotency-Key", "Any text, such as a random UUID; the same again for a retry."))
        }
        "get" => list.push(header("If-None-Match", "The `ETag` of an earlier response; 304 if nothing has changed.")),
        _ => {}
    }
    operation["parameters"] = list.into();
}

/// Adds the example, and lets a change leave out what stays.
pub(super) fn request_body(document: &mut Value, method: &str, operation: &mut Value) {
    let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") else { return };
    let name = content["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    if method == "patch" && schemas[name].get("required").is_some() {
        let partial = format!("{name}Patch");
        let mut schema = schemas[name].clone();
        schema.as_object_mut().map(|schema| schema.remove("required"));
        schema["description"] = "A JSON merge patch (RFC 7396): omitted fields stay as they are.".into();
        schemas[&partial] = schema;
        content["schema"] = json!({"$ref": format!("#/components/schemas/{partial}")});
    }
    content["example"] = example::of(document, &content["schema"]);
    operation["requestBody"]["required"] = true.into();
}
