//! Script in every text that the database keeps, and every page that shows it.

use db::{
    embedded::Embedded,
    sqlx::{self, PgPool},
};
use scraper::Html;

use crate::support::{Browser, Gate, Program, Provider, folder, run};

/// What is planted, round after round. Each round has shorter forms for columns that do not take the long one; all say `pwn`.
const ROUNDS: &[&[&str]] = &[
    // Leave a quoted attribute, an element and a script, and run.
    &[
        r#"x"'></script></style></title></textarea><pwn-x></pwn-x><script>pwn()</script><svg onload=pwn()><img src=x onerror=pwn()><iframe srcdoc=pwn()>"#,
        r#""'></script></title></textarea><pwn-x></pwn-x><script>pwn()</script>"#,
        r#""'></title><pwn-x onx=pwn()>"#,
        "<pwn-x onx=pwn>",
    ],
    // Stays in an attribute, also in one without quotes.
    &[r#"x" onfocus="pwn()' onfocus='pwn() onfocus=pwn() pwn=x"#, "x onx=pwn() pwn=x"],
    // Leaves a string of a script.
    &[r#"\");pwn();//\');pwn();//`);pwn();//${pwn()}"#, r#""+pwn()+""#],
    // Run where an address leads.
    &["javascript:pwn()//"],
    &["vbscript:pwn()//"],
    &["data:text/html,<script>pwn()</script>", "data:,pwn"],
];
/// Attributes that lead somewhere.
const LEADING: &[&str] = &[
    "action",
    "background",
    "data",
    "formaction",
    "href",
    "manifest",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];

/// Columns whose texts have a form that the database itself keeps, or of which the program writes its own again meanwhile: two
/// settings cannot have one name.
const FIXED: &[&str] = &["canned_responses.shortcut", "organizations.slug", "platform_settings.name"];

/// What came of planting.
#[derive(Default)]
struct Planted {
    /// Columns that hold it.
    columns: Vec<String>,
    /// Columns in which nothing stands yet.
    empty: Vec<String>,
    /// Columns that took none of the forms.
    refused: Vec<String>,
}

/// Writes a text into every column that takes it, of what people see: the first of its forms that fits.
async fn plant(pool: &PgPool, forms: &[&str]) -> Planted {
    // Constraints keep lists of words as they are.
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text, c.udt_name::text
         from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
         where table_schema = 'public' and t.table_type = 'BASE TABLE' and is_generated = 'NEVER'
           and udt_name in ('text', '_text', 'jsonb')
           and not exists (select from pg_constraint
                           where conrelid = c.table_name::text::regclass and contype = 'c'
                             and pg_get_constraintdef(oid) ~ ('[( ]' || c.column_name || ' = ANY '))
         order by 1, 2",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut planted = Planted::default();
    for (table, column, kind) in columns {
        // The address and password that one signs in with, the words that rights and files go by, and a log that nobody may
        // change.
        let kept = ["password_hash", "scopes", "permissions", "storage_key", "embedding_model", "public_key", "status"];
        if (table == "users" && column == "email")
            || kept.contains(&column.as_str())
            || table == "audit_logs"
            || table == "secret_lookups"
        {
            continue;
        }
        let value = match kind.as_str() {
            // Where a text must be another's than each: at its beginning, so that short ones show it, too.
            "text" => format!("$1 || right({column}, 20)"),
            "_text" => "array[$1]".to_owned(),
            _ => format!("{column} || jsonb_build_object($1::text, $1::text)"),
        };
        let only = if kind == "jsonb" { format!("jsonb_typeof({column}) = 'object'") } else { "true".to_owned() };
        let update = format!("update {table} set {column} = {value} where {column} is not null and {only}");
        let mut rows = None;
        for form in forms {
            rows = sqlx::query(&update).bind(form).execute(pool).await.ok().map(|done| done.rows_affected());
            if rows.is_some() {
                break;
            }
        }
        let name = format!("{table}.{column}");
        match rows {
            Some(0) => planted.empty.push(name),
            Some(_) => planted.columns.push(name),
            None => planted.refused.push(name),
        }
    }
    planted
}

/// What of a page comes of what was planted and is more than text: elements, attributes, addresses, scripts.
fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for element in Html::parse_document(page).root_element().descendent_elements() {
        let name = element.value().name();
        if name.contains("pwn") {
            faults.push(format!("<{name}>"));
        }
        for (attribute, value) in element.value().attrs() {
            let is_planted = value.contains("pwn");
            let runs = attribute.contains("pwn")
                // The pages have no handlers of their own in them.
                || attribute.starts_with("on")
                || (is_planted && matches!(attribute, "srcdoc" | "style" | "http-equiv"))
                || (is_planted && LEADING.contains(&attribute) && runs_as_address(value));
            if runs {
                faults.push(format!("<{name} {attribute}={value:?}>"));
            }
        }
        let text: String = element.text().collect();
        if name == "script" && text.contains("pwn") && outside_strings(&text).contains("pwn") {
            faults.push(format!("<script>{text}"));
        }
    }
    faults
}

/// Whether a browser would run what an address holds. It passes over blanks and control characters before the scheme and line
/// breaks within.
fn runs_as_address(address: &str) -> bool {
    let address: String = address.chars().filter(|c| *c > ' ').collect::<String>().to_lowercase();
    ["javascript:", "vbscript:", "data:"].iter().any(|scheme| address.starts_with(scheme))
}

/// A script without what stands in its strings.
fn outside_strings(script: &str) -> String {
    let (mut outside, mut quote) = (String::new(), None);
    let mut chars = script.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => _ = chars.next(),
            (Some(open), c) if c == open => quote = None,
            // A line break ends a string that has none of its own.
            (Some('"' | '\''), '\n') => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, c) => outside.push(c),
        }
    }
    outside
}

#[test]
fn what_runs_is_seen() {
    for page in [
        "<pwn-x>",
        "<p title=\"\" onfocus=\"pwn()\">",
        "<p title=x pwn=x>",
        "<svg onload=pwn()>",
        "<a href=\" java\nscript:pwn()//\">",
        "<a href=vbscript:pwn()>",
        "<form action=\"data:text/html,pwn\">",
        "<iframe srcdoc=\"&lt;script>pwn()\">",
        "<script>let a = \"\";pwn();//\";</script>",
        "<script>pwn()</script>",
    ] {
        assert!(!faults(page).is_empty(), "{page}");
    }
    for page in [
        "<p title=\"pwn() onfocus=pwn()\">&lt;pwn-x&gt; javascript:pwn()</p>",
        "<a href=\"https://pwn.example/?q=javascript:pwn()\">",
        "<script>let a = \"\\\");pwn();//\\\\\", b = 'pwn()';</script>",
    ] {
        assert_eq!(faults(page), Vec::<String>::new(), "{page}");
    }
}

/// Every page of the interface, with something that is there in its address.
async fn pages(pool: &PgPool) -> Vec<String> {
    let mut pages = Vec::new();
    for route in leptos_axum::generate_route_list(app::App) {
        let parts: Vec<&str> = route.path().split('/').collect();
        let mut path = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            if !part.starts_with('{') {
                path.push((*part).to_owned());
                continue;
            }
            let table = match (parts[place - 1], *part) {
                (_, "{token}") => "",
                ("inbox", _) => "conversations",
                ("knowledge", _) => "knowledge_sources",
                ("documents", _) => "documents",
                ("channels" | "agents" | "contacts" | "organizations" | "users", _) => parts[place - 1],
                ("webhooks", _) => "webhook_subscriptions",
                ("mail", _) => "mails",
                (noun, _) => panic!("say here which table {noun} of {} shows", route.path()),
            };
            // The first source, and the first of its documents.
            let order = if table == "documents" { "source_id" } else { "id" };
            let query = format!("select id::text from {table} order by {order} limit 1");
            let id: Option<String> =
                if table.is_empty() { None } else { sqlx::query_scalar(&query).fetch_optional(pool).await.unwrap() };
            path.push(id.unwrap_or_else(|| "%22%3E%3Cimg%20src=x%20onerror=pwn()%3E".into()));
        }
        let page = path.join("/");
        // What stands in the address is shown in fields, too.
        pages.push(format!("{page}?q=%22%3E%3Cscript%3Epwn()%3C/script%3E&next=javascript:pwn()//&list=all"));
        pages.push(page);
    }
    pages
}

#[tokio::test]
async fn no_page_runs_what_the_database_or_an_address_holds() {
    let folder = folder();
    let data = folder.path().join("data");
    let provider = Provider::start(&Gate::default()).await;
    let settings = provider.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let program = Program::ready(&data, "serve", &settings).await;
    let address = program.address.to_string();
    settings.push(("BISEDA_LISTEN", &address));
    let seeded = run(&data, &["seed"], &settings).await;
    assert!(seeded.success, "{}", seeded.stderr);
    let password = seeded.stdout.lines().find(|line| line.trim_start().starts_with("password")).unwrap();
    let password = password.split_whitespace().nth(1).unwrap().to_owned();
    let pool = PgPool::connect(&Embedded::of_running(&data).unwrap().owner).await.unwrap();
    let member = Browser::at(&program);
    assert_eq!(member.log_in("demo@example.com", &password).await.location, "/app");
    sqlx::raw_sql("update users set is_platform_admin = true, two_factor_secret = 'x'").execute(&pool).await.unwrap();

    let (mut shown, mut looked, mut found) = (0, 0, Vec::new());
    for forms in ROUNDS {
        let planted = plant(&pool, forms).await;
        let refused: Vec<_> = planted.refused.iter().filter(|column| !FIXED.contains(&column.as_str())).collect();
        assert!(refused.is_empty(), "{refused:?} took none of {forms:?}: plant a shorter form, or say why it is fixed");
        let (there, empty) = (planted.columns.len(), planted.empty.len());
        assert!(there >= 50, "only {there} columns hold {forms:?}: {:?}; {empty} are empty", planted.columns);
        for page in pages(&pool).await {
            let html = member.get(&page).await;
            assert!(html.status < 500, "{page}: {}", html.text);
            looked += usize::from(html.status == 200);
            // Were the text to become a script after all, the browser would not run it.
            let scripts = html.policy.split("; ").find_map(|part| part.strip_prefix("script-src "));
            let scripts = scripts.or_else(|| html.policy.strip_prefix("default-src "));
            if !scripts
                .is_some_and(|sources| ["'unsafe-", "http", "data:", "*"].iter().all(|from| !sources.contains(from)))
            {
                found.push(format!("{page} may run anything: {:?}", html.policy));
            }
            shown += usize::from(html.text.contains("pwn"));
            found.extend(faults(&html.text).into_iter().map(|fault| format!("{page}: {fault}")));
        }
        // What the widget's frame and button are made of.
        let key: String = sqlx::query_scalar("select public_key from channels limit 1").fetch_one(&pool).await.unwrap();
        let frame = member.get(&format!("/widget/{key}")).await.text;
        found.extend(faults(&frame).into_iter().map(|fault| format!("the widget: {fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(looked >= 25 * ROUNDS.len() && shown >= 12 * ROUNDS.len(), "{shown} of {looked} pages have shown it");
    // Else a page has shown its error in place of what it is for.
    assert!(!program.log().contains("a server function failed"), "{}", program.log());
    program.stop().await;
}
