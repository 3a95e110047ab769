use llm::SecretString;
use types::{agent::Agent, id::AgentId};

use super::get::read;
use crate::{Cx, Result, Services};

/// An agent with what it needs to answer.
pub struct Loaded {
    pub agent: Agent,
    /// The provider's key; empty when there is none.
    pub(super) api_key: SecretString,
    /// The company for which it speaks.
    pub(super) organization_name: String,
    /// The company's own web address, or empty.
    pub(super) website: String,
}

impl Loaded {
    /// Reads an agent; `None` when it does not exist (any more). Asks no permission: visitors' messages load it too.
    pub(super) async fn read(services: &Services, cx: &mut Cx, id: AgentId) -> Result<Option<Self>> {
        let Some(agent) = read(cx, Some(id)).await?.pop() else { return Ok(None) };
        let organization = cx.organization();
        let row = sqlx::query!(
            r#"select o.name, coalesce(o.settings ->> 'website', '') as "website!", a.api_key_encrypted
               from agents a join organizations o on o.id = a.organization_id
               where a.organization_id = $1 and a.id = $2"#,
            organization.0,
            id.0
        )
        .fetch_one(cx.conn())
        .await?;
        let key = match row.api_key_encrypted {
            None => String::new(),
            // A key of another installation's secret is as good as none: the provider's refusal hands over.
            Some(stored) => match services.secret_key.decrypt(&stored).map(String::from_utf8) {
                Some(Ok(key)) => key,
                _ => {
                    tracing::error!(agent_id = %id, "the agent's key was stored under another secret key");
                    String::new()
                }
            },
        };
        let (api_key, organization_name, website) = (SecretString::from(key), row.name, row.website);
        Ok(Some(Self { agent, api_key, organization_name, website }))
    }
}
