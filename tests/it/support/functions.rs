//! The server functions of the interface: those that the program has registered, with the arguments that the sources
//! declare. A new one is found by itself.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value, json};

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
    /// Names and types of what must be given.
    arguments: Vec<(String, String)>,
}

/// All server functions.
///
/// The address of one ends in a number that its module has, which tells apart those of one name.
pub fn functions() -> Vec<Function> {
    // Links the interface, which registers what it declares.
    let _ = leptos_axum::generate_route_list(app::App);
    let mut registered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        let name = path.strip_prefix("/rpc/").unwrap_or_else(|| panic!("{path} is elsewhere"));
        let (name, module) = name.split_at(name.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        registered.entry(module.to_owned()).or_default().push(name.to_owned());
    }
    let mut functions = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("app");
    for area in fs::read_dir(&root).unwrap() {
        let area = area.unwrap().path();
        let name = area.file_name().unwrap().to_str().unwrap().to_owned();
        let src = if name == "src" { area } else { area.join("src") };
        for file in sources(&src) {
            let mut declared = declared(&fs::read_to_string(&file).unwrap(), &name);
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

/// The server functions of a file, without their addresses.
fn declared(text: &str, area: &str) -> Vec<Function> {
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
            arguments: arguments_of(arguments),
        });
        rest = signature;
    }
    found
}

fn arguments_of(text: &str) -> Vec<(String, String)> {
    let (mut depth, mut arguments, mut current) = (0_i32, Vec::new(), String::new());
    for c in text.chars() {
        depth += i32::from(matches!(c, '(' | '<' | '[')) - i32::from(matches!(c, ')' | '>' | ']'));
        match c {
            ',' if depth == 0 => arguments.push(std::mem::take(&mut current)),
            c => current.push(c),
        }
    }
    arguments.push(current);
    let given = arguments.iter().map(|argument| argument.trim());
    given
        .filter(|argument| !argument.is_empty() && !argument.starts_with("#[server(default)]"))
        .map(|argument| argument.split_once(": ").unwrap_or_else(|| panic!("{argument:?} in {text}")))
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

impl Function {
    /// Posts it as a page's script does, with arguments that it can read. `things` gives the value of an argument by its
    /// type or, for texts, by its name; what is not there gets a value without a meaning.
    pub async fn post(&self, browser: &Browser, things: &[(&str, &str)]) -> Answer {
        let given = self.arguments.iter().map(|(name, kind)| (name.clone(), self.value(name, kind, things)));
        let arguments: Map<String, Value> = given.collect();
        match self.takes_json {
            true => browser.call(&self.path, Some(&Value::Object(arguments)), &[]).await,
            false => {
                let mut fields = Vec::new();
                for (name, value) in &arguments {
                    flatten(name, value, &mut fields);
                }
                browser.call(&self.path, None, &fields).await
            }
        }
    }

    fn value(&self, name: &str, kind: &str, things: &[(&str, &str)]) -> Value {
        let thing = |key: &str| things.iter().find(|(known, _)| *known == key).map(|(_, value)| json!(value));
        let qualified = format!("{}.{name}", self.name);
        if let Some(value) = thing(&qualified).or_else(|| thing(kind)) {
            return value;
        }
        let bare = kind.rsplit("::").next().unwrap();
        match bare {
            "String" => json!("x"),
            "bool" => json!(true),
            "i64" | "i32" | "u32" | "u16" => json!(1),
            "AgentForm" => json!({
                "id": "", "name": "x", "greeting": "", "instructions": "", "tone": "friendly", "languages": "en",
                "provider": "extractive", "model": "", "base_url": "", "api_key": "", "temperature": "0.2",
                "max_tokens": "100", "keywords": "", "after_unanswered": "2", "message": ""
            }),
            "ChannelForm" => json!({
                "id": NOTHING, "name": "x", "agent": "", "color": "#112233", "position": "end", "color_scheme": "auto",
                "title": "", "greeting": "", "avatar_url": "", "language": "en", "quick_replies": "",
                "allowed_domains": ""
            }),
            "RoleForm" => json!({"id": "", "name": "x"}),
            "WebhookForm" => json!({"url": "https://shop.example/hook"}),
            "ChannelType" => json!("widget"),
            "Availability" => json!("away"),
            "AnnouncementLevel" => json!("info"),
            "FeatureFlag" => json!("widget_uploads"),
            "Schedule" => json!("daily"),
            "Priority" => json!("high"),
            "SnoozeFor" => json!("hour"),
            "Turn" => json!("close"),
            "ContactField" => json!("notes"),
            // As far as they have fields that must be there.
            filter if filter.ends_with("Filter") => json!({"q": "", "action": ""}),
            list if list.starts_with("Vec<") => json!([]),
            optional if optional.starts_with("Option<") => Value::Null,
            id if id.ends_with("Id") => json!(NOTHING),
            _ => panic!("{}: say here how a {kind} looks", self.name),
        }
    }
}

/// The id of nothing.
const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

/// As a form has it: `form[name]=x`.
fn flatten(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(inner) => {
            for (inner, value) in inner {
                flatten(&format!("{name}[{inner}]"), value, fields);
            }
        }
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}
