use serde_json::json;
use types::{
    agent::{Agent, AgentInput, Provider},
    error::FieldRule,
    event::EventName,
    id::AgentId,
    permission::Permission,
};

use super::{get, input};
use crate::{
    Cx, Error, Result, Services, audit,
    error::{require, require_in_person},
    events,
};

/// Changes an agent: all that the form holds is written. The stored key stays when none is given.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`] with every field that breaks a rule, also when the address changes
/// without the key being given anew: a stored key is sent only to where it was entered for.
pub async fn update(services: &Services, cx: &mut Cx, id: AgentId, agent: AgentInput) -> Result<Agent> {
    require(cx, Permission::AgentsWrite)?;
    let organization = cx.organization();
    let stored = sqlx::query!(
        "select provider, base_url, api_key_encrypted from agents
         where organization_id = $1 and id = $2 and deleted_at is null for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("agent"))?;
    let agent = input::check(services, cx, agent, stored.api_key_encrypted.is_some()).await?;
    let key = match agent.api_key.as_deref() {
        None => stored.api_key_encrypted,
        Some("") => None,
        Some(key) => Some(services.secret_key.encrypt(key.as_bytes())),
    };
    let elsewhere = stored.base_url != agent.base_url || stored.provider != agent.provider.as_str();
    let is_sent = agent.provider != Provider::Extractive;
    if elsewhere || agent.api_key.is_some() {
        require_in_person(cx)?;
    }
    if elsewhere && is_sent && agent.api_key.is_none() && key.is_some() {
        return Err(Error::rule("api_key", FieldRule::ApiKeyAgain));
    }
    let before = get(cx, id).await?;
    let now = cx.now();
    sqlx::query!(
        "update agents
         set name = $3, instructions = $4, greeting = $5, languages = $6, tone = $7, provider = $8, model = $9,
             base_url = $10, api_key_encrypted = $11, temperature = $12, max_tokens = $13, handoff_rules = $14,
             is_active = $15, updated_at = $16
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        agent.name,
        agent.instructions,
        agent.greeting,
        &agent.languages,
        agent.tone.as_str(),
        agent.provider.as_str(),
        agent.model,
        agent.base_url,
        key,
        agent.temperature,
        agent.max_tokens,
        serde_json::to_value(&agent.handoff_rules)?,
        agent.is_active,
        now
    )
    .execute(cx.conn())
    .await?;
    input::write_sources(cx, id, &agent).await?;
    let payload = json!({"name": agent.name, "is_active": agent.is_active});
    events::emit(cx, EventName::AgentUpdated, "agent", id, None, payload).await?;
    let updated = get(cx, id).await?;
    let (before, mut after) = audit::difference(&before, &updated)?;
    if let Some(key) = &agent.api_key {
        after.insert("api_key".into(), if key.is_empty() { "removed" } else { "replaced" }.into());
    }
    audit::record(cx, "agent.updated", id, Some(before.into()), Some(after.into())).await?;
    Ok(updated)
}
