use types::{
    error::FieldRule,
    user::{Me, UpdateProfile},
};

use super::{Authenticated, actor, attempts, password, sessions};
use crate::{
    Error, Result, Services, audit,
    mails::{self, Letter, Outgoing},
    validate::{Check, LOCALES, is_time_zone},
};

/// Changes a person's own name, language and time zone, and gives the person as they are then.
///
/// # Errors
/// [`Error::Validation`]; [`Error::NotFound`] when there is no such user.
pub async fn update_profile(services: &Services, asked_by: &Authenticated, profile: UpdateProfile) -> Result<Me> {
    asked_by.in_person()?;
    let mut connection = services.db.system().pool().acquire().await?;
    let mut check = Check::default();
    let name = profile.name.map(|name| check.name("name", &name));
    let locale = profile.locale.map(|locale| check.one_of("locale", &locale, LOCALES));
    if let Some(zone) = &profile.time_zone
        && !is_time_zone(&mut connection, zone).await?
    {
        check.rule("time_zone", FieldRule::TimeZone);
    }
    check.finish()?;
    let row = sqlx::query!(
        "update users set name = coalesce($2, name), locale = coalesce($3, locale), time_zone = coalesce($4, time_zone),
                          updated_at = $5
         where id = $1 returning name, locale, time_zone",
        asked_by.me.user_id.0,
        name,
        locale,
        profile.time_zone,
        services.db.now()
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(Error::NotFound("user"))?;
    Ok(Me { name: row.name, locale: row.locale, time_zone: row.time_zone, ..asked_by.me.clone() })
}

/// Changes a person's password and ends the person's other sessions; a mail tells of it. A second factor that waits for its
/// first code is dropped: it was begun with the old password. Wrong guesses of the old password count as
/// failed sign-ins.
///
/// # Errors
/// [`Error::Validation`] of `old_password` or `new_password`; [`Error::InvalidCredentials`] while the address waits
/// after too many guesses, and when the password was changed meanwhile; [`Error::Unauthenticated`] when the session that asks
/// has ended.
pub async fn change_password(services: &Services, asked_by: &Authenticated, old: &str, new: &str) -> Result<()> {
    asked_by.in_person()?;
    let (user, me) = (asked_by.me.user_id, &asked_by.me);
    let row = sqlx::query!("select email, password_hash from users where id = $1", user.0)
        .fetch_optional(services.db.system().pool())
        .await?
        .ok_or(Error::NotFound("user"))?;
    let mut check = Check::default();
    password::check(&mut check, "new_password", new, &row.email);
    check.finish()?;
    attempts::count(services, &row.email).await?;
    if !password::verify(old, &row.password_hash).await? {
        return Err(Error::rule("old_password", FieldRule::WrongPassword));
    }
    attempts::forgive(services, &row.email).await?;
    let hash = password::hash(new).await?;
    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let now = cx.now();
    // Only over the password that was looked at: one that came by a mailed link meanwhile stays.
    let changed = sqlx::query!(
        "update users set password_hash = $3, two_factor_pending = null, updated_at = $4
         where id = $1 and password_hash = $2",
        user.0,
        row.password_hash,
        hash,
        now
    )
    .execute(cx.conn())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::InvalidCredentials);
    }
    let ended = sessions::end_others(cx.conn(), asked_by).await?;
    let letter = Letter::PasswordChanged;
    let notice = Outgoing { organization: None, recipient: &row.email, locale: &me.locale, letter, path: "/reset" };
    mails::queue(services, cx.conn(), notice).await?;
    audit::record(&mut cx, "user.password_changed", user, None, None).await?;
    services.commit(cx).await?;
    for session in ended {
        services.live.end_session(session);
    }
    Ok(())
}
