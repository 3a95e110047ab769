//! Every server function of members, posted with good requests by a member who has all permissions but one that it needs.
//!
//! What each needs stands here and is read from nowhere: the program is what it is compared with. A function that is not
//! here fails the test until somebody says what it needs.

use std::collections::BTreeSet;

use types::permission::Permission;

use super::{
    Service, assert_refused,
    furnished::{functions_of_members, put_ends_last, two_organizations},
};
use crate::support::Function;

/// What needs a permission, by its area. Some need several, and stand below each of them: who may not read what they change,
/// make or show together does not get it this way.
const NEEDED: &[(Permission, &[&str])] = &[
    (
        Permission::OrganizationRead,
        &["settings::create_webhook", "settings::load_organization", "settings::save_organization"],
    ),
    (Permission::OrganizationWrite, &["settings::save_organization"]),
    (
        Permission::MembersRead,
        &[
            "inbox::list_choices",
            "settings::create_webhook",
            "settings::load_people",
            "settings::load_roles",
            "settings::load_teams",
            "settings::save_role",
            "settings::save_team",
        ],
    ),
    (
        Permission::MembersWrite,
        &[
            "settings::delete_role",
            "settings::delete_team",
            "settings::invite",
            "settings::remove_member",
            "settings::resend_invitation",
            "settings::revoke_invitation",
            "settings::save_member",
            "settings::save_role",
            "settings::save_team",
        ],
    ),
    (Permission::ApiKeysRead, &["settings::create_webhook", "settings::load_api_keys"]),
    (Permission::ApiKeysWrite, &["settings::create_api_key", "settings::revoke_api_key"]),
    (
        Permission::ChannelsRead,
        &[
            "inbox::list_choices",
            "settings::create_webhook",
            "settings::load_channel",
            "settings::load_channels",
            "settings::save_channel",
        ],
    ),
    (
        Permission::ChannelsWrite,
        &[
            "settings::create_channel",
            "settings::delete_channel",
            "settings::load_identity_secret",
            "settings::rotate_identity_secret",
            "settings::save_channel",
        ],
    ),
    (
        Permission::ContactsRead,
        &[
            "contacts::change_contact_tags",
            "contacts::contact_tags",
            "contacts::contact_timeline",
            "contacts::create_contact",
            "contacts::get_contact",
            "contacts::list_contacts",
            "contacts::set_contact_field",
            "contacts::set_custom_field",
            "inbox::get_contact_panel",
            "settings::create_webhook",
        ],
    ),
    (
        Permission::ContactsWrite,
        &[
            "contacts::change_contact_tags",
            "contacts::create_contact",
            "contacts::delete_contact",
            "contacts::set_contact_field",
            "contacts::set_custom_field",
        ],
    ),
    (
        Permission::ConversationsRead,
        &[
            "base::count_unread",
            "contacts::contact_conversations",
            "inbox::get_contact_panel",
            "inbox::get_conversation",
            "inbox::get_thread",
            "inbox::get_trace",
            "inbox::list_canned",
            "inbox::list_choices",
            "inbox::list_conversations",
            "inbox::newer_messages",
            "inbox::older_messages",
            "overview::load_overview",
            "settings::create_webhook",
        ],
    ),
    (
        Permission::ConversationsWrite,
        &[
            "inbox::assign",
            "inbox::assign_all",
            "inbox::change_state",
            "inbox::change_tags",
            "inbox::close_all",
            "inbox::delete_canned",
            "inbox::mark_read",
            "inbox::post_message",
            "inbox::save_canned",
            "inbox::set_priority",
            "inbox::snooze",
        ],
    ),
    (
        Permission::AgentsRead,
        &[
            "agents::ask",
            "agents::load_agent",
            "agents::load_agents",
            "agents::save_agent",
            "knowledge::load_answers",
            "settings::create_webhook",
            "settings::load_agents",
        ],
    ),
    (
        Permission::AgentsWrite,
        &[
            "agents::ask",
            "agents::delete_agent",
            "agents::save_agent",
            "knowledge::delete_answer",
            "knowledge::save_answer",
        ],
    ),
    (
        Permission::KnowledgeRead,
        &[
            "agents::load_sources",
            "inbox::get_source",
            "knowledge::load_document",
            "knowledge::load_documents",
            "knowledge::load_failed_pages",
            "knowledge::load_source",
            "knowledge::load_sources",
            "knowledge::search",
            "settings::create_webhook",
        ],
    ),
    (
        Permission::KnowledgeWrite,
        &[
            "knowledge::cancel_sync",
            "knowledge::create_text",
            "knowledge::create_website",
            "knowledge::delete_source",
            "knowledge::set_schedule",
            "knowledge::sync_source",
        ],
    ),
    (
        Permission::WebhooksRead,
        &[
            "settings::create_webhook",
            "settings::delete_webhook",
            "settings::load_deliveries",
            "settings::load_delivery",
            "settings::load_webhook",
            "settings::load_webhooks",
            "settings::replay_deliveries",
            "settings::replay_delivery",
            "settings::rotate_webhook_secret",
            "settings::save_webhook",
            "settings::test_webhook",
        ],
    ),
    (
        Permission::WebhooksWrite,
        &[
            "settings::create_webhook",
            "settings::delete_webhook",
            "settings::replay_deliveries",
            "settings::replay_delivery",
            "settings::rotate_webhook_secret",
            "settings::save_webhook",
            "settings::test_webhook",
        ],
    ),
    (Permission::AuditRead, &["settings::load_audit", "settings::verify_audit"]),
];

/// What everybody may do who is signed in: it concerns themselves and their own organizations, or, as the position up to which
/// events have come, tells nothing.
const NEEDS_NONE: &[&str] = &[
    "account::accept_invitation",
    "account::verify_email",
    "base::dismiss_announcement",
    "base::end_impersonation",
    "base::live_cursor",
    "base::load_me",
    "settings::begin_passkey",
    "settings::begin_second_factor",
    "settings::change_password",
    "settings::confirm_second_factor",
    "settings::end_other_sessions",
    "settings::end_session",
    "settings::finish_passkey",
    "settings::found_another",
    "settings::leave_organization",
    "settings::load_places",
    "settings::load_security",
    "settings::load_sessions",
    "settings::remove_passkey",
    "settings::remove_second_factor",
    "settings::rename_passkey",
    "settings::restore_organization",
    "settings::save_profile",
    "settings::send_verification",
    "settings::set_availability",
    "settings::switch_organization",
];

/// What all permissions together do not allow.
const FOR_OWNERS: &[&str] = &["settings::delete_organization"];

fn title(function: &Function) -> String {
    format!("{}::{}", function.area, function.name)
}

impl Service {
    /// Makes the owner of an organization a member with a role of its own, which allows nothing yet.
    async fn demote(&self, organization: &str, email: &str) {
        self.sql(&format!(
            "with own as (
               insert into roles (organization_id, id, name) values ('{organization}', gen_random_uuid(), 'Of one person')
               returning id
             )
             update members set role = 'member', custom_role_id = (select id from own)
             where organization_id = '{organization}' and user_id = (select id from users where email = '{email}')"
        ))
        .await;
    }

    /// Lets that role allow this.
    async fn allow(&self, organization: &str, permissions: &[Permission]) {
        let words: Vec<&str> = permissions.iter().map(|permission| permission.as_str()).collect();
        self.sql(&format!(
            "update roles set permissions = '{{{}}}' where organization_id = '{organization}' and name = 'Of one person'",
            words.join(",")
        ))
        .await;
    }
}

#[tokio::test]
async fn a_member_without_a_permission_is_refused_what_needs_it() {
    let mut functions = functions_of_members();
    put_ends_last(&mut functions);
    let names: BTreeSet<String> = functions.iter().map(title).collect();
    let needed: BTreeSet<&str> = NEEDED.iter().flat_map(|(_, names)| *names).copied().collect();
    let known = || needed.iter().chain(NEEDS_NONE).chain(FOR_OWNERS);
    let unsaid: Vec<_> = names.iter().filter(|name| !known().any(|known| known == name)).collect();
    assert!(unsaid.is_empty(), "say here what these need: {unsaid:?}");
    let gone: Vec<_> = known().filter(|known| !names.contains(**known)).collect();
    assert!(gone.is_empty(), "these are no functions of members any more: {gone:?}");

    let (service, _, own) = two_organizations(&functions).await;
    let things = own.arguments();
    service.demote(&own.id, "owner@example.com").await;
    for missing in Permission::ALL {
        let of_it = NEEDED.iter().find(|(permission, _)| permission == missing);
        let (_, of_it) = of_it.unwrap_or_else(|| panic!("say here what needs {missing}"));
        let others: Vec<Permission> = Permission::ALL.iter().copied().filter(|other| other != missing).collect();
        service.allow(&own.id, &others).await;
        let before = service.state_of_organization(&own.id).await;
        for function in functions.iter().filter(|function| of_it.contains(&title(function).as_str())) {
            let (who, answer) = (format!("a member without {missing}"), function.post(&own.owner, &things).await);
            assert_refused(&who, function, &answer, 403);
            // For this reason and no other.
            let is_told = answer.text.contains(&format!("requires the permission {missing}"));
            assert!(is_told, "{} posted by {who}: {}", title(function), answer.text);
            service.assert_unchanged(&own.id, &before, &title(function)).await;
        }
    }

    service.allow(&own.id, Permission::ALL).await;
    let before = service.state_of_organization(&own.id).await;
    for function in functions.iter().filter(|function| FOR_OWNERS.contains(&title(function).as_str())) {
        let answer = function.post(&own.owner, &things).await;
        assert_refused("a member with all permissions", function, &answer, 403);
        service.assert_unchanged(&own.id, &before, &title(function)).await;
    }
    // The same requests are good ones: they are refused for what is missing.
    for function in functions.iter().filter(|function| needed.contains(title(function).as_str())) {
        let answer = function.post(&own.owner, &things).await;
        assert!(answer.status < 400, "{} posted by a member with all permissions: {answer:?}", title(function));
    }
    assert_ne!(service.state_of_organization(&own.id).await, before, "what was asked for was done");
    service.program.stop().await;
}
