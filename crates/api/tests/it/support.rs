//! A router over a test database, two organizations with a widget each, and browsers that ask it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, Response, StatusCode, header},
    middleware,
};
use db::{
    Actor, Cx, SystemClock, sqlx,
    testing::{self, Organization},
};
use domain::{
    SecretKey, Services, Settings, Token,
    accounts::{self, ClientInfo, SignedIn},
    channels,
    knowledge::KnowledgeSettings,
    live::Bus,
    messages,
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use types::{
    channel::{Channel, ChannelSettings, ChannelType, CreateChannel, UpdateChannel},
    id::{ConversationId, OrganizationId, SessionId, UserId},
    member::Role,
    message::SendMessage,
    organization::SignUp,
};
use uuid::Uuid;

/// The host that browsers of the tests ask.
pub const HOST: &str = "biseda.test";

/// What a test works with.
pub struct World {
    pub services: Services,
    pub router: Router,
    pub a: Tenant,
    pub b: Tenant,
}

/// An organization with a widget, and its owner's session.
#[derive(Clone)]
pub struct Tenant {
    pub id: OrganizationId,
    pub owner: Actor,
    /// What the owner's session cookie holds.
    pub session: String,
    pub channel: Channel,
}

/// Two organizations with a widget each, behind one router.
pub async fn world() -> World {
    let db = testing::database_with_clock(Arc::new(SystemClock)).await;
    let policy = outbound::Policy::default();
    let outbound = outbound::Client::new(policy).expect("a client");
    let services = Services {
        db,
        live: Bus::new(),
        secret_key: Arc::new(SecretKey::new([7; 32])),
        outbound: outbound.clone(),
        mailer: domain::mails::Mailer::default(),
        embedder: Arc::new(llm::testing::FakeEmbedder),
        models: Arc::new(llm::Providers::new(outbound, llm::Timeouts::default())),
        settings: Arc::new(Settings {
            knowledge: KnowledgeSettings::default(),
            public_url: format!("http://{HOST}"),
            files_dir: std::env::temp_dir().join(format!("biseda-api-test-{}", Uuid::new_v4())),
            disk_reserve: 0,
            events_kept_days: 30,
        }),
    };
    let (a, b) = (tenant(&services).await, tenant(&services).await);
    World { router: router(&services), services, a, b }
}

fn router(services: &Services) -> Router {
    api::router(services.clone()).layer(middleware::from_fn(api::csrf))
}

async fn tenant(services: &Services) -> Tenant {
    let form = SignUp {
        organization_name: "Alba Coffee".into(),
        name: "Olta Owner".into(),
        email: format!("{}@example.com", Uuid::new_v4().simple()),
        password: "correct horse battery staple".into(),
        locale: "en".into(),
    };
    let entry = accounts::sign_up(services, form, &ClientInfo::default()).await.expect("signed up");
    let SignedIn { token, .. } = entry.signed_in().expect("a session");
    let signed_in = accounts::authenticate(services, &token).await.expect("an answer").expect("a session");
    let (id, owner) = (signed_in.me.organization.id, signed_in.actor());
    let mut cx = services.db.begin(id, owner.clone()).await.expect("a transaction");
    let input = CreateChannel { name: "Site".into(), channel_type: ChannelType::Widget, agent_id: None };
    let channel = channels::create(&mut cx, input).await.expect("a channel");
    services.commit(cx).await.expect("committed");
    Tenant { id, owner, session: token, channel }
}

impl World {
    /// The same over one connection to the database.
    pub fn on_one_connection(&self) -> Self {
        let services = Services { db: testing::on_one_connection(&self.services.db), ..self.services.clone() };
        Self { router: router(&services), services, a: self.a.clone(), b: self.b.clone() }
    }

    /// A transaction of the owner of an organization.
    pub async fn cx(&self, tenant: &Tenant) -> Cx {
        self.services.db.begin(tenant.id, tenant.owner.clone()).await.expect("a transaction")
    }

    /// A member's answer to a visitor.
    pub async fn member_writes(&self, tenant: &Tenant, conversation: ConversationId, content: &str, is_note: bool) {
        let mut cx = self.cx(tenant).await;
        let client_id = Uuid::new_v4().to_string();
        let content = content.to_owned();
        let message = SendMessage { content, is_note, client_id, attachments: vec![], last_seen_seq: None };
        messages::send(&mut cx, conversation, message).await.expect("sent");
        self.services.commit(cx).await.expect("committed");
    }

    /// Changes the first organization's widget.
    pub async fn settings(&self, change: impl FnOnce(&mut ChannelSettings)) {
        let mut cx = self.cx(&self.a).await;
        let channel = &self.a.channel;
        let mut settings = channel.settings.clone();
        change(&mut settings);
        let input = UpdateChannel { name: channel.name.clone(), is_active: true, agent_id: None, settings };
        channels::update(&mut cx, channel.id, input).await.expect("updated");
        self.services.commit(cx).await.expect("committed");
    }

    /// A new member of an organization, signed in there: what the session's cookie holds, and the session.
    pub async fn signed_in(&self, tenant: &Tenant, role: Role) -> (String, SessionId) {
        let organization = Organization { id: tenant.id, owner: tenant.owner.clone() };
        let actor = testing::member(&self.services.db, &organization, "Mira", role).await;
        let Actor::Member { user_id, .. } = actor else { panic!("a member") };
        self.session(user_id, tenant.id).await
    }

    /// A new session of a person in an organization.
    pub async fn session(&self, user: UserId, organization: OrganizationId) -> (String, SessionId) {
        let (token, id, now) = (Token::random(), SessionId(self.services.db.new_id()), self.services.db.now());
        sqlx::query(
            "insert into sessions (id, user_id, organization_id, token_hash, last_seen_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.0)
        .bind(user.0)
        .bind(organization.0)
        .bind(token.hash)
        .bind(now)
        .bind(now + chrono::TimeDelta::days(1))
        .execute(self.services.db.system().pool())
        .await
        .expect("a session");
        (token.secret, id)
    }

    /// Any request.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.expect("an answer")).await
    }

    /// A request without a body.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path).header(header::HOST, HOST);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    /// A browser that opens the widget of an organization for the first time.
    pub async fn visitor(&self, tenant: &Tenant) -> Visitor<'_> {
        let mut visitor = Visitor { world: self, token: None };
        let session = visitor.post("session", json!({"channel_key": tenant.channel.public_key})).await;
        visitor.token = Some(session.ok()["token"].as_str().expect("a token").to_owned());
        visitor
    }
}

/// A browser with the widget open.
pub struct Visitor<'a> {
    pub world: &'a World,
    pub token: Option<String>,
}

impl Visitor<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Body::from(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, Body::empty()).await
    }

    /// Sends a message, and gives the message that came back.
    pub async fn writes(&self, content: &str) -> Value {
        let body = json!({"content": content, "client_id": Uuid::new_v4()});
        self.post("messages", body).await.ok()["message"].clone()
    }

    /// The conversation as the browser shows it.
    pub async fn conversation(&self) -> Value {
        self.get("conversation").await.ok()["conversation"].clone()
    }

    async fn ask(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/widget/api/{path}"))
            .header(header::HOST, HOST)
            .header("x-request-id", "req-1")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.world.ask(request.body(body).expect("a request")).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Self { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The data of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        let mut body: Value = serde_json::from_str(&self.text).expect("JSON");
        assert_eq!(body["success"], true);
        body["data"].take()
    }

    /// The error of a refusal with this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let mut body: Value = serde_json::from_str(&self.text).expect("JSON");
        assert_eq!(body["success"], false);
        body["error"].take()
    }

    /// A header's text.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().expect("text")
    }
}
