//! Server functions of the agents area.

use base::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{
    agent::{Agent, PlaygroundAnswer, PlaygroundTurn, Provider, Tone},
    id::AgentId,
    knowledge::Source,
};

#[cfg(feature = "ssr")]
use base::server;

/// All agents.
#[server]
pub async fn load_agents() -> Result<Vec<Agent>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::agents::list(&mut cx).await?)
}

/// One agent.
#[server]
pub async fn load_agent(id: AgentId) -> Result<Agent, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::agents::get(&mut cx, id).await?)
}

/// The sources that an agent may be bound to.
#[server]
pub async fn load_sources() -> Result<Vec<Source>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::list(&mut cx).await?)
}

/// The form of an agent, as a browser without script posts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgentForm {
    /// Empty: a new agent.
    pub id: String,
    /// When the agent had last been changed that the form shows, in microseconds.
    #[serde(default)]
    pub shown: String,
    pub name: String,
    pub greeting: String,
    pub instructions: String,
    pub tone: Tone,
    /// Codes with commas between.
    pub languages: String,
    #[serde(default)]
    pub is_active: Option<String>,
    pub provider: Provider,
    pub model: String,
    pub base_url: String,
    /// Empty keeps the stored key.
    pub api_key: String,
    #[serde(default)]
    pub remove_key: Option<String>,
    pub temperature: String,
    pub max_tokens: String,
    #[serde(default)]
    pub sources: Vec<String>,
    /// When no source is chosen: it is to answer from all. Else it keeps what it answers from.
    #[serde(default)]
    pub all_sources: Option<String>,
    /// One a line.
    pub keywords: String,
    pub after_unanswered: String,
    pub message: String,
}

/// Writes an agent, and says when that was; goes to its playground when it is new.
#[server]
pub async fn save_agent(form: AgentForm) -> Result<i64, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let (id, shown) = (form.id.parse::<AgentId>().ok(), form.shown.parse().ok());
    let input = crate::form::input(form)?;
    let agent = match id {
        Some(id) => {
            domain::hold(&mut cx, domain::Held::Agent(id)).await?;
            domain::check_shown(shown, domain::agents::get(&mut cx, id).await?.updated_at)?;
            domain::agents::update(&services, &mut cx, id, input).await?
        }
        None => domain::agents::create(&services, &mut cx, input).await?,
    };
    services.commit(cx).await?;
    if id.is_none() {
        server::redirect(&format!("/app/agents/{}/playground", agent.id));
    }
    Ok(agent.updated_at.timestamp_micros())
}

/// Removes an agent.
#[server]
pub async fn delete_agent(id: AgentId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::agents::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/agents");
    Ok(())
}

/// Answers as the widget would, with the trace.
#[server(input = leptos::server_fn::codec::Json)]
pub async fn ask(id: AgentId, turns: Vec<PlaygroundTurn>) -> Result<PlaygroundAnswer, AppError> {
    let member = server::member().await?;
    let services = server::services()?;
    Ok(domain::agents::playground(&services, member.me.organization.id, member.actor(), id, turns).await?)
}
