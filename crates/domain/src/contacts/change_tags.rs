use types::{
    contact::{Contact, ContactInput},
    id::ContactId,
    permission::Permission,
};

use super::{get, update};
use crate::{Cx, Held, Result, error::require, hold, validate::changed_tags};

/// Adds the tags in `add`, separated by commas, to those that there are at this moment, and takes `remove` out. Of two who
/// do this at once each finds what the other did.
///
/// # Errors
/// As [`update`].
pub async fn change_tags(cx: &mut Cx, id: ContactId, add: &str, remove: &str) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    hold(cx, Held::Contact(id)).await?;
    let tags = changed_tags(get(cx, id).await?.summary.tags, add, remove);
    update(cx, id, ContactInput { tags: Some(tags), ..ContactInput::default() }).await
}
