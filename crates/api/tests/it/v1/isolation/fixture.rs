//! One of everything in the first organization, with a canary in every text.

use db::{
    sqlx::{self, Row},
    tables::{Class, TABLES},
};
use domain::{
    Cx, Token,
    accounts::{self, ClientInfo},
    agents, api_keys, audit, channels, contacts, conversations, invitations, knowledge, messages, roles, teams,
    visitors, webhooks,
};
use serde_json::json;
use types::{
    agent::AgentInput,
    api_key::CreateApiKey,
    channel::{ChannelType, CreateChannel},
    contact::ContactInput,
    event::EventName,
    id::{
        AgentId, ApiKeyId, ChannelId, ContactId, ConversationId, DeliveryId, InvitationId, MemberId, OrganizationId,
        RoleId, SessionId, SourceId, TeamId, WebhookSubscriptionId,
    },
    knowledge::CreateTextSource,
    member::{Role, RoleChoice, TeamInput},
    permission::Permission,
    webhook::WebhookInput,
    widget::{StartSession, WidgetMessage},
};
use uuid::Uuid;

use crate::{support::World, v1::client::Auth};

/// Things that an operation may be done to.
pub struct Fixture {
    pub canary: String,
    /// Columns that hold the canary.
    pub planted: usize,
    pub contact: ContactId,
    /// A contact without conversations.
    pub acquaintance: ContactId,
    pub conversation: ConversationId,
    /// A channel without conversations.
    pub channel: ChannelId,
    pub agent: AgentId,
    pub source: SourceId,
    pub key: ApiKeyId,
    pub subscription: WebhookSubscriptionId,
    /// One of the subscription's.
    pub delivery: DeliveryId,
    /// An owner's session in the organization, which nothing else uses.
    pub owner: Auth,
    /// Another session of that owner.
    pub session: SessionId,
    /// A deleted organization of that owner.
    pub deleted: OrganizationId,
    /// The token of the link that confirms that owner's address.
    pub confirmation: String,
    pub member: MemberId,
    pub invitation: InvitationId,
    pub role: RoleId,
    pub team: TeamId,
    /// A team that another can stand below.
    pub department: TeamId,
}

impl Fixture {
    /// Makes new ones, and writes a new canary into every text of the organization.
    pub async fn plant(world: &World) -> Self {
        let services = &world.services;
        let mut cx = world.cx(&world.a).await;
        for statement in [
            // What an operation before did to all of it.
            "update organizations set status = 'active', deleted_at = null where id = $1",
            "update organization_index set status = 'active' where organization_id = $1",
            "delete from organization_purges where organization_id = $1",
            // An organization has so many of them at most.
            "delete from webhook_subscriptions where organization_id = $1",
            "delete from invitations where organization_id = $1",
            "update members set custom_role_id = null, team_id = null where organization_id = $1",
            "delete from roles where organization_id = $1",
            "delete from teams where organization_id = $1",
        ] {
            sqlx::query(statement).bind(world.a.id.0).execute(cx.conn()).await.expect(statement);
        }
        sqlx::query("delete from api_keys where organization_id = $1 and (name like $2 || '%' or name like 'Till%')")
            .bind(world.a.id.0)
            .bind(LIMITED)
            .execute(cx.conn())
            .await
            .expect("forgotten");
        rows_of_others(&mut cx).await;
        let agent = AgentInput { name: "Aria".into(), ..AgentInput::default() };
        let agent = agents::create(services, &mut cx, agent).await.expect("an agent").id;
        let channel =
            |name: &str| CreateChannel { name: name.into(), channel_type: ChannelType::Widget, agent_id: Some(agent) };
        let site = channels::create(&mut cx, channel("Site")).await.expect("a channel");
        let spare = channels::create(&mut cx, channel("Spare")).await.expect("a channel").id;
        let text = CreateTextSource { name: "Help".into(), content: "Delivery takes three days.".into() };
        let source = knowledge::create_text(&mut cx, text).await.expect("a source");
        let key = CreateApiKey { name: "Till".into(), scopes: vec![Permission::ContactsRead], expires_at: None };
        let key = api_keys::create(&mut cx, key).await.expect("a key").key.id;
        // Of an event that does not come, so that the list holds the one delivery that is made here.
        let events = vec![EventName::OrganizationRestored];
        let url = "https://example.com/hook".into();
        let hook = WebhookInput { url, events, is_active: true, ..WebhookInput::default() };
        let subscription = webhooks::create(services, &mut cx, hook).await.expect("a subscription").subscription.id;
        let delivery = webhooks::send_test(&mut cx, subscription).await.expect("a delivery");
        sqlx::query("update webhook_deliveries set response_body = 'Gone', error = 'No.' where organization_id = $1")
            .bind(world.a.id.0)
            .execute(cx.conn())
            .await
            .expect("answered");
        let role = roles::create(&mut cx, "Till", &[Permission::ContactsRead]).await.expect("a role");
        let plain = RoleChoice { role: Role::Member, custom: None };
        let invitation = invitations::create(services, &mut cx, "besa@example.com", plain).await.expect("invited");
        sqlx::query("update invitations set expires_at = expires_at - interval '1 hour' where organization_id = $1")
            .bind(world.a.id.0)
            .execute(cx.conn())
            .await
            .expect("mailed an hour ago, and may be sent again");
        let team =
            |name: &str| TeamInput { name: name.into(), description: "They know.".into(), ..TeamInput::default() };
        let department = teams::create(&mut cx, team("Sales")).await.expect("a team");
        let team = teams::create(&mut cx, team("Shop")).await.expect("a team");
        services.commit(cx).await.expect("committed");
        let (owner, other_session, deleted, confirmation) = owner(world).await;
        let organization = db::testing::Organization { id: world.a.id, owner: world.a.owner.clone() };
        let member = db::testing::member(&services.db, &organization, "Mira", Role::Member).await;
        let member = member.member_id().expect("a member");

        let sync = source.sync.expect("a sync").id;
        knowledge::sync::run(services, world.a.id, source.id, sync).await.expect("read");
        let start = StartSession { channel_key: site.public_key, ..StartSession::default() };
        let session = visitors::start(services, start).await.expect("a session");
        let visitor = visitors::verify(services, &session.token).expect("a visitor");
        let question = WidgetMessage {
            content: "Where is my order?".into(),
            client_id: Uuid::new_v4().to_string(),
            attachments: Vec::new(),
            page_url: None,
        };
        let conversation = messages::receive(services, &visitor, question).await.expect("a message").conversation_id;
        let mut cx = world.cx(&world.a).await;
        let contact = conversations::get(&mut cx, conversation).await.expect("a conversation").summary.contact_id;
        let fields = ContactInput {
            email: Some("ana@example.com".into()),
            phone: Some("+355 69 123 4567".into()),
            language: Some("en".into()),
            time_zone: Some("Europe/Tirane".into()),
            ..ContactInput::default()
        };
        contacts::update(&mut cx, contact, fields).await.expect("updated");
        let besa = ContactInput { name: Some("Besa".into()), ..ContactInput::default() };
        let acquaintance = contacts::create(&mut cx, besa).await.expect("a contact").summary.id;
        services.commit(cx).await.expect("committed");

        let canary = format!("canary{}", Uuid::new_v4().simple());
        let planted = sing(world, &canary).await;
        // The log cannot be changed: its newest row holds the canary from the beginning.
        let client = ClientInfo { ip: Some(canary.clone()), user_agent: Some(canary.clone()) };
        let mut cx = world.cx(&world.a).await.asked_by(client);
        let said = json!({"text": canary});
        audit::record(&mut cx, "contact.seen", contact, Some(said.clone()), Some(said)).await.expect("noted");
        services.commit(cx).await.expect("committed");
        sqlx::query("update sessions set user_agent = $2 where id = $1")
            .bind(other_session.0)
            .bind(&canary)
            .execute(services.db.system().pool())
            .await
            .expect("used");
        Self {
            canary,
            planted,
            contact,
            acquaintance,
            conversation,
            channel: spare,
            agent,
            source: source.id,
            key,
            subscription,
            delivery,
            owner,
            session: other_session,
            deleted,
            confirmation,
            member,
            invitation,
            role,
            team,
            department,
        }
    }

    /// A key of the organization, not counted as an effect of what is asked with it.
    pub async fn key_with(&self, world: &World, scopes: &[Permission]) -> Auth {
        let token = format!("bsd_{}", Token::random().secret);
        let id = world.services.db.new_id();
        let words: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        let mut cx = world.cx(&world.a).await;
        sqlx::query(
            "with lookup as (insert into secret_lookups (kind, key, organization_id, resource_id, details)
                             values ('api_key', encode(sha256($3::text::bytea), 'hex'), $1, $2,
                                     jsonb_build_object('name', $4::text, 'scopes', $5::text[])))
             insert into api_keys (organization_id, id, name, key_hash, prefix, scopes, created_at)
             values ($1, $2, $4, sha256($3::text::bytea), '', $5, '2000-01-01')",
        )
        .bind(world.a.id.0)
        .bind(id)
        .bind(&token)
        .bind(LIMITED)
        .bind(&words)
        .execute(cx.conn())
        .await
        .expect("a key");
        world.services.commit(cx).await.expect("committed");
        Auth::Key(token)
    }
}

/// Rows of nouns that the API does not have yet.
async fn rows_of_others(cx: &mut Cx) {
    for statement in [
        "insert into canned_responses (organization_id, id, shortcut, content) values ($1, $2, left($2::text, 36), 'Hello')",
        "insert into answers (organization_id, id, question, answer) values ($1, $2, 'When?', 'Now.')",
    ] {
        let (organization, id) = (cx.organization().0, cx.new_id());
        sqlx::query(statement).bind(organization).bind(id).execute(cx.conn()).await.expect(statement);
    }
}

/// The name of keys that are made while a state is being kept.
const LIMITED: &str = "limited";

/// Adds the canary to every text of the organization that may hold it, and gives the number of columns that did.
async fn sing(world: &World, canary: &str) -> usize {
    publish_all(world).await;
    let mut cx = world.cx(&world.a).await;
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text, udt_name::text from information_schema.columns
         where table_schema = 'public' and is_generated = 'NEVER' and udt_name in ('text', '_text', 'jsonb')",
    )
    .fetch_all(cx.conn())
    .await
    .expect("columns");
    let tenant = |name: &str| TABLES.iter().any(|(table, class)| *table == name && *class == Class::Tenant);
    let mut planted = 0;
    for (table, column, kind) in columns.iter().filter(|(table, ..)| tenant(table) && table != "audit_logs") {
        // Words of a fixed list, keys and files that would no longer be found; the constraints keep the other lists.
        if matches!(column.as_str(), "scopes" | "permissions" | "public_key" | "storage_key" | "embedding_model") {
            continue;
        }
        if (table == "events" && column != "payload") || (table == "messages" && column == "citations") {
            continue;
        }
        // In place of the one before, so that nothing outgrows its column.
        let value = match kind.as_str() {
            "text" => format!("regexp_replace({column}, ' canary[0-9a-f]+', '', 'g') || ' ' || $2"),
            "_text" => format!("array_append(array(select one from unnest({column}) one where one !~ '^canary'), $2)"),
            _ => format!("{column} || jsonb_build_object('canary', $2::text)"),
        };
        let only = if kind == "jsonb" { format!(" and jsonb_typeof({column}) = 'object'") } else { String::new() };
        sqlx::query("savepoint one").execute(cx.conn()).await.expect("a savepoint");
        let update =
            format!("update {table} set {column} = {value} where organization_id = $1 and {column} is not null{only}");
        match sqlx::query(&update).bind(world.a.id.0).bind(canary).execute(cx.conn()).await {
            Ok(done) => planted += usize::from(done.rows_affected() > 0),
            Err(_) => _ = sqlx::query("rollback to one").execute(cx.conn()).await.expect("rolled back"),
        }
    }
    for statement in [
        "update organizations set name = 'Alba ' || $2 where id = $1",
        "update users set name = 'Olta ' || $2 where id in (select user_id from members where organization_id = $1)",
    ] {
        sqlx::query(statement).bind(world.a.id.0).bind(canary).execute(cx.conn()).await.expect("named");
    }
    world.services.commit(cx).await.expect("committed");
    planted
}

/// Publishes what stands in the outbox. The publisher of a test that runs beside this one would number the events later,
/// make deliveries of them, and meet whoever changes them.
async fn publish_all(world: &World) {
    while domain::events::publish(&world.services).await.expect("published") > 0 {}
}

/// Digests of the first organization's tables: a request without effect leaves them as they are. When a key was last
/// used is written down, and is no effect.
pub async fn state(world: &World) -> Vec<(String, Option<String>)> {
    // The publisher of a test that runs beside this one would seal rows of the log.
    publish_all(world).await;
    audit::seal(&world.services).await.expect("sealed");
    let tables = TABLES.iter().filter(|(_, class)| *class == Class::Tenant).map(|(name, _)| {
        let own = if *name == "api_keys" { format!("where name not like '{LIMITED}%'") } else { String::new() };
        format!(
            "select '{name}' as name, (select md5(string_agg(row, '' order by row)) from
               (select md5((to_jsonb(t) - 'last_used_at')::text) as row from {name} t {own}) rows) as digest"
        )
    });
    let query = tables.collect::<Vec<_>>().join(" union all ");
    let mut cx = world.cx(&world.a).await;
    let rows = sqlx::query(&query).fetch_all(cx.conn()).await.expect("the state");
    rows.iter().map(|row| (row.get("name"), row.get("digest"))).collect()
}

/// A new owner of the first organization, signed in there: the session, another one of the same person, an organization
/// that the person deleted, and the token of the link that confirms the person's address.
async fn owner(world: &World) -> (Auth, SessionId, OrganizationId, String) {
    let services = &world.services;
    let (token, _) = world.signed_in(&world.a, Role::Owner).await;
    let person = accounts::authenticate(services, &token).await.expect("an answer").expect("a session");
    let user = person.me.user_id;
    let deleted =
        accounts::found_another(services, &person, "Old", &ClientInfo::default(), None).await.expect("founded").id;
    sqlx::query("update sessions set organization_id = $2 where id = $1")
        .bind(person.session_id.0)
        .bind(world.a.id.0)
        .execute(services.db.system().pool())
        .await
        .expect("back");
    let mut cx = services.db.begin(deleted, person.actor()).await.expect("a transaction");
    domain::organizations::delete(&mut cx, "Old").await.expect("deleted");
    services.commit(cx).await.expect("committed");
    let (_, other) = world.session(user, world.a.id).await;
    let confirmation = Token::random();
    sqlx::query(
        "insert into email_verifications (token_hash, user_id, email, expires_at)
         select $2, id, email, $3 from users where id = $1",
    )
    .bind(user.0)
    .bind(confirmation.hash)
    .bind(services.db.now() + chrono::TimeDelta::days(1))
    .execute(services.db.system().pool())
    .await
    .expect("mailed");
    (Auth::Session(token), other, deleted, confirmation.secret)
}

/// A new plain member of the first organization, signed in.
pub async fn member(world: &World) -> Auth {
    Auth::Session(world.signed_in(&world.a, Role::Member).await.0)
}

/// The owner of the second organization in a session that nothing else uses.
pub async fn stranger(world: &World) -> Auth {
    let db::Actor::Member { user_id, .. } = world.b.owner else { panic!("a member") };
    Auth::Session(world.session(user_id, world.b.id).await.0)
}

/// A key of the first organization that was revoked.
pub async fn revoked_key(world: &World) -> Auth {
    let auth = world.key(&world.a, Permission::ALL).await;
    let mut cx = world.cx(&world.a).await;
    let newest = api_keys::list(&mut cx).await.expect("keys")[0].id;
    api_keys::revoke(&mut cx, newest).await.expect("revoked");
    world.services.commit(cx).await.expect("committed");
    auth
}
