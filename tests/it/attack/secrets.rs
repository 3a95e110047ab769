//! Secrets, planted wherever the product takes or makes them, and searched for wherever it writes.

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use db::sqlx;
use outbound::reqwest::{Method, header};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::{Browser, Gate, Postgres, Program, Provider, dump, folder, functions, http, run, until};

/// What is planted, by name.
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn plant(&mut self, name: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 10, "{name}: {secret}");
        self.0.push((name, secret));
    }

    /// Asserts that a text has none of them, in no form in which it might be written.
    #[track_caller]
    fn assert_not_in(&self, place: &str, text: &str) {
        for (name, secret) in &self.0 {
            for form in [secret.clone(), hex::encode(secret), base64(secret)] {
                let at = text.find(&form);
                let around = at.map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
                assert!(at.is_none(), "{name} stands in {place}: …{}…", around.unwrap_or_default());
            }
        }
    }
}

fn base64(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    // Without the end, which depends on what follows.
    let encoded = STANDARD_NO_PAD.encode(text);
    encoded[..encoded.len() - 2].to_owned()
}

/// A member's browser that calls the REST API.
struct Member<'a> {
    program: &'a Program,
    cookie: String,
}

impl Member<'_> {
    async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = http()
            .request(method, self.program.url(&format!("/api/v1/{path}")))
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let (status, mut answer) = self.call(Method::POST, path, &body).await;
        assert_eq!(status, 201, "{path}: {answer}");
        answer["data"].take()
    }
}

/// The token at the end of the link in somebody's newest mail of a kind, which the program has kept under its key.
async fn mailed(postgres: &Postgres, key: &str, kind: &str, recipient: &str) -> String {
    let newest =
        "select body from mails where kind = $1 and recipient = $2 and body is not null order by id desc limit 1";
    let key = domain::SecretKey::new(hex::decode(key).unwrap().try_into().unwrap());
    let pool = postgres.pool().await;
    until("a mail", || async {
        let stored = sqlx::query_scalar(newest).bind(kind).bind(recipient).fetch_optional(&pool);
        let stored: Vec<u8> = stored.await.unwrap()?;
        let mail: Value = serde_json::from_slice(&key.decrypt(&stored).unwrap()).unwrap();
        let link = mail["text"].as_str().unwrap().lines().find(|line| line.starts_with("http")).unwrap().to_owned();
        Some(link.rsplit('/').next().unwrap().to_owned())
    })
    .await
}

/// Where a form of a page is sent.
fn action(html: &str, function: &str) -> String {
    let at = html.find(&format!("/rpc/{function}")).unwrap_or_else(|| panic!("no form {function} in {html}"));
    html[at..].chars().take_while(|c| *c != '"').collect()
}

/// What stands between two texts of a page.
fn between<'a>(html: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = html.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {html}"));
    rest.split(end).next().unwrap()
}

/// The secret under which a channel's visitors are signed, as its page shows it.
async fn identity_secret(browser: &Browser, function: &str, channel: &Value) -> String {
    let function = functions().into_iter().find(|known| known.name == function).unwrap();
    let answer = function.post(browser, &[("ChannelId", channel.as_str().unwrap())]).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{answer:?}"))
}

/// Opens the links of the mails and sends the forms of their pages, with all that comes of it.
async fn open_links(program: &Program, postgres: &Postgres, key: &str, browser: &Browser, secrets: &mut Secrets) {
    confirm_address(program, postgres, key, browser, secrets).await;
    let guest: &[_] = &[("name", "Gent Guest"), ("locale", "en")];
    let forms: [(_, _, _, _, &[_], _); 2] = [
        ("invitation", "guest@example.com", "invitation", "accept_as_new", guest, "/app"),
        ("password_reset", "olta@example.com", "reset", "reset_password", &[], "/login?changed=1"),
    ];
    let password = "another battery staple";
    secrets.plant("the new password", password);
    for (kind, recipient, page, function, fields, done) in forms {
        let token = mailed(postgres, key, kind, recipient).await;
        secrets.plant("the link of a mail", &token);
        let (page, reader) = (format!("/{page}/{token}"), Browser::at(program));
        for odd in [format!("{page}?lang=en"), format!("{page}/"), format!("/app{page}"), format!("/pkg{page}.js")] {
            reader.get(&odd).await;
        }
        let fields = [&[("token", token.as_str()), ("password", password)], fields].concat();
        let sent = reader.send_form(&page, function, &fields).await;
        assert_eq!((sent.status, sent.location.as_str()), (302, done), "{}", sent.text);
        if let Some(session) = sent.cookie {
            secrets.plant("the session of a guest", session.trim_start_matches("biseda_session="));
        }
        // Spent.
        reader.get(&page).await;
    }
}

/// Opens the link of a mail that takes a session: signed out, which leads to the sign-in page and back, and signed in.
async fn confirm_address(program: &Program, postgres: &Postgres, key: &str, browser: &Browser, secrets: &mut Secrets) {
    let token = mailed(postgres, key, "verification", "olta@example.com").await;
    secrets.plant("the link of a mail", &token);
    let (page, reader) = (format!("/verify/{token}"), Browser::at(program));
    let away = reader.get(&page).await;
    assert_eq!(away.status, 303, "{away:?}");
    let sign_in = reader.get(&away.location).await.text;
    assert!(sign_in.contains(&format!("name=\"next\" value=\"{page}\"")), "{}: {sign_in}", away.location);
    let confirm = action(&browser.get(&page).await.text, "verify_email");
    let fields = [("token".to_owned(), token)];
    let refused = reader.call(&confirm, None, &fields).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    let sent = browser.call(&confirm, None, &fields).await;
    assert_eq!((sent.status, sent.location.as_str()), (200, "/verify/done"), "{}", sent.text);
    // Spent.
    browser.get(&page).await;
}

/// Puts an authenticator app in force, and plants all that comes with it, to the ticket of the second step.
async fn second_factor(program: &Program, browser: &Browser, password: &str, secrets: &mut Secrets) {
    const PAGE: &str = "/app/settings/profile";
    let begin = action(&browser.get(PAGE).await.text, "begin_second_factor");
    let begun = browser.call(&begin, None, &[("password".into(), password.into())]).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    let html = browser.get(PAGE).await.text;
    let secret = between(&html, "secret=", "&").to_owned();
    let bytes = Secret::Encoded(secret.clone()).to_bytes().unwrap();
    secrets.plant("the secret of an authenticator app", secret);
    // A dump has bytes in hexadecimal.
    secrets.plant("the same as bytes", hex::encode(&bytes));
    for code in between(&html, "font-mono", "</ul>").split("<li>").skip(1) {
        secrets.plant("a recovery code", code.split('<').next().unwrap());
    }
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, String::new()).unwrap();
    let confirm = action(&html, "confirm_second_factor");
    let code = app.generate_current().unwrap();
    let confirmed = browser.call(&confirm, None, &[("code".into(), code)]).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text);

    let page = http().get(program.url("/login")).send().await.unwrap().text().await.unwrap();
    let fields = [("email", "olta@example.com"), ("password", password)];
    let request = http().post(program.url(&action(&page, "log_in"))).header("sec-fetch-site", "same-origin");
    let answer = request.header(header::ACCEPT, "text/html").form(&fields).send().await.unwrap();
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let ticket = cookies.filter_map(|cookie| cookie.strip_prefix("biseda_second_step=")).next().expect("a ticket");
    let ticket = ticket.split(';').next().unwrap();
    secrets.plant("the ticket of the second step", ticket);
}

/// Plants the ticket of somebody whose only organization was deleted, and has it used.
async fn without_organization(program: &Program, postgres: &Postgres, password: &str, secrets: &mut Secrets) {
    Browser::at(program).sign_up("Former Tea", "former@example.com").await;
    let delete = "update organizations set status = 'deleted' where name = 'Former Tea'";
    sqlx::query(delete).execute(&postgres.pool().await).await.unwrap();
    let ticket = Browser::at(program).log_in("former@example.com", password).await.ticket.expect("a ticket");
    secrets.plant("the ticket of who has no organization", ticket.split_once('=').unwrap().1);
    let page = Browser::holding(ticket, program).get("/login/organization").await;
    assert!(page.text.contains("former@example.com"), "{}", page.text);
}

/// The address of a language model that refuses everybody, and repeats what it was sent.
async fn refusing_model() -> String {
    let refuse = async |headers: HeaderMap, body: String| {
        let said = format!("Incorrect API key provided: {headers:?}\n{body}");
        (StatusCode::UNAUTHORIZED, Json(json!({"error": {"message": said}})))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let app = Router::new().route("/v1/chat/completions", post(refuse));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn secrets_stand_in_no_log_no_error_and_no_dump() {
    let (folder, postgres) = (folder(), Postgres::start().await);
    let mut secrets = Secrets(Vec::new());
    let key = "5ec2e7".repeat(11)[..64].to_owned();
    secrets.plant("the installation's key", &key);
    secrets.plant("the mail server's password", "planted-smtp-password");
    secrets.plant("the token of the figures", "planted-metrics-token");
    secrets.plant("the key of the embedding model", "planted-embedding-key");
    let database = postgres.url();
    let database = between(&database, "://", "@");
    secrets.plant("the database's password", database.split_once(':').unwrap().1);
    let (url, embeddings, model) = (postgres.url(), Provider::start(&Gate::default()).await, refusing_model().await);
    let embeddings = embeddings.base_url();
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("BISEDA_SECRET_KEY", &key),
        ("BISEDA_SMTP_URL", "smtp://user:planted-smtp-password@127.0.0.1:9"),
        ("BISEDA_MAIL_FROM", "help@example.com"),
        ("BISEDA_METRICS_TOKEN", "planted-metrics-token"),
        ("BISEDA_EMBEDDING_PROVIDER", "openai"),
        ("BISEDA_EMBEDDING_BASE_URL", &embeddings),
        ("BISEDA_EMBEDDING_API_KEY", "planted-embedding-key"),
        ("BISEDA_EMBEDDING_DIMENSION", "4"),
        ("BISEDA_ALLOW_PRIVATE_ADDRESSES", "127.0.0.0/8"),
        ("BISEDA_LOG", "debug"),
    ];
    let program = Program::ready(&folder.path().join("data"), "serve", &settings).await;
    let (browser, password) = (Browser::at(&program), "correct horse battery");
    secrets.plant("the password", password);
    browser.sign_up("Alba Coffee", "olta@example.com").await;
    let member = Member { program: &program, cookie: log_in(&program, password).await };
    secrets.plant("the session", member.cookie.trim_start_matches("biseda_session="));
    let (_, me) = member.call(Method::GET, "me", &Value::Null).await;
    let organization = me["data"]["organization_id"].as_str().unwrap_or_else(|| panic!("{me}")).to_owned();

    // What the product makes or is given, by the way of programs.
    let agent = json!({"name": "Aria", "provider": "openai", "model": "m", "base_url": model,
                       "api_key": "planted-provider-key"});
    secrets.plant("the key of the language model", "planted-provider-key");
    let agent = member.made("ai-agents", agent).await["id"].as_str().unwrap().to_owned();
    let hook = json!({"url": "http://127.0.0.1:9/hook", "custom_headers": {"x-token": "planted-header-secret"}});
    secrets.plant("a webhook's own header", "planted-header-secret");
    let hook = member.made("webhook-subscriptions", hook).await;
    let signing = hook["secret"].as_str().unwrap_or_else(|| panic!("{hook}"));
    secrets.plant("a webhook's secret", signing.trim_start_matches("whsec_"));
    let made = json!({"name": "Shop", "scopes": ["contacts:read", "contacts:write"]});
    let api_key = member.made(&format!("organizations/{organization}/api-keys"), made).await;
    secrets.plant("an API key", api_key["token"].as_str().unwrap());
    let source =
        json!({"type": "text", "name": "Orders", "content": "# Orders\n\nAn order is on its way for two days."});
    let source = member.made("knowledge-sources", source).await["id"].as_str().unwrap().to_owned();
    until("what the agent answers from", || async {
        let (_, source) = member.call(Method::GET, &format!("knowledge-sources/{source}"), &Value::Null).await;
        (source["data"]["status"] == "ready").then_some(())
    })
    .await;
    let channel = json!({"name": "Site", "channel_type": "widget", "agent_id": agent});
    let channel = member.made("channels", channel).await;
    for function in ["load_identity_secret", "rotate_identity_secret"] {
        secrets.plant("the secret for identities", identity_secret(&browser, function, &channel["id"]).await);
    }
    let visitor = json!({"channel_key": channel["public_key"]});
    let visitor = http().post(program.url("/widget/api/session")).json(&visitor).send().await.unwrap();
    let visitor = visitor.json::<Value>().await.unwrap()["data"]["token"].as_str().unwrap().to_owned();
    secrets.plant("a visitor's token", &visitor);

    let guest = json!({"email": "guest@example.com", "role": "member"});
    member.made(&format!("organizations/{organization}/invitations"), guest).await;

    // Everything goes wrong: the model refuses, the mail server and the webhook's endpoint are away.
    let mut errors = String::new();
    let body = json!({"content": "Where is my order?", "client_id": "c-1"});
    let said = http().post(program.url("/widget/api/messages")).bearer_auth(&visitor).json(&body).send().await.unwrap();
    assert_eq!(said.status(), 200);
    let test = json!({"message": "Where is my order?"});
    errors += &member.call(Method::POST, &format!("ai-agents/{agent}/test"), &test).await.1.to_string();
    let reset = json!({"email": "olta@example.com"});
    errors += &member.call(Method::POST, "auth/password-resets", &reset).await.1.to_string();
    for (method, path, body) in [
        (Method::POST, "auth/login", json!({"email": password, "password": "planted-provider-key"})),
        (Method::POST, "auth/login", json!({"email": "olta@example.com", "password": ["correct horse battery"]})),
        (Method::POST, "ai-agents", json!({"name": 7, "api_key": "planted-provider-key"})),
        (Method::PATCH, &*format!("ai-agents/{agent}"), json!({"base_url": "http://127.0.0.1:10/v1"})),
        (Method::GET, &*format!("ai-agents/{agent}"), Value::Null),
        (Method::GET, "webhook-subscriptions", Value::Null),
        (Method::GET, &*format!("organizations/{organization}/api-keys"), Value::Null),
        (Method::GET, "channels", Value::Null),
    ] {
        errors += &member.call(method, path, &body).await.1.to_string();
    }
    let wrong = http().get(program.url("/api/v1/contacts")).bearer_auth(format!("{visitor}x")).send().await.unwrap();
    errors += &wrong.text().await.unwrap();
    let question = format!("/login?token={visitor}&password={}", password.replace(' ', "%20"));
    program.get(&question).await;
    until("the attempts of workers", || async {
        let log = program.log();
        let all = ["a language model failed", "did not accept an e-mail"].iter().all(|words| log.contains(words));
        all.then_some(())
    })
    .await;

    without_organization(&program, &postgres, password, &mut secrets).await;
    second_factor(&program, &browser, password, &mut secrets).await;
    open_links(&program, &postgres, &key, &browser, &mut secrets).await;

    // What a form that was filled in wrongly gives back is the person's own.
    let own = Secrets(secrets.0.iter().filter(|(name, _)| *name != "the password").cloned().collect());
    own.assert_not_in("errors and answers", &errors);
    secrets.assert_not_in("the log", &program.log());
    secrets.assert_not_in("a dump of the database", &dump(&postgres.pool().await).await);
    program.stop().await;
    let away = [&settings[..], &[("BISEDA_EMBEDDING_BASE_URL", "http://127.0.0.1:9/v1")]].concat();
    let doctor = run(&folder.path().join("data"), &["doctor"], &away).await;
    secrets.assert_not_in("what the doctor says", &format!("{}{}", doctor.stdout, doctor.stderr));
    let wrong = [&settings[..], &[("BISEDA_SECRET_KEY", "planted-key-that-is-none")]].concat();
    let refused = run(&folder.path().join("data"), &["doctor"], &wrong).await;
    assert!(!refused.stderr.contains("planted-key-that-is-none"), "{}", refused.stderr);
}

/// A session of the person's, over the API.
async fn log_in(program: &Program, password: &str) -> String {
    let body = json!({"email": "olta@example.com", "password": password});
    let request = http().post(program.url("/api/v1/auth/login")).header("sec-fetch-site", "same-origin").json(&body);
    let answer = request.send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}
