use types::{
    contact::{Contact, ContactInput},
    id::ContactId,
    permission::Permission,
};

use super::{get, update};
use crate::{Cx, Held, Result, error::require, hold, validate::Check};

/// Writes one custom field, or removes it when the value is empty; the others stay as they are at this moment.
///
/// # Errors
/// As [`update`].
pub async fn set_custom_field(cx: &mut Cx, id: ContactId, name: &str, value: &str) -> Result<Contact> {
    require(cx, Permission::ContactsWrite)?;
    let mut check = Check::default();
    let name = check.line("name", name, 1..=60);
    check.finish()?;
    hold(cx, Held::Contact(id)).await?;
    let mut fields = get(cx, id).await?.custom_fields;
    match value.trim() {
        "" => fields.remove(&name),
        value => fields.insert(name, value.into()),
    };
    update(cx, id, ContactInput { custom_fields: Some(fields), ..ContactInput::default() }).await
}
