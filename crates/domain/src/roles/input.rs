use types::permission::{Permission, Permissions};

use crate::{Cx, Error, Result, validate::Check};

/// A role as it is stored.
pub(super) struct Checked {
    pub name: String,
    pub permissions: Vec<String>,
}

/// Checks a role's name and permissions; nobody makes a role that may do more than they may.
pub(super) fn check(cx: &Cx, name: &str, permissions: &[Permission]) -> Result<Checked> {
    let mut check = Check::default();
    let name = check.line("name", name, 1..=60);
    check.finish()?;
    check_held(cx, permissions.iter().copied())?;
    let chosen = Permission::ALL.iter().filter(|permission| permissions.contains(permission));
    Ok(Checked { name, permissions: chosen.map(|permission| permission.as_str().to_owned()).collect() })
}

/// Asks whether the actor has all of these permissions.
pub(super) fn check_held(cx: &Cx, permissions: impl IntoIterator<Item = Permission>) -> Result<()> {
    let wanted: Permissions = permissions.into_iter().collect();
    if cx.actor().permissions().contains_all(wanted) {
        Ok(())
    } else {
        Err(Error::Refused("you cannot give or remove a role that has more permissions than you have"))
    }
}
