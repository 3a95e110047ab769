use i18n::*;
use types::permission::Permission;

/// The name of a permission in the reader's language: what it is about, and what may be done.
pub fn permission_name(i18n: I18n, permission: Permission) -> String {
    let (resource, action) = permission.as_str().split_once(':').unwrap_or_default();
    let resource = match resource {
        "organization" => tu_string!(i18n, settings.tabs.organization),
        "members" => tu_string!(i18n, settings.tabs.members),
        "channels" => tu_string!(i18n, common.nav.channels),
        "contacts" => tu_string!(i18n, common.nav.contacts),
        "conversations" => tu_string!(i18n, settings.roles.conversations),
        "agents" => tu_string!(i18n, common.nav.agents),
        "knowledge" => tu_string!(i18n, common.nav.knowledge),
        "webhooks" => tu_string!(i18n, settings.roles.webhooks),
        "audit" => tu_string!(i18n, settings.roles.audit),
        other => other,
    };
    let action = match action {
        "write" => tu_string!(i18n, settings.roles.write),
        _ => tu_string!(i18n, settings.roles.read),
    };
    format!("{resource}: {action}")
}
