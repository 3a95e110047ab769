use chrono::{DateTime, Utc};

use crate::{Error, Result};

/// Asks that what a full form shows still stands: saving it would undo what others changed meanwhile. `shown` is when that had
/// last been changed, in microseconds, as the form was given it; whoever names single fields gives none. Call it under the
/// row's lock ([`hold`](crate::hold)), in the transaction that writes.
///
/// # Errors
/// [`Error::Conflict`] when it was changed since.
pub fn check_shown(shown: Option<i64>, updated_at: DateTime<Utc>) -> Result<()> {
    match shown.is_none_or(|shown| shown == updated_at.timestamp_micros()) {
        true => Ok(()),
        false => Err(Error::Conflict("this was changed after the form was opened; reload it first".into())),
    }
}
