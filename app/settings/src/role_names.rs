//! Roles as people read and choose them.

use base::MeResource;
use i18n::*;
use leptos::prelude::*;
use types::member::{CustomRole, Role, RoleChoice};

/// The name of a role in the reader's language; a custom role has its own.
pub fn role_name(i18n: I18n, role: Role, custom: Option<&str>) -> String {
    let name = match role {
        Role::Owner => tu_string!(i18n, settings.members.owner),
        Role::Admin => tu_string!(i18n, settings.members.admin),
        Role::Member => custom.unwrap_or(tu_string!(i18n, settings.members.member)),
    };
    name.to_owned()
}

/// What the one who is signed in may give: nobody gives more than they have.
pub fn role_choices(me: MeResource, roles: &[CustomRole]) -> Vec<(String, String)> {
    let i18n = use_i18n();
    let own = untrack(|| me.get()).map(|me| me.role);
    let built_in = Role::ALL.iter().filter(|role| match role {
        Role::Owner => own == Some(Role::Owner),
        Role::Admin => matches!(own, Some(Role::Owner | Role::Admin)),
        Role::Member => true,
    });
    let built_in = built_in.map(|role| (role.to_string(), role_name(i18n, *role, None)));
    let custom = roles.iter().filter(|role| role.permissions.iter().all(|permission| untrack(|| me.may(*permission))));
    let custom =
        custom.map(|role| (RoleChoice { role: Role::Member, custom: Some(role.id) }.to_string(), role.name.clone()));
    built_in.chain(custom).collect()
}
