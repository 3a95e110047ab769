use serde_json::json;
use types::id::PasskeyId;

use super::NAME;
use crate::{
    Error, Result, Services,
    accounts::{
        Authenticated, actor,
        second_factor::{Change, check_own_password, finish},
    },
    audit,
    mails::Letter,
    validate::Check,
};

/// Gives a passkey another name.
///
/// # Errors
/// [`Error::Validation`] of `name`; [`Error::NotFound`] when the person has no such passkey.
pub async fn rename_passkey(services: &Services, asked_by: &Authenticated, id: PasskeyId, name: &str) -> Result<()> {
    asked_by.in_person()?;
    let mut check = Check::default();
    let name = check.line("name", name, 1..=NAME);
    check.finish()?;
    let me = &asked_by.me;
    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let old =
        sqlx::query_scalar!("select name from passkeys where user_id = $1 and id = $2 for update", me.user_id.0, id.0)
            .fetch_optional(cx.conn())
            .await?
            .ok_or(Error::NotFound("passkey"))?;
    if old == name {
        return Ok(());
    }
    sqlx::query!("update passkeys set name = $3 where user_id = $1 and id = $2", me.user_id.0, id.0, name)
        .execute(cx.conn())
        .await?;
    let (before, after) = (json!({"name": old}), json!({"name": name}));
    audit::record(&mut cx, "user.passkey_renamed", me.user_id, Some(before), Some(after)).await?;
    services.commit(cx).await
}

/// Takes a passkey away, ends the person's other sessions and tells the person by mail. Recovery codes go with the last
/// second factor.
///
/// # Errors
/// [`Error::Validation`] of `password`; [`Error::NotFound`] when the person has no such passkey.
pub async fn remove_passkey(
    services: &Services,
    asked_by: &Authenticated,
    id: PasskeyId,
    password: &str,
) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    check_own_password(services, me, password).await?;
    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let now = cx.now();
    // In the order in which adding takes them.
    sqlx::query!("select id from users where id = $1 for update", me.user_id.0).fetch_one(cx.conn()).await?;
    let name =
        sqlx::query_scalar!("delete from passkeys where user_id = $1 and id = $2 returning name", me.user_id.0, id.0)
            .fetch_optional(cx.conn())
            .await?
            .ok_or(Error::NotFound("passkey"))?;
    let is_last = sqlx::query!(
        "update users u set recovery_codes = '{}', updated_at = $2 where id = $1 and not has_second_factor(u)",
        me.user_id.0,
        now
    )
    .execute(cx.conn())
    .await?
    .rows_affected()
        > 0;
    let letter = if is_last { Letter::TwoFactorOff } else { Letter::PasskeyRemoved { name: &name } };
    let before = Some(json!({"name": name}));
    finish(services, cx, asked_by, Change { letter, action: "user.passkey_removed", before, after: None }).await
}
