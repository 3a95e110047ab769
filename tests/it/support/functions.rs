//! The server functions of the interface: those that the program has registered, with the arguments that the sources
//! declare. A new one is found by itself.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use super::browser::{Answer, Browser};

/// A server function.
#[derive(Debug, Clone)]
pub struct Function {
    /// The crate below `app/` that declares it.
    pub area: String,
    pub name: String,
    /// Where it is posted to.
    pub path: String,
    takes_json: bool,
    /// What it takes: its arguments, and the fields of those that have some.
    pub fields: Vec<Field>,
}

/// Something that a server function takes.
#[derive(Debug, Clone)]
pub struct Field {
    /// Where it stands: `form`, `id`. In a list at `0`.
    place: Vec<String>,
    /// Its type, as declared.
    kind: String,
    is_optional: bool,
}

impl Field {
    /// A text as a script sends it: a number where there must be one.
    fn json(&self, text: &str) -> Value {
        let number = text.parse::<i64>().ok().filter(|_| matches!(self.kind(), "i64" | "i32" | "u32" | "u16"));
        number.map_or_else(|| json!(text), |number| json!(number))
    }

    pub fn name(&self) -> &str {
        self.place.iter().rfind(|part| *part != "0").unwrap()
    }

    /// Its type, or that of what it is a list of.
    pub fn kind(&self) -> &str {
        let inner = |kind| ["Vec<", "Option<"].iter().find_map(|list| str::strip_prefix(kind, list));
        let mut kind = self.kind.as_str();
        while let Some(rest) = inner(kind) {
            kind = rest.strip_suffix('>').unwrap();
        }
        kind.rsplit("::").next().unwrap()
    }
}

/// All server functions.
///
/// The address of one ends in a number that its module has, which tells apart those of one name.
pub fn functions() -> Vec<Function> {
    // Links the interface, which registers what it declares.
    let _ = leptos_axum::generate_route_list(app::App);
    let mut registered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, "POST", "{path}: what other sites' pages may ask for");
        let name = path.strip_prefix("/rpc/").unwrap_or_else(|| panic!("{path} is elsewhere"));
        let (name, module) = name.split_at(name.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        registered.entry(module.to_owned()).or_default().push(name.to_owned());
    }
    let mut functions = Vec::new();
    let shared = text_of(Path::new("crates/types/src"));
    for area in fs::read_dir("app").unwrap() {
        let area = area.unwrap().path();
        let name = area.file_name().unwrap().to_str().unwrap().to_owned();
        let src = if name == "src" { area } else { area.join("src") };
        // An area's own types come before those that all share.
        let types = [text_of(&src), shared.clone()].concat();
        for file in sources(&src) {
            let mut declared = declared(&fs::read_to_string(&file).unwrap(), &name, &types);
            if declared.is_empty() {
                continue;
            }
            let mut names: Vec<_> = declared.iter().map(|function| function.name.clone()).collect();
            names.sort();
            let modules = registered.iter_mut().map(|(module, registered)| {
                registered.sort();
                (module, registered)
            });
            let module: Vec<String> =
                modules.filter(|(_, registered)| **registered == names).map(|(module, _)| module.clone()).collect();
            let [module] = module.as_slice() else { panic!("{}: {names:?} are registered {module:?}", file.display()) };
            for function in &mut declared {
                function.path = format!("/rpc/{}{module}", function.name);
            }
            functions.append(&mut declared);
        }
    }
    let count: usize = registered.values().map(Vec::len).sum();
    assert_eq!(functions.len(), count, "the sources declare what the program has");
    functions
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false if path.extension().is_some_and(|extension| extension == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

/// All sources of a folder.
fn text_of(folder: &Path) -> String {
    sources(folder).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The server functions of a file, without their addresses.
fn declared(text: &str, area: &str, types: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\n#[server") {
        let (attribute, signature) = rest[at + 1..].split_once('\n').unwrap();
        let signature = signature.strip_prefix("pub async fn ").unwrap_or_else(|| panic!("{attribute} of no function"));
        let (name, arguments) = signature.split_once('(').unwrap();
        let (arguments, _) = arguments.split_once(") -> ").unwrap();
        found.push(Function {
            area: area.to_owned(),
            name: name.to_owned(),
            path: String::new(),
            takes_json: attribute.contains("Json"),
            fields: parts(arguments).iter().flat_map(|argument| fields(&[], argument, types)).collect(),
        });
        rest = signature;
    }
    found
}

/// What stands between the commas of a list of arguments or fields.
fn parts(text: &str) -> Vec<String> {
    let (mut depth, mut parts, mut current) = (0_i32, Vec::new(), String::new());
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    for c in lines.collect::<Vec<_>>().join(" ").chars() {
        depth += i32::from(matches!(c, '(' | '<' | '[')) - i32::from(matches!(c, ')' | '>' | ']'));
        match c {
            ',' if depth == 0 => parts.push(std::mem::take(&mut current)),
            c => current.push(c),
        }
    }
    parts.push(current);
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The fields of an argument or of a field: itself, unless its type has some.
fn fields(inside: &[String], declaration: &str, types: &str) -> Vec<Field> {
    let (attributes, bare) = declaration.rsplit_once("] ").unwrap_or(("", declaration));
    let (name, kind) = bare.split_once(": ").unwrap_or_else(|| panic!("{declaration:?} of {inside:?}"));
    let name = name.strip_prefix("pub ").unwrap_or(name).to_owned();
    let place = [inside, &[name]].concat();
    let is_optional = attributes.contains("default") || kind.starts_with("Option<");
    let field = Field { place, kind: kind.to_owned(), is_optional };
    let Some(at) = types.find(&format!("\npub struct {} {{", field.kind())) else { return vec![field] };
    let (_, inner) = types[at..].split_once('{').unwrap();
    let (inner, _) = inner.split_once("\n}").unwrap();
    let place = if kind.starts_with("Vec<") { [field.place, vec!["0".into()]].concat() } else { field.place };
    parts(inner).iter().flat_map(|declaration| fields(&place, declaration, types)).collect()
}

impl Function {
    /// Posts it as a page's script does, with arguments that it can read. `things` gives the value of a field by its
    /// type or, for texts and what may be left out, by the function's and its own name; what is not there gets a value
    /// without a meaning.
    pub async fn post(&self, browser: &Browser, things: &[(&str, &str)]) -> Answer {
        self.send(browser, &self.arguments(things, None)).await
    }

    /// The same with another text in one field.
    pub async fn post_with(&self, browser: &Browser, things: &[(&str, &str)], field: &Field, text: &str) -> Answer {
        self.send(browser, &self.arguments(things, Some((field, text)))).await
    }

    /// The same with more fields, where it is given none of the name: beside its arguments, and in each that has fields.
    pub async fn post_with_more(&self, browser: &Browser, things: &[(&str, &str)], more: &[(&str, &str)]) -> Answer {
        let mut arguments = self.arguments(things, None);
        add(&mut arguments, more);
        self.send(browser, &arguments).await
    }

    fn arguments(&self, things: &[(&str, &str)], given: Option<(&Field, &str)>) -> Value {
        let mut arguments = json!({});
        for field in &self.fields {
            let given = given.and_then(|(other, text)| (other.place == field.place).then(|| field.json(text)));
            if let Some(mut value) = given.or_else(|| self.value(field, things)) {
                if field.kind.contains("Vec<") && !value.is_array() {
                    value = json!([value]);
                }
                put(&mut arguments, &field.place, value);
            } else if let [argument, _] = field.place.as_slice()
                && arguments[argument].is_null()
            {
                // A filter without anything in it.
                arguments[argument] = json!({});
            }
        }
        arguments
    }

    async fn send(&self, browser: &Browser, arguments: &Value) -> Answer {
        match self.takes_json {
            true => browser.call(&self.path, Some(arguments), &[]).await,
            false => {
                let mut fields = Vec::new();
                for (name, value) in arguments.as_object().unwrap() {
                    flatten(name, value, &mut fields);
                }
                browser.call(&self.path, None, &fields).await
            }
        }
    }

    /// None for what is left out.
    fn value(&self, field: &Field, things: &[(&str, &str)]) -> Option<Value> {
        let thing = |key: &str| things.iter().find(|(known, _)| *known == key).map(|(_, value)| json!(value));
        if let Some(value) = thing(&format!("{}.{}", self.name, field.name())) {
            return Some(value);
        }
        if field.is_optional {
            return None;
        }
        if let Some(value) = meant(field).map(|text| json!(text)).or_else(|| thing(field.kind())) {
            return Some(value);
        }
        Some(match field.kind() {
            _ if field.kind.starts_with("Vec<") => json!([]),
            "String" => json!("x"),
            "bool" => json!(true),
            "i64" | "i32" | "u32" | "u16" => json!(1),
            "Tone" => json!("friendly"),
            "Provider" => json!("extractive"),
            "WidgetPosition" => json!("end"),
            "ColorScheme" => json!("auto"),
            "ChannelType" => json!("widget"),
            "Availability" => json!("away"),
            "AnnouncementLevel" => json!("info"),
            "FeatureFlag" => json!("widget_uploads"),
            "Schedule" => json!("daily"),
            "Priority" => json!("high"),
            "SnoozeFor" => json!("hour"),
            "StateChange" => json!("close"),
            "ContactField" => json!("notes"),
            id if id.ends_with("Id") => json!(NOTHING),
            kind => panic!("{}: say here how a {kind} looks", self.name),
        })
    }
}

/// A text that is not just any.
fn meant(field: &Field) -> Option<&'static str> {
    if field.kind != "String" {
        return None;
    }
    Some(match field.name() {
        "languages" | "language" | "locale" => "en",
        "time_zone" => "UTC",
        "temperature" => "0.2",
        "max_tokens" => "100",
        "after_unanswered" => "2",
        "color" => "#112233",
        "url" => "https://shop.example/hook",
        "email" => "besa@example.com",
        "phone" => "+355 69 123 4567",
        // Of a canned answer; others may have any name.
        "shortcut" => "hello",
        // Filters, what has its own of the service, and what makes something new.
        "q" | "action" | "model" | "base_url" | "api_key" | "avatar_url" | "website" | "allowed_domains" | "days" => "",
        "id" | "assignee" | "team" | "agent" | "parent_id" | "manager_id" => "",
        _ => return None,
    })
}

/// Puts texts into every object in it that has none of their names.
fn add(value: &mut Value, more: &[(&str, &str)]) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| add(value, more));
            for (name, text) in more {
                fields.entry(*name).or_insert_with(|| json!(text));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| add(value, more)),
        _ => {}
    }
}

/// Writes a value to its place.
fn put(into: &mut Value, place: &[String], value: Value) {
    let Some((first, rest)) = place.split_first() else { return *into = value };
    if first == "0" {
        if into.is_null() {
            *into = json!([null]);
        }
        return put(&mut into[0], rest, value);
    }
    if into.is_null() {
        *into = json!({});
    }
    put(&mut into[first.as_str()], rest, value);
}

/// The id of nothing.
pub const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

/// As a form has it: `form[name]=x`.
fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(inner) => {
            for (inner, value) in inner {
                flatten(&format!("{name}[{inner}]"), value, fields);
            }
        }
        Value::Array(inner) => {
            for (place, value) in inner.iter().enumerate() {
                flatten(&format!("{name}[{place}]"), value, fields);
            }
        }
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}
