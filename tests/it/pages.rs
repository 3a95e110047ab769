use db::{embedded::Embedded, sqlx};

use crate::support::{Browser, NOTHING, Postgres, Program, folder, functions, until};

/// The addresses of the interface, with an id of nothing in the place of each name.
fn addresses() -> Vec<String> {
    let routes = leptos_axum::generate_route_list(app::App);
    let parts = |path: &str| -> Vec<String> {
        path.split('/').map(|part| if part.starts_with('{') { NOTHING.to_owned() } else { part.to_owned() }).collect()
    };
    routes.iter().map(|route| parts(route.path()).join("/")).collect()
}

#[tokio::test]
async fn every_page_of_the_dashboard_asks_to_sign_in_and_leads_back() {
    let folder = folder();
    let program = Program::ready(&folder.path().join("data"), "serve", &[]).await;
    let browser = Browser::at(&program);
    let pages: Vec<String> = addresses().into_iter().filter(|page| page.starts_with("/app")).collect();
    assert!(pages.len() > 15, "{pages:?}");
    for page in &pages {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, 303, "{page}");
        assert!(answer.location.starts_with("/login"), "{page}: {}", answer.location);
        // Also for those who do not say that they are a browser.
        assert_eq!(program.get(page).await.0, 303, "{page}");
    }
    let page = "/app/inbox?list=all&q=caf%C3%A9";
    let sign_in = browser.get(page).await.location;
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let other = Browser::at(&program);
    let form = other.get(&sign_in).await.text;
    assert!(form.contains(r#"name="next" value="/app/inbox?list=all&amp;q=caf%C3%A9""#), "{sign_in}: {form}");
    let fields = [("email", "olta@example.com"), ("password", "correct horse battery"), ("next", page)];
    assert_eq!(other.send_form(&sign_in, "log_in", &fields).await.location, page);
    assert_eq!(other.get(page).await.status, 200);

    let stranger = Browser::at(&program);
    let fields = [("email", "olta@example.com"), ("password", "correct horse battery"), ("next", "//evil.example")];
    assert_eq!(stranger.send_form("/login", "log_in", &fields).await.location, "/app");
    program.stop().await;
}

/// What a page has between a mark and the next quotation mark.
fn up_to_quote<'a>(page: &'a str, mark: &str) -> &'a str {
    let (_, rest) = page.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {page}"));
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn a_form_does_only_what_its_sender_saw() {
    let folder = folder();
    let program = Program::ready(&folder.path().join("data"), "serve", &[]).await;
    let browser = Browser::at(&program);
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let functions = functions();
    let function = |name: &str| functions.iter().find(|function| function.name == name).unwrap();
    // What the page shows is the newest at first, and not after somebody has saved it.
    let page = browser.get("/app/settings").await.text;
    let fields = [
        ("save_organization.name", "Beta Tea"),
        ("save_organization.website", ""),
        ("save_organization.time_zone", "UTC"),
        ("save_organization.locale", "en"),
        ("save_organization.shown", up_to_quote(&page, r#"name="shown" value=""#)),
    ];
    for status in [200, 409] {
        let saved = function("save_organization").post(&browser, &fields).await;
        assert_eq!(saved.status, status, "{}", saved.text);
    }
    for (list, save) in [("roles", "save_role"), ("teams", "save_team")] {
        let [id, name, shown] = ["id", "name", "shown"].map(|field| format!("{save}.{field}"));
        let made = function(save).post(&browser, &[(name.as_str(), "Editors")]).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let page = browser.get(&format!("/app/settings/{list}")).await.text;
        // An id begins with the time, unlike the link to a new one.
        let found = format!("0{}", up_to_quote(&page, &format!("/app/settings/{list}?edit=0")));
        let page = browser.get(&format!("/app/settings/{list}?edit={found}")).await.text;
        let seen = up_to_quote(page.split_once("shown").unwrap().1, "value=\"");
        let fields = [(id.as_str(), found.as_str()), (&name, "Writers"), (&shown, seen)];
        for status in [200, 409] {
            let saved = function(save).post(&browser, &fields).await;
            assert_eq!(saved.status, status, "{save}: {}", saved.text);
        }
    }
    // What is stored is replaced or removed, not both.
    let both = [
        ("save_agent.api_key", "secret"),
        ("save_agent.remove_key", "true"),
        ("save_webhook.custom_headers", "X-Token: abc"),
        ("save_webhook.remove_headers", "true"),
        ("WebhookSubscriptionId", "00000000-0000-0000-0000-000000000000"),
    ];
    for (name, field) in [("save_agent", "api_key"), ("save_webhook", "custom_headers")] {
        let refused = function(name).post(&browser, &both).await;
        assert!(refused.status == 422 && refused.text.contains(field), "{}", refused.text);
    }
    program.stop().await;
}

#[tokio::test]
async fn nobody_is_known_longer_than_their_session() {
    let folder = folder();
    let program = Program::ready(&folder.path().join("data"), "serve", &[]).await;
    let browser = Browser::at(&program);
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let functions = functions();
    let function = |name: &str| functions.iter().find(|function| function.name == name).unwrap();
    let (page, log_out) = ("/app/settings", function("log_out"));
    let shown = browser.get(page).await;
    assert!(shown.status == 200 && shown.text.contains("Alba Coffee"), "{}", shown.text);
    let fields = [
        ("save_organization.name", "Beta Tea"),
        ("save_organization.website", ""),
        ("save_organization.time_zone", "UTC"),
        ("save_organization.locale", "en"),
    ];
    let saved = function("save_organization").post(&browser, &fields).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    assert!(browser.get(page).await.text.contains("Beta Tea"), "what a form has changed is shown at once");
    assert!(log_out.post(&browser, &[]).await.status < 400);
    // The browser still sends the token that it had.
    let refused = browser.get(page).await;
    assert_eq!((refused.status, refused.text.contains("Beta Tea")), (303, false), "{}", refused.location);
    assert_eq!(function("save_organization").post(&browser, &fields).await.status, 401);
    program.stop().await;
}

#[tokio::test]
async fn a_page_that_was_made_for_another_member_changes_nothing() {
    let folder = folder();
    let program = Program::ready(&folder.path().join("data"), "serve", &[]).await;
    let browser = Browser::at(&program);
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    // Where a page's form is sent, and by what its member is named there.
    let form = async || {
        let html = browser.get("/app/settings").await.text;
        let end = html.find("/rpc/save_organization").expect("the form");
        let begin = html[..end].rfind('"').unwrap() + 1;
        let action: String = html[begin..].chars().take_while(|c| *c != '"').collect();
        (action, html[begin..end].to_owned())
    };
    let (old_form, old_member) = form().await;
    assert!(old_member.starts_with("/as/"), "{old_form}");
    let fields = ["name", "website", "time_zone", "locale"].into_iter().zip(["Gamma Cocoa", "", "UTC", "en"]);
    let fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();

    let found = functions().into_iter().find(|function| function.name == "found_another").unwrap();
    assert_eq!(found.post(&browser, &[("found_another.name", "Beta Tea")]).await.status, 200);
    for path in [old_form.clone(), format!("{old_member}/uploads/knowledge")] {
        let refused = browser.call(&path, None, &fields).await;
        assert!(refused.status == 409 && refused.text.contains("outdated"), "{path}: {}", refused.text);
    }
    assert_eq!(browser.live_end(&old_member).await, Some(4409));
    let (new_form, new_member) = form().await;
    assert_ne!(new_member, old_member);
    assert!(browser.get("/app/settings").await.text.contains("Beta Tea"));

    assert_eq!(browser.call(&new_form, None, &fields).await.status, 200);
    let shown = browser.get("/app/settings").await.text;
    assert!(shown.contains("Gamma Cocoa") && !shown.contains("Alba Coffee"));
    program.stop().await;
}

#[tokio::test]
async fn what_is_not_for_everybody_is_kept_by_no_cache_and_no_browser() {
    let (folder, postgres) = (folder(), Postgres::start().await);
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::write(site.join("pkg/x.js"), "x").unwrap();
    let (url, site) = (postgres.url(), site.to_string_lossy().into_owned());
    let settings = [("DATABASE_URL", url.as_str()), ("BISEDA_SITE_ROOT", &site)];
    let program = Program::ready(&folder.path().join("data"), "web", &settings).await;
    let (browser, stranger) = (Browser::at(&program), Browser::at(&program));
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let visitor = Browser::visitor(&program, &postgres.pool().await).await;

    let public = ["/", "/login", "/signup", "/reset", "/api/docs", "/api/v1/openapi.json"];
    for page in public {
        // Not by what others share: it has this answer's nonce, and what was typed.
        assert_eq!(stranger.get(page).await.kept, "private, no-cache", "{page}");
    }
    let own: Vec<String> = addresses().into_iter().filter(|page| !public.contains(&&**page)).collect();
    for area in ["/app", "/admin", "/reset/", "/verify/", "/invitation/"] {
        assert!(own.iter().any(|page| page.starts_with(area)), "{area} of {own:?}");
    }
    for page in own.iter().map(String::as_str).chain(["/nothing", "/pkg/nothing.js", "/reset/x/y"]) {
        for who in [&browser, &stranger] {
            assert_eq!(who.get(page).await.kept, "private, no-store", "{page}");
        }
    }
    let load = functions().into_iter().find(|function| function.name == "load_suspension").unwrap();
    assert_eq!(load.post(&browser, &[]).await.kept, "private, no-store");
    assert_eq!(visitor.conversation().await.kept, "private, no-store");

    // What says itself how long it lasts.
    assert_eq!(browser.get("/api/v1/me").await.kept, "private, no-cache");
    assert_eq!(browser.get("/exports/audit.csv").await.kept, "no-store");
    assert!(stranger.get("/pkg/x.js").await.kept.contains("immutable"));
    program.stop().await;
}

#[tokio::test]
async fn why_a_source_was_not_read_is_told_in_the_readers_language() {
    let folder = folder();
    let data = folder.path().join("data");
    let program = Program::ready(&data, "serve", &[]).await;
    let browser = Browser::at(&program);
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let create = functions().into_iter().find(|function| function.name == "create_website").unwrap();
    let created = create.post(&browser, &[("create_website.url", "http://10.0.0.1/")]).await;
    assert!(created.status < 400, "{}", created.text);
    let pool = sqlx::PgPool::connect(&Embedded::of_running(&data).unwrap().owner).await.unwrap();
    let pool = &pool;
    let id: String = until("the source fails", || async move {
        sqlx::query_scalar("select id::text from knowledge_sources where status = 'failed'")
            .fetch_optional(pool)
            .await
            .unwrap()
    })
    .await;
    let page = format!("/app/knowledge/{id}");
    // What stands on the page: once of the source, once of its page. Scripts carry the data to the browser.
    let told = async |language: &str, words: &str| {
        let html = browser.get_in(language, &page).await.text;
        let (first, rest) = html.split_once("<script").unwrap();
        let shown = rest.split("<script").filter_map(|part| Some(part.split_once("</script>")?.1));
        std::iter::once(first).chain(shown).map(|part| part.matches(words).count()).sum::<usize>()
    };
    assert_eq!(told("en", "10.0.0.1 is a private or reserved network address").await, 2);
    assert_eq!(told("sq", "10.0.0.1 është adresë private ose e rezervuar rrjeti").await, 2);
    // What is not recognised of what was stored before stays as it was written.
    for table in ["knowledge_syncs", "knowledge_sync_pages"] {
        sqlx::query(&format!("update {table} set reason_code = null")).execute(pool).await.unwrap();
    }
    assert_eq!(told("sq", "10.0.0.1 is a private or reserved network address").await, 2);
    program.stop().await;
}
