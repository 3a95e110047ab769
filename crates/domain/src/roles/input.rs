use types::permission::Permission;

use crate::{
    Cx, Result,
    members::{check_held, hold_rights},
    validate::Check,
};

/// A role as it is stored.
pub(super) struct Checked {
    pub name: String,
    pub permissions: Vec<String>,
}

/// Checks a role's name and permissions; nobody makes a role that may do more than they may.
pub(super) async fn check(cx: &mut Cx, name: &str, permissions: &[Permission]) -> Result<Checked> {
    let mut check = Check::default();
    let name = check.line("name", name, 1..=60);
    check.finish()?;
    hold_rights(cx).await?;
    check_held(cx, permissions.iter().copied().collect())?;
    let chosen = Permission::ALL.iter().filter(|permission| permissions.contains(permission));
    Ok(Checked { name, permissions: chosen.map(|permission| permission.as_str().to_owned()).collect() })
}
