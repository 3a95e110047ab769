use types::{
    agent::Agent,
    id::{AgentId, SourceId},
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// One agent.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: AgentId) -> Result<Agent> {
    require(cx, Permission::AgentsRead)?;
    read(cx, Some(id)).await?.pop().ok_or(Error::NotFound("agent"))
}

/// One agent, or all by name.
pub(super) async fn read(cx: &mut Cx, id: Option<AgentId>) -> Result<Vec<Agent>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        r#"select id, name, instructions, greeting, languages, tone, provider, model, base_url,
                  api_key_encrypted is not null as "has_api_key!", temperature, max_tokens, handoff_rules, is_active,
                  updated_at,
                  all_sources and not exists (select from agent_sources s
                        where s.organization_id = $1 and s.agent_id = a.id) as "all_sources!",
                  array(select source_id from agent_sources s
                        where s.organization_id = $1 and s.agent_id = a.id order by source_id) as "source_ids!",
                  array(select c.name from channels c
                        where c.organization_id = $1 and c.agent_id = a.id order by lower(c.name) limit 50) as "channels!"
           from agents a
           where organization_id = $1 and deleted_at is null and ($2::uuid is null or id = $2)
           order by lower(name), id
           limit 200"#,
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Agent {
                id: AgentId(row.id),
                name: row.name,
                instructions: row.instructions,
                greeting: row.greeting,
                languages: row.languages,
                tone: row.tone.parse()?,
                provider: row.provider.parse()?,
                model: row.model,
                base_url: row.base_url,
                has_api_key: row.has_api_key,
                temperature: row.temperature,
                max_tokens: row.max_tokens,
                handoff_rules: serde_json::from_value(row.handoff_rules)?,
                all_sources: row.all_sources,
                source_ids: row.source_ids.into_iter().map(SourceId).collect(),
                is_active: row.is_active,
                channels: row.channels,
                updated_at: row.updated_at,
            })
        })
        .collect()
}
