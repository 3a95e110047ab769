//! Feature flags: what is switched on, for all organizations or otherwise for some.

use serde_json::json;
use sqlx::PgConnection;
use types::{
    id::OrganizationId,
    platform::{FeatureFlag, FlagOverride, FlagState},
};

use super::{Operator, log::Act};
use crate::{Error, Result, Services};

/// Overrides of one flag in the operators' list.
const LISTED: i64 = 100;

/// Whether something is switched on for an organization, or for the whole service.
///
/// # Errors
/// When the database does not answer.
pub async fn is_on(
    connection: &mut PgConnection,
    flag: FeatureFlag,
    organization: Option<OrganizationId>,
) -> Result<bool> {
    let is_on = sqlx::query_scalar!(
        r#"select coalesce(
             (select is_on from feature_flag_overrides where name = $1 and organization_id = $2),
             (select is_on from feature_flags where name = $1)) as is_on"#,
        flag.as_str(),
        organization.map(|id| id.0)
    )
    .fetch_one(connection)
    .await?;
    Ok(is_on.unwrap_or(flag.default_value()))
}

/// All flags with the organizations for which they are otherwise.
///
/// # Errors
/// When the database does not answer.
pub async fn flags(services: &Services, _: &Operator) -> Result<Vec<FlagState>> {
    let mut connection = services.db.system().pool().acquire().await?;
    let mut states = Vec::new();
    for flag in FeatureFlag::ALL {
        let overrides = sqlx::query!(
            "select f.organization_id, f.is_on, i.name from feature_flag_overrides f
             join organization_index i on i.organization_id = f.organization_id
             where f.name = $1 order by lower(i.name), f.organization_id limit $2",
            flag.as_str(),
            LISTED
        )
        .fetch_all(&mut *connection)
        .await?;
        let overrides = overrides.into_iter().map(|row| FlagOverride {
            organization_id: OrganizationId(row.organization_id),
            organization_name: row.name,
            is_on: row.is_on,
        });
        let is_on = is_on(&mut connection, *flag, None).await?;
        states.push(FlagState { flag: *flag, is_on, overrides: overrides.collect() });
    }
    Ok(states)
}

/// Switches something on or off for all organizations that have no override.
///
/// # Errors
/// When the database does not answer.
pub async fn set_flag(services: &Services, operator: &Operator, flag: FeatureFlag, is_on: bool) -> Result<()> {
    let mut tx = services.db.system().begin().await?;
    let before = super::is_on(&mut tx, flag, None).await?;
    sqlx::query!(
        "insert into feature_flags (name, is_on, updated_at) values ($1, $2, $3)
         on conflict (name) do update set is_on = $2, updated_at = $3",
        flag.as_str(),
        is_on,
        services.db.now()
    )
    .execute(&mut *tx)
    .await?;
    let (before, after) = (Some(json!({"is_on": before})), Some(json!({"flag": flag, "is_on": is_on})));
    let act = Act { action: "feature_flag.updated", resource: services.db.new_id(), before, after };
    operator.note(services, &mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}

/// Switches something on or off for one organization, whatever counts for the others.
///
/// # Errors
/// [`Error::Refused`] for what is the same for all; [`Error::NotFound`] without such an organization.
pub async fn set_flag_override(
    services: &Services,
    operator: &Operator,
    flag: FeatureFlag,
    organization: OrganizationId,
    is_on: bool,
) -> Result<()> {
    if !flag.by_organization() {
        return Err(Error::Refused("this flag cannot be set for one organization"));
    }
    let mut cx = operator.begin(services, organization).await?;
    let now = cx.now();
    let set = sqlx::query!(
        "insert into feature_flag_overrides (name, organization_id, is_on, updated_at)
         select $1, organization_id, $3, $4 from organization_index where organization_id = $2
         on conflict (name, organization_id) do update set is_on = $3, updated_at = $4",
        flag.as_str(),
        organization.0,
        is_on,
        now
    )
    .execute(cx.conn())
    .await?;
    if set.rows_affected() == 0 {
        return Err(Error::NotFound("organization"));
    }
    note_override(services, operator, cx, flag, Some(is_on)).await
}

/// Lets what counts for all count for an organization again.
///
/// # Errors
/// [`Error::NotFound`] when it does already.
pub async fn clear_flag_override(
    services: &Services,
    operator: &Operator,
    flag: FeatureFlag,
    organization: OrganizationId,
) -> Result<()> {
    let mut cx = operator.begin(services, organization).await?;
    let cleared = sqlx::query!(
        "delete from feature_flag_overrides where name = $1 and organization_id = $2",
        flag.as_str(),
        organization.0
    )
    .execute(cx.conn())
    .await?;
    if cleared.rows_affected() == 0 {
        return Err(Error::NotFound("override"));
    }
    note_override(services, operator, cx, flag, None).await
}

async fn note_override(
    services: &Services,
    operator: &Operator,
    mut cx: crate::Cx,
    flag: FeatureFlag,
    is_on: Option<bool>,
) -> Result<()> {
    let organization = cx.organization();
    let after = Some(json!({"flag": flag, "is_on": is_on}));
    crate::audit::record(&mut cx, "feature_flag.updated", organization, None, after.clone()).await?;
    let act = Act { action: "feature_flag.overridden", resource: organization.0, before: None, after };
    operator.note(services, cx.conn(), act).await?;
    services.commit(cx).await
}
