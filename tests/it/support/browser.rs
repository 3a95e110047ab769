use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use db::sqlx::{self, PgPool};
use futures::{SinkExt, StreamExt};
use outbound::reqwest::{Client, RequestBuilder, header, redirect};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};
use types::live::{ClientFrame, ServerFrame};

use super::Program;

/// A client that follows no redirect. It waits for three minutes: some requests are meant to wait, on a busy machine.
pub fn http() -> &'static Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| {
        // Installs what TLS needs, which the client asks for even where nothing is encrypted.
        outbound::Client::new(outbound::Policy::default()).unwrap();
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none());
        client.timeout(Duration::from_secs(180)).build().unwrap()
    });
    &CLIENT
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    /// What the page may load and run.
    pub policy: String,
    /// Who may keep it.
    pub kept: String,
    pub text: String,
    /// The session.
    pub cookie: Option<String>,
    /// The ticket of who belongs to no active organization.
    pub ticket: Option<String>,
}

impl Answer {
    async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let text_of = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        let cookie_of =
            |name| cookies.iter().find(|cookie| cookie.starts_with(name)).map(|cookie| (*cookie).to_owned());
        Self {
            status: answer.status().as_u16(),
            location: text_of(header::LOCATION).to_owned(),
            policy: text_of(header::CONTENT_SECURITY_POLICY).to_owned(),
            kept: text_of(header::CACHE_CONTROL).to_owned(),
            cookie: cookie_of("biseda_session="),
            ticket: cookie_of("biseda_no_organization="),
            text: answer.text().await.unwrap(),
        }
    }

    /// The data of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str::<Value>(&self.text).unwrap()["data"].take()
    }
}

/// A person at the program's pages, without script.
pub struct Browser {
    address: SocketAddr,
    session: OnceLock<String>,
    /// A visitor's token.
    token: OnceLock<String>,
    /// What it says of the page that a request comes from.
    origin: (&'static str, &'static str),
}

/// Of a page of the program.
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

impl Browser {
    pub fn at(program: &Program) -> Self {
        Self { address: program.address, session: OnceLock::new(), token: OnceLock::new(), origin: OWN_PAGE }
    }

    /// A visitor with the widget of the only channel open.
    pub async fn visitor(program: &Program, pool: &PgPool) -> Self {
        let key: String = sqlx::query_scalar("select public_key from channels").fetch_one(pool).await.unwrap();
        let visitor = Self::at(program);
        visitor.open_widget(&key).await;
        visitor
    }

    /// The same person, taken to another process of the installation.
    pub fn at_another(&self, program: &Program) -> Self {
        Self { address: program.address, session: self.session.clone(), token: self.token.clone(), ..*self }
    }

    /// Somebody who has this cookie.
    pub fn holding(cookie: String, program: &Program) -> Self {
        Self { session: cookie.into(), ..Self::at(program) }
    }

    /// The same person at a page of another site, about which the browser says this.
    pub fn at_page_of(&self, origin: (&'static str, &'static str)) -> Self {
        Self { session: self.session.clone(), token: self.token.clone(), origin, ..*self }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_in("en", path).await
    }

    /// Opens a page in a language.
    pub async fn get_in(&self, language: &str, path: &str) -> Answer {
        let mut request = http().get(self.url(path)).header(header::ACCEPT, "text/html");
        request = request.header(header::ACCEPT_LANGUAGE, language);
        if let Some(session) = self.session.get() {
            request = request.header(header::COOKIE, session);
        }
        Answer::of(request).await
    }

    /// Fills in the form of a page and sends it; keeps the session that comes of it.
    pub async fn send_form(&self, page: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).await.text;
        let at = html.find(&format!("/rpc/{function}")).unwrap_or_else(|| panic!("no form {function} in {html}"));
        let action: String = html[at..].chars().take_while(|c| *c != '"').collect();
        let request = http()
            .post(self.url(&action))
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, self.url(page))
            .header("sec-fetch-site", "same-origin")
            .form(fields);
        let answer = Answer::of(request).await;
        if let Some(cookie) = &answer.cookie {
            self.session.set(cookie.clone()).expect("signed in once");
        }
        answer
    }

    /// Calls a server function as a page's script does: with JSON, or with a form. Where the program takes this machine for a
    /// proxy, each call comes from an address of its own, so that none is slowed down.
    pub async fn call(&self, path: &str, body: Option<&Value>, fields: &[(String, String)]) -> Answer {
        static CALLS: AtomicU32 = AtomicU32::new(0x0a00_0000);
        let address = Ipv4Addr::from(CALLS.fetch_add(1, Ordering::Relaxed));
        let mut request = http().post(self.url(path)).header(self.origin.0, self.origin.1);
        request = request.header("x-forwarded-for", address.to_string());
        request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_string()),
            None => request.form(fields),
        };
        if let Some(session) = self.session.get() {
            request = request.header(header::COOKIE, session);
        }
        Answer::of(request.header(header::ACCEPT, "application/json")).await
    }

    pub async fn sign_up(&self, organization: &str, email: &str) {
        let fields = [
            ("organization_name", organization),
            ("name", "Olta Owner"),
            ("email", email),
            ("password", "correct horse battery"),
            ("locale", "en"),
        ];
        let answer = self.send_form("/signup", "sign_up", &fields).await;
        assert_eq!((answer.status, answer.location.as_str()), (302, "/app"), "{}", answer.text);
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.send_form("/login", "log_in", &[("email", email), ("password", password)]).await
    }

    /// Opens the widget of a channel as a visitor.
    pub async fn open_widget(&self, key: &str) {
        let session = self.post("session", &json!({"channel_key": key})).await.ok();
        self.token.set(session["token"].as_str().unwrap().to_owned()).unwrap();
    }

    /// What the widget shows.
    pub async fn conversation(&self) -> Answer {
        Answer::of(http().get(self.url("/widget/api/conversation")).bearer_auth(self.token.get().unwrap())).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let mut request = http().post(self.url(&format!("/widget/api/{path}"))).body(body.to_string());
        request = request.header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = self.token.get() {
            request = request.bearer_auth(token);
        }
        Answer::of(request).await
    }

    /// Writes as a visitor.
    pub async fn says(&self, client_id: &str, text: &str) -> Answer {
        self.post("messages", &json!({"content": text, "client_id": client_id})).await
    }

    /// Sends a text file as a visitor.
    pub async fn uploads(&self, name: &str, text: &str) -> Answer {
        let request = http().post(self.url("/widget/api/uploads")).bearer_auth(self.token.get().unwrap());
        Answer::of(with_file(request, name, text)).await
    }

    /// Sends a text file to a conversation as a member.
    pub async fn adds(&self, conversation: &str, name: &str, text: &str) -> Answer {
        let request = http().post(self.url(&format!("/uploads/{conversation}"))).header(OWN_PAGE.0, OWN_PAGE.1);
        let request = request.header(header::COOKIE, self.session.get().unwrap());
        Answer::of(with_file(request, name, text)).await
    }

    /// The visitor's thread: authors and texts.
    pub async fn thread(&self) -> Vec<(String, String)> {
        self.messages().await.into_values().collect()
    }

    async fn messages(&self) -> Messages {
        let answer = self.conversation().await.ok();
        answer["conversation"]["messages"].as_array().into_iter().flatten().map(message).collect()
    }

    /// Opens the visitor's live socket.
    pub async fn socket(&self) -> Socket<'_> {
        let socket = self.connect(None).await;
        Socket { browser: self, socket, messages: Messages::new(), cursor: None }
    }

    /// Opens a member's live socket, below an address that says for whom its page was made, and gives the code with which the
    /// server closes it.
    pub async fn live_end(&self, page_member: &str) -> Option<u16> {
        let mut request = format!("ws://{}{page_member}/live", self.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", self.url("").parse().unwrap());
        request.headers_mut().insert("cookie", self.session.get().unwrap().parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        match tokio::time::timeout(Duration::from_secs(90), socket.next()).await.expect("an end in time") {
            Some(Ok(Message::Close(reason))) => reason.map(|reason| reason.code.into()),
            other => panic!("{other:?}"),
        }
    }

    async fn connect(&self, cursor: Option<i64>) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        let token = self.token.get().unwrap();
        let mut request = format!("ws://{}/widget/api/live?token={token}", self.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", self.url("").parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let hello = serde_json::to_string(&ClientFrame::Hello { cursor }).unwrap();
        socket.send(Message::text(hello)).await.unwrap();
        socket
    }
}

fn with_file(request: RequestBuilder, name: &str, text: &str) -> RequestBuilder {
    let body = format!(
        "--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n--part--\r\n"
    );
    request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=part").body(body)
}

/// By their place: author and text.
type Messages = BTreeMap<i64, (String, String)>;

fn message(message: &Value) -> (i64, (String, String)) {
    let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
    (message["seq"].as_i64().unwrap(), (text("author_type"), text("content")))
}

/// A visitor's live socket, and what the widget would show.
pub struct Socket<'a> {
    browser: &'a Browser,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    messages: Messages,
    /// The position of the last event that it has seen.
    cursor: Option<i64>,
}

impl Socket<'_> {
    /// Waits until the server closes it, and gives the code that it said.
    pub async fn closed(&mut self) -> Option<u16> {
        let wait = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(reason))) => return reason.map(|reason| reason.code.into()),
                    Some(Ok(Message::Text(text))) => self.hear(&text).await,
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(90), wait).await.expect("an end in time")
    }

    /// The socket that comes after it, from where it stood; what the widget shows stays.
    pub async fn resumed(self, browser: &Browser) -> Socket<'_> {
        let cursor = self.cursor.expect("an event was seen");
        Socket { browser, socket: browser.connect(Some(cursor)).await, messages: self.messages, cursor: Some(cursor) }
    }

    async fn hear(&mut self, text: &str) {
        match serde_json::from_str::<ServerFrame>(text).unwrap() {
            // Told to load anew, as when the first message has begun the conversation.
            ServerFrame::Reload { cursor } => {
                self.cursor = Some(cursor);
                self.messages.extend(self.browser.messages().await);
            }
            ServerFrame::Event { position, event } => {
                self.cursor = Some(position);
                if let Some(message) = event.message {
                    self.messages.insert(message.seq, (message.author_type.to_string(), message.content));
                }
            }
            _ => {}
        }
    }

    /// Waits until the widget shows so many answers of the agent, and gives the last one.
    pub async fn answers(&mut self, count: usize) -> String {
        let wait = async {
            loop {
                let mut answers = self.messages.values().filter(|(author, _)| author == "agent");
                if let Some((_, text)) = answers.nth(count - 1) {
                    return text.clone();
                }
                let frame = self.socket.next().await.expect("the socket is open").expect("the socket is open");
                let Message::Text(text) = frame else { continue };
                self.hear(&text).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(90), wait).await.expect("an answer in time")
    }
}
