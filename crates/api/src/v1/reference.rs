use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::header;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

const STYLE: &str = "
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:minmax(12rem,18rem) 1fr}
nav{padding:1rem;border-inline-end:1px solid #8884;position:sticky;top:0;height:100vh;overflow:auto;box-sizing:border-box;font-size:.875rem}
nav a{display:block;padding:.1rem 0;text-decoration:none;overflow-wrap:anywhere}main{padding:1rem 2rem;max-width:60rem;min-width:0}
section{border-block-start:1px solid #8884;padding-block:1rem}pre{background:#8881;padding:.75rem;overflow:auto;border-radius:.4rem;font-size:.8125rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}h3 b{text-transform:uppercase;font-size:.8em;margin-inline-end:.5rem}
table{border-collapse:collapse;font-size:.875rem}td,th{text-align:start;padding:.2rem .75rem .2rem 0;vertical-align:top}
@media(max-width:48rem){body{display:block}nav{position:static;height:auto;max-height:16rem}main{padding:1rem}}";

/// `GET /api/docs`: the reference, made from the document.
pub(super) async fn page() -> Response {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'");
    ([(header::CONTENT_SECURITY_POLICY, policy)], render(super::document())).into_response()
}

fn render(document: &Value) -> Markup {
    let operations = operations(document);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text(&document["info"]["title"])) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav aria-label="Operations" {
                    @for (method, path, operation) in &operations {
                        a href={ "#" (text(&operation["operationId"])) } { (method.to_uppercase()) " " (short(path)) }
                    }
                }
                main {
                    h1 { (text(&document["info"]["title"])) }
                    @for paragraph in text(&document["info"]["description"]).split("\n\n") { p { (marked(paragraph)) } }
                    p { a href="/api/v1/openapi.json" { "OpenAPI 3.1 document" } }
                    @for (method, path, operation) in &operations { (section(document, method, path, operation)) }
                }
            }
        }
    }
}

/// Every operation with its method and path, by tag and path.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let items = document["paths"].as_object().into_iter().flatten();
    let mut all: Vec<_> = items
        .flat_map(|(path, item)| {
            let operations = item.as_object().into_iter().flatten();
            operations.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
        .collect();
    all.sort_by_key(|(_, path, operation)| (operation["tags"][0].as_str().unwrap_or_default(), *path));
    all
}

fn section(document: &Value, method: &str, path: &str, operation: &Value) -> Markup {
    let scopes: Vec<_> =
        operation.pointer("/security/0/api_key").and_then(Value::as_array).into_iter().flatten().collect();
    let parameters: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
    let responses = operation["responses"].as_object().into_iter().flatten();
    let success =
        operation["responses"].as_object().and_then(|all| all.iter().find(|(status, _)| status.starts_with('2')));
    html! {
        section id=(operation["operationId"].as_str().unwrap_or_default()) {
            h3 { b { (method) } code { (path) } }
            p { (marked(operation["summary"].as_str().unwrap_or_default())) }
            @if let Some(description) = operation["description"].as_str() { p { (marked(description)) } }
            @if operation.pointer("/security/0/session").is_some() { p { "For signed-in members only." } }
            @if !scopes.is_empty() {
                p { "Scopes: " @for scope in &scopes { code { (scope.as_str().unwrap_or_default()) } " " } }
            }
            @if !parameters.is_empty() {
                table {
                    thead { tr { th { "Parameter" } th { "In" } th { "Values" } th { "Meaning" } } }
                    tbody {
                        @for parameter in &parameters {
                            tr {
                                td { code { (parameter["name"].as_str().unwrap_or_default()) } }
                                td { (parameter["in"].as_str().unwrap_or_default()) }
                                td { (values(&parameter["schema"])) }
                                td { (marked(parameter["description"].as_str().unwrap_or_default())) }
                            }
                        }
                    }
                }
            }
            @if let Some(body) = operation.pointer("/requestBody/content/application~1json") {
                h4 { "Request" }
                (example(document, body))
            }
            @if let Some((status, response)) = success {
                h4 { "Answer " (status) }
                @if let Some(body) = response.pointer("/content/application~1json") { (example(document, body)) }
            }
            p { "Statuses: " @for (status, response) in responses {
                span title=(response["description"].as_str().unwrap_or_default()) { (status) } " "
            } }
        }
    }
}

fn example(document: &Value, body: &Value) -> Markup {
    let schema = body["schema"]["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#')));
    let description = schema.and_then(|schema| schema["description"].as_str()).unwrap_or_default();
    html! {
        @if !description.is_empty() { p { (marked(description)) } }
        pre tabindex="0" { code { (serde_json::to_string_pretty(&body["example"]).unwrap_or_default()) } }
    }
}

/// The values of a parameter in a few words.
fn values(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    }
    let kind = schema["type"].as_str().unwrap_or("text");
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64(), schema["format"].as_str()) {
        (Some(least), Some(most), _) => format!("{least} to {most}"),
        (_, _, Some(format)) => format.to_owned(),
        _ => kind.to_owned(),
    }
}

/// The text with what stands between backticks as code.
fn marked(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn short(path: &str) -> &str {
    path.trim_start_matches("/api/v1")
}
