use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Cx, Result, validate::cut};

/// Writes that the acting one did something, in the caller's transaction. `action` is a noun and what became of it
/// (`agent.updated`); the noun is the resource's type. `before` and `after` hold no secrets.
///
/// # Errors
/// When the database does not take it.
pub async fn record(
    cx: &mut Cx,
    action: &str,
    resource: impl Into<Uuid>,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let (organization, id) = (cx.organization().0, cx.new_id());
    let created_at = chrono::SubsecRound::trunc_subsecs(cx.now(), 6);
    let client = cx.client().clone();
    let (actor_type, actor_id) = (cx.actor().kind(), cx.actor().id());
    sqlx::query!(
        "with entry as (
           insert into audit_logs (organization_id, id, actor_type, actor_id, action, resource_type, resource_id, before,
                                   after, ip, user_agent, created_at, impersonator_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         )
         insert into audit_outbox (organization_id, audit_log_id) values ($1, $2)",
        organization,
        id,
        actor_type,
        actor_id,
        action,
        action.split('.').next().unwrap_or_default(),
        resource.into(),
        before,
        after,
        cut(client.ip.as_deref(), 64),
        cut(client.user_agent.as_deref(), 400),
        created_at,
        cx.actor().impersonator().map(Uuid::from)
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Writes in which fields two states of a thing differ, if they do: see [`record`].
///
/// # Errors
/// When the database does not take it.
pub async fn changed<T: Serialize>(
    cx: &mut Cx,
    action: &str,
    resource: impl Into<Uuid>,
    before: &T,
    after: &T,
) -> Result<()> {
    let (before, after) = difference(before, after)?;
    if before.is_empty() && after.is_empty() {
        return Ok(());
    }
    record(cx, action, resource, Some(before.into()), Some(after.into())).await
}

/// The fields in which two states of a thing differ, as it was and as it is. Times of change are left out.
///
/// # Errors
/// When a state cannot be written as JSON.
pub fn difference<T: Serialize>(before: &T, after: &T) -> Result<(Map<String, Value>, Map<String, Value>)> {
    let fields = |state: &T| match serde_json::to_value(state) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Ok(Map::from_iter([("value".to_owned(), other)])),
        Err(error) => Err(error),
    };
    let (mut before, mut after) = (fields(before)?, fields(after)?);
    before.remove("updated_at");
    after.remove("updated_at");
    let same: Vec<String> =
        before.iter().filter(|(name, value)| after.get(*name) == Some(value)).map(|(name, _)| name.clone()).collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    Ok((before, after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_difference_holds_what_changed() {
        let (before, after) = super::difference(
            &json!({"name": "A", "on": true, "updated_at": 1}),
            &json!({"name": "B", "on": true, "updated_at": 2}),
        )
        .unwrap();
        assert_eq!((json!(before), json!(after)), (json!({"name": "A"}), json!({"name": "B"})));
    }
}
