//! Roles as people choose them.

use base::{MeResource, role_name};
use i18n::*;
use leptos::prelude::*;
use types::member::{CustomRole, Role, RoleChoice};

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
