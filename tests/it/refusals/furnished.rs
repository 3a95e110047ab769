//! Organizations with one of everything, for tests that post every server function.

use db::sqlx;

use super::{FOR_EVERYBODY, Service, WITH_A_TICKET};
use crate::support::{Browser, Function, Gate, Program, Provider, functions, pairs, until};

pub const PASSWORD: &str = "correct horse battery";

/// Where the things of an organization (`$1`) stand, by the types of their ids.
const THINGS: &[(&str, &str)] = &[
    ("AgentId", "agents t where organization_id = $1"),
    ("AnswerId", "answers t where organization_id = $1"),
    ("ApiKeyId", "api_keys t where organization_id = $1"),
    ("AttachmentId", "attachments t where organization_id = $1 and uploaded_by = 'member'"),
    ("CannedResponseId", "canned_responses t where organization_id = $1"),
    (
        "ChannelId",
        "channels t where organization_id = $1 and exists (select from conversations c where c.channel_id = t.id)",
    ),
    ("ChunkId", "document_chunks t where organization_id = $1 and document_id is not null"),
    (
        "ContactId",
        "contacts t where organization_id = $1 and exists (select from conversations c where c.contact_id = t.id)",
    ),
    ("ConversationId", "conversations t where organization_id = $1"),
    ("DeliveryId", "webhook_deliveries t where organization_id = $1"),
    ("DocumentId", "documents t where organization_id = $1"),
    ("InvitationId", "invitations t where organization_id = $1"),
    ("MemberId", "members t where organization_id = $1 and role = 'member'"),
    ("MessageId", "messages t where organization_id = $1 and author_type = 'agent'"),
    (
        "OrganizationId",
        "organizations t where status = 'deleted' and id in (select organization_id from user_organizations where user_id in (select user_id from user_organizations where organization_id = $1))",
    ),
    ("PasskeyId", "passkeys t where user_id in (select user_id from user_organizations where organization_id = $1)"),
    ("RoleId", "roles t where organization_id = $1"),
    ("SessionId", "sessions t where organization_id = $1"),
    ("SourceId", "knowledge_sources t where organization_id = $1"),
    ("TeamId", "teams t where organization_id = $1"),
    ("UserId", "users t where id in (select user_id from user_organizations where organization_id = $1)"),
    ("WebhookSubscriptionId", "webhook_subscriptions t where organization_id = $1"),
    // Everybody's.
    ("AnnouncementId", "announcements t where $1::uuid is not null"),
    // The organization itself.
    ("", "organizations t where id = $1"),
];

/// What takes more than these organizations have: a device's answer, a mailed link, a session at work as another, a second
/// owner.
pub const NEEDS_MORE: &[&str] = &[
    "accept_invitation",
    "confirm_second_factor",
    "end_impersonation",
    "finish_passkey",
    "leave_organization",
    "verify_email",
];

/// An organization with one of everything.
pub struct Furnished {
    pub id: String,
    pub owner: Browser,
    /// Kinds of ids, and what they are the ids of.
    things: Vec<(&'static str, String)>,
}

impl Furnished {
    pub fn thing(&self, kind: &str) -> &str {
        let found = self.things.iter().find(|(known, _)| *known == kind);
        &found.unwrap_or_else(|| panic!("say here where a {kind} stands")).1
    }

    /// The ids of all its things.
    pub fn ids(&self) -> Vec<&str> {
        self.things.iter().map(|(_, id)| id.as_str()).collect()
    }

    /// What makes the requests of its owner good ones.
    pub fn arguments(&self) -> Vec<(&str, &str)> {
        let mut arguments: Vec<(&str, &str)> = self.things.iter().map(|(kind, id)| (*kind, id.as_str())).collect();
        arguments.extend([
            ("assign.assignee", self.thing("MemberId")),
            ("assign_all.assignee", self.thing("MemberId")),
            ("change_password.old_password", PASSWORD),
            ("change_password.new_password", PASSWORD),
            ("begin_second_factor.password", PASSWORD),
            ("begin_passkey.password", PASSWORD),
            ("create_api_key.scopes", "contacts:read"),
            ("create_channel.agent", self.thing("AgentId")),
            ("invite.role", "member"),
            ("load_deliveries.status", "pending"),
            ("post_message.attachments", self.thing("AttachmentId")),
            ("remove_passkey.password", PASSWORD),
            ("remove_second_factor.password", PASSWORD),
            ("save_agent.id", self.thing("AgentId")),
            ("save_agent.sources", self.thing("SourceId")),
            ("save_answer.id", self.thing("AnswerId")),
            ("save_canned.id", self.thing("CannedResponseId")),
            ("save_channel.agent", self.thing("AgentId")),
            ("save_member.role", self.thing("RoleId")),
            ("save_member.team", self.thing("TeamId")),
            ("save_role.id", self.thing("RoleId")),
            ("save_team.id", self.thing("TeamId")),
            ("save_team.manager_id", self.thing("MemberId")),
            ("save_channel.is_active", "on"),
            ("save_webhook.is_active", "on"),
            ("sign_up.password", PASSWORD),
            ("switch_organization.id", &self.id),
        ]);
        arguments
    }
}

/// A function of members.
pub fn function<'a>(functions: &'a [Function], name: &str) -> &'a Function {
    functions.iter().find(|function| function.name == name).unwrap_or_else(|| panic!("{name} is no function"))
}

/// What members ask for.
pub fn functions_of_members() -> Vec<Function> {
    let (for_everybody, others): (Vec<_>, Vec<_>) = functions()
        .into_iter()
        .filter(|function| function.area != "admin" && !WITH_A_TICKET.contains(&function.name.as_str()))
        .partition(|function| FOR_EVERYBODY.contains(&function.name.as_str()));
    let names_things = |function: &Function| function.fields.iter().any(|field| field.kind().ends_with("Id"));
    assert!(!for_everybody.iter().any(names_things), "one of those for everybody names things");
    others
}

/// What ends something comes late, but that one session before what ends all of them.
pub fn put_ends_last(functions: &mut [Function]) {
    let ends = [
        "",
        "close_",
        "change_state",
        "cancel_",
        "sync_",
        "remove_",
        "revoke_",
        "end_",
        "delete_",
        "delete_organization",
        "leave_",
    ];
    let place = |name: &str| ends.iter().rposition(|end| name.starts_with(end));
    functions.sort_by_key(|function| (function.name != "end_session", place(&function.name)));
}

impl Service {
    /// Founds an organization and fills it, all texts with its name. What a worker does for it comes after that.
    async fn furnish(&self, functions: &[Function], name: &'static str, email: &str) -> Furnished {
        let owner = self.owner(name, email).await;
        let id = self.text(&format!("select id::text from organizations where name = '{name}'")).await;
        let post = async |function_name: &str, things: &[(&str, &str)]| {
            let answer = function(functions, function_name).post(&owner, &[&[("String", name)], things].concat()).await;
            assert!(answer.status < 400, "{function_name} of {name}: {answer:?}");
        };
        self.sql(&format!("update users set name = '{name}' where email = '{email}'")).await;
        let invited = format!("invited.{email}");
        post("invite", &[("invite.role", "member"), ("invite.email", &invited)]).await;
        // An hour ago, so that it may be sent again.
        self.sql("update invitations set expires_at = expires_at - interval '1 hour'").await;
        post("create_api_key", &[("create_api_key.scopes", "contacts:read")]).await;
        for name in ["save_role", "create_contact", "save_agent", "create_text"] {
            post(name, &[]).await;
        }
        for name in ["save_answer", "save_canned", "create_webhook", "save_team", "create_channel"] {
            post(name, &[]).await;
        }
        let of =
            async |from: &str| self.text(&format!("select id::text from {from} where organization_id = '{id}'")).await;
        post("test_webhook", &[("WebhookSubscriptionId", &of("webhook_subscriptions").await)]).await;
        // The first channel stands ready since it was founded.
        let key = format!("select public_key from channels where organization_id = '{id}' order by id limit 1");
        let visitor = Browser::at(&self.program);
        visitor.open_widget(&self.text(&key).await).await;
        visitor.says("first", name).await.ok();
        let conversation = of("conversations").await;
        owner.adds(&conversation, "list.txt", name).await.ok();
        // Another session, an organization that was deleted, a colleague, and a passkey.
        let another = Browser::at(&self.program);
        another.log_in(email, PASSWORD).await;
        let founded = function(functions, "found_another").post(&another, &[("found_another.name", "Old")]).await;
        assert!(founded.status < 400, "{founded:?}");
        self.sql(&format!(
            "with person as (insert into users (id, email, name, password_hash)
                             values (gen_random_uuid(), 'colleague.{email}', '{name}', '') returning id),
                  of as (insert into user_organizations (organization_id, user_id) select '{id}', id from person)
             insert into members (organization_id, id, user_id, role)
             select '{id}', gen_random_uuid(), id, 'member' from person;
             insert into passkeys (id, user_id, credential_id, name, public_key, state, transports, created_at)
             select gen_random_uuid(), id, decode(md5(id::text), 'hex'), '{name}', '', decode(repeat('00', 7), 'hex'), 0, now()
             from users where email = '{email}';
             update organizations set status = 'deleted', deleted_at = now(), name = 'Former {name}' where name = 'Old';
             update organization_index i set status = 'deleted' from organizations o
             where o.id = i.organization_id and o.status = 'deleted';
             insert into organization_purges
             select id, now() + interval '30 days' from organizations where status = 'deleted' on conflict do nothing"
        ))
        .await;
        self.go_to(&id).await;
        Furnished { id, owner, things: Vec::new() }
    }

    /// Leads the sessions of an organization's members back to it.
    pub async fn go_to(&self, id: &str) {
        self.sql(&format!(
            "update sessions set organization_id = '{id}' where user_id in (
               select user_id from members where organization_id = '{id}')"
        ))
        .await;
    }

    /// The agent has answered, texts are read, and nothing else waits for a worker.
    async fn settle(&self, settings: &[(&str, &str)]) {
        let url = self.postgres.url();
        let settings = [settings, &[("DATABASE_URL", url.as_str())]].concat();
        let worker = Program::ready(&self.program.data, "worker", &settings).await;
        until("answers and documents", async || {
            let waiting = self.text(
                "select count(*)::text from organizations o where status = 'active' and not (
                   exists (select from documents d where d.organization_id = o.id and is_live)
                   and exists (select from messages m where m.organization_id = o.id and author_type = 'agent'))",
            );
            (waiting.await == "0").then_some(())
        })
        .await;
        worker.stop().await;
    }

    /// One of each thing, the newest.
    async fn find(&self, organization: &mut Furnished) {
        for (kind, from) in THINGS {
            let from = from.replace("$1", &format!("'{}'", organization.id));
            let query = format!("select t.id::text from {from} order by t.id desc limit 1");
            let id: Option<String> = sqlx::query_scalar(&query).fetch_optional(&self.pool).await.unwrap();
            organization.things.push((kind, id.unwrap_or_else(|| panic!("no {kind}"))));
        }
    }
}

/// A service with two organizations.
pub async fn two_organizations(functions: &[Function]) -> (Service, Furnished, Furnished) {
    let provider = Provider::start(&Gate::default()).await;
    let embeddings = provider.settings();
    let settings = pairs(&embeddings);
    let service = Service::start_with(&settings).await;
    let mut other = service.furnish(functions, "Canary Roastery", "canary@example.com").await;
    let mut own = service.furnish(functions, "Drini Books", "owner@example.com").await;
    service
        .sql(
            "insert into announcements (id, text_en, starts_at, ends_at, created_at)
             values (gen_random_uuid(), 'Soon', now(), now() + interval '2 days', now())",
        )
        .await;
    service.settle(&settings).await;
    for organization in [&mut other, &mut own] {
        service.find(organization).await;
        // Something that runs and can be stopped.
        let source = [("SourceId", organization.thing("SourceId"))];
        assert_eq!(function(functions, "sync_source").post(&organization.owner, &source).await.status, 200);
        // Seals what is in the log.
        let log = function(functions, "load_audit").post(&organization.owner, &[]).await;
        assert_eq!(log.status, 200, "{log:?}");
    }
    (service, other, own)
}
