use serde_json::json;
use types::{
    error::FieldRule,
    event::EventName,
    organization::{Organization, OrganizationSettings, UpdateOrganization},
    permission::Permission,
};

use crate::{
    Cx, Held, Result, audit,
    error::require,
    events, hold,
    validate::{Check, LOCALES, is_time_zone},
};

/// Changes the organization's name and settings. Settings that this form does not know stay.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation), [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn update(cx: &mut Cx, input: UpdateOrganization) -> Result<Organization> {
    require(cx, Permission::OrganizationWrite)?;
    let mut check = Check::default();
    let name = check.name("name", &input.name);
    let settings = OrganizationSettings {
        locale: check.one_of("settings.locale", &input.settings.locale, LOCALES),
        website: check.web_address("settings.website", &input.settings.website),
        time_zone: input.settings.time_zone,
    };
    if !is_time_zone(cx.conn(), &settings.time_zone).await? {
        check.rule("settings.time_zone", FieldRule::TimeZone);
    }
    check.finish()?;
    hold(cx, Held::Organization).await?;
    let before = super::get(cx).await?;
    let (id, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "update organizations set name = $2, settings = settings || $3, updated_at = $4 where id = $1",
        id.0,
        name,
        serde_json::to_value(&settings)?,
        now
    )
    .execute(cx.conn())
    .await?;
    super::index(cx).await?;
    events::emit(
        cx,
        EventName::OrganizationUpdated,
        "organization",
        id,
        None,
        json!({"name": name, "settings": settings}),
    )
    .await?;
    let organization = super::get(cx).await?;
    audit::changed(cx, "organization.updated", id, &before, &organization).await?;
    Ok(organization)
}
