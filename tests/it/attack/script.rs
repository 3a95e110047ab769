//! Script in every text that the database keeps, and every page that shows it.

use db::{
    embedded::Embedded,
    sqlx::{self, PgPool},
};

use crate::support::{Browser, Gate, Program, Provider, folder, run};

/// Leaves an attribute, an element and a script, and runs.
const SCRIPT: &str = r#"x"'></script></title></textarea><script>pwn()</script><img src=x onerror=pwn()>"#;
/// Runs where an address leads.
const ADDRESS: &str = "javascript:pwn()//";

/// Writes a text into every column that takes it, of what people see.
async fn plant(pool: &PgPool, text: &str) -> usize {
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text, c.udt_name::text
         from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
         where table_schema = 'public' and t.table_type = 'BASE TABLE' and is_generated = 'NEVER'
           and udt_name in ('text', '_text', 'jsonb')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut planted = 0;
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
        // Constraints keep lists of words as they are.
        planted +=
            usize::from(sqlx::query(&update).bind(text).execute(pool).await.is_ok_and(|done| done.rows_affected() > 0));
    }
    planted
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

    let (mut shown, mut looked, mut faults) = (0, 0, Vec::new());
    for text in [SCRIPT, ADDRESS] {
        let planted = plant(&pool, text).await;
        assert!(planted >= 40, "only {planted} columns hold it");
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
                faults.push(format!("{page} may run anything: {:?}", html.policy));
            }
            shown += usize::from(html.text.contains("pwn()"));
            for runs in [
                "<script>pwn",
                "<img src=x",
                "</title></textarea>",
                "href=\"javascript:",
                "src=\"javascript:",
                "action=\"javascript:",
            ] {
                if let Some(at) = html.text.find(runs) {
                    let before = html.text[..at].chars().count().saturating_sub(200);
                    let around: String = html.text.chars().skip(before).take(400).collect();
                    faults.push(format!("{page} runs {runs}: …{around}…"));
                }
            }
        }
        // What the widget's frame and button are made of.
        let key: String = sqlx::query_scalar("select public_key from channels limit 1").fetch_one(&pool).await.unwrap();
        let frame = member.get(&format!("/widget/{key}")).await.text;
        assert!(!frame.contains("<script>pwn") && !frame.contains("<img src=x"), "{frame}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(looked >= 50 && shown >= 25, "{shown} of {looked} pages have shown it");
    // Else a page has shown its error in place of what it is for.
    assert!(!program.log().contains("a server function failed"), "{}", program.log());
    program.stop().await;
}
