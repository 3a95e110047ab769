//! Webhooks: each event arrives, under one id.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    rule::{Findings, Rule},
    stage::Stage,
};

pub(super) async fn look(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let expected: Vec<(Uuid, String)> = sqlx::query_as(
        "select id, name from events where created_at >= (select min(created_at) from webhook_subscriptions)",
    )
    .fetch_all(&stage.database.owner)
    .await?;
    let said: Vec<Uuid> = stage.ledger.open().said.iter().map(|said| said.message).collect();
    let heard = stage.doubles.receiver.heard();
    findings.looked(Rule::NoWebhookMissing, expected.len() + said.len());
    findings.looked(Rule::OneWebhookId, heard.ids.len());
    findings.looked(Rule::WebhooksTrue, heard.times.len());
    for (id, name) in &expected {
        if !heard.times.contains_key(&format!("msg_{}", id.simple())) {
            findings.broke(Rule::NoWebhookMissing, format!("{name} {id}"));
        }
    }
    for message in said {
        if !heard.messages.contains(&message.to_string()) {
            findings.broke(Rule::NoWebhookMissing, format!("of the message {message}"));
        }
    }
    for (event, ids) in heard.ids.iter().filter(|(_, ids)| ids.len() > 1) {
        findings.broke(Rule::OneWebhookId, format!("{ids:?}: {event}"));
    }
    let known: BTreeSet<String> = expected.iter().map(|(id, _)| format!("msg_{}", id.simple())).collect();
    for id in heard.times.keys().filter(|id| !known.contains(*id)) {
        findings.broke(Rule::WebhooksTrue, id.clone());
    }
    Ok(())
}

/// How many webhooks came, and how many of them more than once.
pub(super) fn figure(stage: &Stage) -> (String, String) {
    let heard = stage.doubles.receiver.heard();
    let again: usize = heard.times.values().map(|times| times - 1).sum();
    ("webhooks received".into(), format!("{}, {again} of them once more under the same id", heard.times.len()))
}
