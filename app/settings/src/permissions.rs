use i18n::*;
use types::permission::Permission::{self, *};

/// The name of a permission in the reader's language: what it is about, and what may be done.
pub fn permission_name(i18n: I18n, permission: Permission) -> String {
    let resource = match permission {
        OrganizationRead | OrganizationWrite => tu_string!(i18n, settings.tabs.organization),
        MembersRead | MembersWrite => tu_string!(i18n, settings.tabs.members),
        ApiKeysRead | ApiKeysWrite => tu_string!(i18n, settings.tabs.api_keys),
        ChannelsRead | ChannelsWrite => tu_string!(i18n, common.nav.channels),
        ContactsRead | ContactsWrite => tu_string!(i18n, common.nav.contacts),
        ConversationsRead | ConversationsWrite => tu_string!(i18n, settings.roles.conversations),
        AgentsRead | AgentsWrite => tu_string!(i18n, common.nav.agents),
        KnowledgeRead | KnowledgeWrite => tu_string!(i18n, common.nav.knowledge),
        WebhooksRead | WebhooksWrite => tu_string!(i18n, settings.roles.webhooks),
        AuditRead => tu_string!(i18n, settings.roles.audit),
    };
    let action = match permission.as_str().split_once(':') {
        Some((_, "write")) => tu_string!(i18n, settings.roles.write),
        _ => tu_string!(i18n, settings.roles.read),
    };
    format!("{resource}: {action}")
}
