use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::PATIENCE;
use crate::{
    client::{Client, Request},
    doubles::Doubles,
    ledger::Ledger,
};

/// What the clients need to know.
#[derive(Clone)]
pub struct Organization {
    pub id: String,
    /// The owner's session, as a cookie.
    pub session: String,
    pub api_key: String,
    pub channel_key: String,
}

/// Founds the organization: an agent with the provider's double, an API key, a webhook for every event, knowledge.
pub(super) async fn found(base: &str, ledger: &Arc<Ledger>, doubles: &Doubles) -> anyhow::Result<Organization> {
    let open = Client::new(base, ledger.clone(), "198.18.255.1")?;
    let form = json!({"organization_name": "Alba Coffee", "name": "Olta Owner", "email": "olta@example.com",
                      "password": "correct horse battery", "locale": "en"});
    let (_, headers, body) = open
        .once(&Request::post("/api/v1/auth/signup", &form), PATIENCE)
        .await
        .filter(|(status, ..)| *status == 201)
        .context("the sign-up was not answered with success")?;
    let cookie = headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let session = cookie.split(';').next().unwrap_or_default().to_owned();
    let me: Value = serde_json::from_slice(&body)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).context("an answer lacks a field");
    let id = text(&me["data"]["organization_id"])?;
    let owner = open.with("cookie", session.clone());
    let key = json!({"name": "chaos", "scopes": me["data"]["permissions"]});
    let key = data(&owner, Request::post(format!("/api/v1/organizations/{id}/api-keys"), &key)).await?;
    let api_key = text(&key["token"])?;
    let agents = data(&owner, Request::get("/api/v1/ai-agents")).await?;
    let agent = text(&agents[0]["id"])?;
    let input =
        json!({"provider": "openai", "model": "small", "base_url": format!("http://{}/v1", doubles.provider.0)});
    let change =
        Request { method: reqwest::Method::PATCH, ..Request::post(format!("/api/v1/ai-agents/{agent}"), &input) };
    data(&owner, change).await?;
    let channels = data(&owner, Request::get("/api/v1/channels")).await?;
    let channel_key = text(&channels[0]["public_key"])?;
    let hook = json!({"url": format!("http://{}/hook", doubles.receiver.address), "events": []});
    data(&owner, Request::post("/api/v1/webhook-subscriptions", &hook)).await?;
    let source =
        json!({"type": "text", "name": "Shop", "content": "We open at nine. Coffee beans cost 900 lekë a kilo."});
    data(&owner, Request::post("/api/v1/knowledge-sources", &source)).await?;
    Ok(Organization { id, session, api_key, channel_key })
}

async fn data(client: &Client, request: Request) -> anyhow::Result<Value> {
    let answer = client.once(&request, PATIENCE).await;
    let (status, _, body) = answer.with_context(|| format!("{} was not answered", request.path))?;
    if !(200..300).contains(&status) {
        bail!("{} answered {status}: {}", request.path, String::from_utf8_lossy(&body));
    }
    Ok(serde_json::from_slice::<Value>(&body)?["data"].take())
}
