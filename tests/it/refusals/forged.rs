//! Every server function, posted with more fields than pages send: what the tables have and the product sets itself.

use std::collections::BTreeMap;

use super::{
    FOR_EVERYBODY, Service, WITH_A_TICKET,
    furnished::{Furnished, NEEDS_MORE, PASSWORD, functions_of_members, put_ends_last, two_organizations},
};
use crate::support::{Answer, Browser, Function, dump, functions};

/// What stands in the forged fields, and nowhere else.
const TEXT: &str = "f0e9d8c7-b6a5-4938-8271-605f4e3d2c1b";
const NUMBER: &str = "987654321";
const TIME: &str = "2001-02-03T04:05:06Z";

/// Fields that name things of the other organization.
const IDS: &[(&str, &str)] = &[
    ("organization_id", ""),
    ("actor_id", "MemberId"),
    ("agent_id", "AgentId"),
    ("assignee_id", "MemberId"),
    ("author_id", "MemberId"),
    ("channel_id", "ChannelId"),
    ("contact_id", "ContactId"),
    ("conversation_id", "ConversationId"),
    ("created_by", "MemberId"),
    ("custom_role_id", "RoleId"),
    ("document_id", "DocumentId"),
    ("impersonator_id", "UserId"),
    ("invited_by", "MemberId"),
    ("manager_id", "MemberId"),
    ("member_id", "MemberId"),
    ("owner_id", "MemberId"),
    ("role_id", "RoleId"),
    ("session_id", "SessionId"),
    ("source_id", "SourceId"),
    ("subscription_id", "WebhookSubscriptionId"),
    ("team_id", "TeamId"),
    ("user_id", "UserId"),
];

/// The others.
const FIELDS: &[(&str, &str)] = &[
    ("id", TEXT),
    ("actor_type", TEXT),
    ("author_type", TEXT),
    ("identity_secret", TEXT),
    ("ip", TEXT),
    ("key_hash", TEXT),
    ("password_hash", TEXT),
    ("plan", TEXT),
    ("prefix", TEXT),
    ("public_key", TEXT),
    ("secret", TEXT),
    ("slug", TEXT),
    ("status", TEXT),
    ("storage_key", TEXT),
    ("token", TEXT),
    ("token_hash", TEXT),
    ("two_factor_secret", TEXT),
    ("chunk_count", NUMBER),
    ("limits", NUMBER),
    ("owner_epoch", NUMBER),
    ("seq", NUMBER),
    ("created_at", TIME),
    ("deleted_at", TIME),
    ("email_verified_at", TIME),
    ("expires_at", TIME),
    ("email_verified", "true"),
    ("impersonated", "true"),
    ("is_active_owner", "true"),
    ("is_platform_admin", "true"),
    ("is_verified", "true"),
    ("role", "owner"),
];

/// Two organizations, and how things stood before somebody of one began to forge.
struct Forger {
    service: Service,
    other: Furnished,
    own: Furnished,
    before: BTreeMap<String, String>,
    rights: String,
}

impl Forger {
    async fn new(functions: &[Function]) -> Self {
        let (service, other, own) = two_organizations(functions).await;
        let before = service.state_of_organization(&other.id).await;
        let rights = rights(&service, &own).await;
        Self { service, other, own, before, rights }
    }

    /// Posts a good request with everything that is forged, and asserts that none of it came to anything.
    async fn post(&self, function: &Function, browser: &Browser) -> Answer {
        let Self { service, other, own, .. } = self;
        // Where the function before has gone elsewhere.
        service.go_to(&own.id).await;
        let ids = IDS.iter().map(|(name, kind)| (*name, other.thing(kind)));
        let forged: Vec<_> = ids.chain(FIELDS.iter().copied()).collect();
        let name = format!("{}::{}", function.area, function.name);
        let answer = function.post_with_more(browser, &own.arguments(), &forged).await;
        assert!(answer.status < 500 && !answer.text.contains(TEXT), "{name}: {answer:?}");
        service.assert_unchanged(&other.id, &self.before, &name).await;
        assert_eq!(service.references(own, other).await, Vec::<String>::new(), "{name}");
        assert_eq!(rights(service, own).await, self.rights, "{name}");
        let dump = dump(&service.pool).await;
        for value in [TEXT, NUMBER, &TIME[..10]] {
            let row = dump.lines().find(|row| row.contains(value));
            assert!(row.is_none(), "{name} left {row:?}");
        }
        answer
    }
}

/// Who owns the organization, and how many operators there are.
async fn rights(service: &Service, organization: &Furnished) -> String {
    let owners = format!(
        "select concat(string_agg(user_id::text, ' ' order by user_id),
                       (select count(*) from users where is_platform_admin))
         from members where organization_id = '{}' and role = 'owner'",
        organization.id
    );
    service.text(&owners).await
}

#[tokio::test]
async fn what_an_owner_forges_is_passed_over() {
    let mut functions = functions_of_members();
    put_ends_last(&mut functions);
    let forger = Forger::new(&functions).await;
    let mut faults = Vec::new();
    for function in functions.iter().filter(|function| !NEEDS_MORE.contains(&function.name.as_str())) {
        let answer = forger.post(function, &forger.own.owner).await;
        if answer.status >= 400 {
            faults.push(format!("{}::{}: {answer:?}", function.area, function.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    forger.service.program.stop().await;
}

#[tokio::test]
async fn what_a_member_or_nobody_forges_gives_no_rights() {
    let mut members = functions_of_members();
    put_ends_last(&mut members);
    let forger = Forger::new(&members).await;
    // Put beside the owner, whose password the colleague gets.
    let take = "update users set password_hash = (select password_hash from users where email = 'owner@example.com')
                where email = 'colleague.owner@example.com'";
    forger.service.sql(take).await;
    let colleague = Browser::at(&forger.service.program);
    let signed_in = colleague.log_in("colleague.owner@example.com", PASSWORD).await;
    assert_eq!(signed_in.location, "/app", "{signed_in:?}");
    let mut done = Vec::new();
    for function in &members {
        if forger.post(function, &colleague).await.status < 400 {
            done.push(function.name.clone());
        }
    }
    assert!(done.len() > 30, "only {done:?} were done");
    let nobody = Browser::at(&forger.service.program);
    let open = |function: &Function| [FOR_EVERYBODY, WITH_A_TICKET].concat().contains(&function.name.as_str());
    for function in functions().into_iter().filter(open) {
        if forger.post(&function, &nobody).await.status < 400 {
            done.push(function.name);
        }
    }
    assert!(done.contains(&"sign_up".to_owned()), "{done:?}");
    forger.service.program.stop().await;
}
