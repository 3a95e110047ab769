use serde_json::json;
use types::{
    agent::{Agent, AgentInput},
    event::EventName,
    id::AgentId,
    permission::Permission,
};

use super::{get, input};
use crate::{
    Cx, Result, Services, audit,
    error::{require, require_in_person},
    events,
};

/// Adds an agent. Its key is encrypted at rest and never given out again.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub async fn create(services: &Services, cx: &mut Cx, agent: AgentInput) -> Result<Agent> {
    require(cx, Permission::AgentsWrite)?;
    let agent = input::check(services, cx, agent, false).await?;
    // Where conversations will go.
    if !agent.base_url.is_empty() || agent.api_key.is_some() {
        require_in_person(cx)?;
    }
    let (organization, id, now) = (cx.organization(), AgentId(cx.new_id()), cx.now());
    let key = agent.api_key.as_deref().filter(|key| !key.is_empty());
    sqlx::query!(
        "insert into agents (organization_id, id, name, instructions, greeting, languages, tone, provider, model,
                             base_url, api_key_encrypted, temperature, max_tokens, handoff_rules, is_active,
                             created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
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
        key.map(|key| services.secret_key.encrypt(key.as_bytes())),
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
    events::emit(cx, EventName::AgentCreated, "agent", id, None, payload).await?;
    let created = get(cx, id).await?;
    audit::record(cx, "agent.created", id, None, Some(serde_json::to_value(&created)?)).await?;
    Ok(created)
}
