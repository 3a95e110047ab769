use types::user::Me;

use crate::{Error, Result};

/// Asks whether a person operates the service.
///
/// # Errors
/// [`Error::Refused`] for everybody else.
pub(crate) fn require_platform_admin(me: &Me) -> Result<()> {
    match me.is_platform_admin {
        true => Ok(()),
        false => Err(Error::Refused("only those who operate this service may do that")),
    }
}
