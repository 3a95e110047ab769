use i18n::*;
use types::member::Role;

/// The name of a role in the reader's language; a custom role has its own.
pub fn role_name(i18n: I18n, role: Role, custom: Option<&str>) -> String {
    let name = match role {
        Role::Owner => tu_string!(i18n, settings.members.owner),
        Role::Admin => tu_string!(i18n, settings.members.admin),
        Role::Member => custom.unwrap_or(tu_string!(i18n, settings.members.member)),
    };
    name.to_owned()
}
