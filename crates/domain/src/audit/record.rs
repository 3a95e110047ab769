use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::chain::Entry;
use crate::{Cx, Result, validate::cut};

/// Writes that the acting one did something, in the caller's transaction. `action` is a noun and what became of it
/// (`agent.updated`); the noun is the resource's type. `before` and `after` hold no secrets.
///
/// The organization's row is held until the transaction ends, so that the rows have one order: call it last.
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
    let (organization, id, resource) = (cx.organization().0, cx.new_id(), resource.into());
    let created_at = chrono::SubsecRound::trunc_subsecs(cx.now(), 6);
    let client = cx.client().clone();
    let (ip, user_agent) = (cut(client.ip.as_deref(), 64), cut(client.user_agent.as_deref(), 400));
    let (actor_type, actor_id) = (cx.actor().kind(), cx.actor().id());
    let impersonator = cx.actor().impersonator().map(Uuid::from);
    sqlx::query!("select id from organizations where id = $1 for no key update", organization)
        .fetch_one(cx.conn())
        .await?;
    let last = sqlx::query!(
        "select seq, hash from audit_logs where organization_id = $1 order by seq desc limit 1",
        organization
    )
    .fetch_optional(cx.conn())
    .await?;
    let (seq, previous) = last.map_or((1, Vec::new()), |last| (last.seq + 1, last.hash));
    let resource_type = action.split('.').next().unwrap_or_default();
    let entry = Entry {
        organization,
        id,
        seq,
        actor_type,
        actor_id,
        impersonator,
        action,
        resource_type,
        resource_id: Some(resource),
        before: before.as_ref(),
        after: after.as_ref(),
        ip: ip.as_deref(),
        user_agent: user_agent.as_deref(),
        created_at,
    };
    let hash = entry.digest(&previous);
    sqlx::query!(
        "insert into audit_logs (organization_id, id, seq, actor_type, actor_id, action, resource_type, resource_id,
                                 before, after, ip, user_agent, previous_hash, hash, created_at, impersonator_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        organization,
        id,
        seq,
        actor_type,
        actor_id,
        action,
        resource_type,
        resource,
        before,
        after,
        ip,
        user_agent,
        previous,
        hash,
        created_at,
        impersonator
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
