use types::{
    agent::{Decision, DecisionReason, Trace},
    id::{AgentId, ConversationId, MessageId},
    permission::Permission,
};

use crate::{Cx, Result, error::require, validate::clean};

/// How an agent's message came about; `None` for messages of others. What was found and sent to a model is left out for those
/// who may not read the knowledge.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn trace(cx: &mut Cx, message: MessageId) -> Result<Option<Trace>> {
    require(cx, Permission::ConversationsRead)?;
    let organization = cx.organization();
    let row = sqlx::query!(
        "select question, decision, reason, reason_code, passages, prompt, model, input_tokens, output_tokens,
                retrieval_ms, first_token_ms, total_ms
         from answer_traces where organization_id = $1 and message_id = $2",
        organization.0,
        message.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let trace = Trace {
        question: row.question,
        decision: row.decision.parse::<Decision>()?,
        reason: row.reason.clone(),
        why: DecisionReason::stored(row.reason, row.reason_code),
        passages: serde_json::from_value(row.passages)?,
        prompt: serde_json::from_value(row.prompt)?,
        model: row.model,
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
        retrieval_ms: row.retrieval_ms,
        first_token_ms: row.first_token_ms,
        total_ms: row.total_ms,
    };
    Ok(Some(if cx.actor().may(Permission::KnowledgeRead) { trace } else { trace.without_knowledge() }))
}

/// Keeps a trace with the message that it explains, in the message's transaction.
pub(super) async fn store(
    cx: &mut Cx,
    agent: AgentId,
    conversation: ConversationId,
    message: MessageId,
    trace: &Trace,
) -> Result<()> {
    let (organization, id, now) = (cx.organization(), cx.new_id(), cx.now());
    // The reason may hold a provider's words, which may hold anything.
    let why = trace.why.clone().map(|why| DecisionReason { words: why.words.as_deref().map(clean), ..why });
    sqlx::query!(
        "insert into answer_traces (organization_id, id, agent_id, conversation_id, message_id, question, decision,
                                    reason, passages, prompt, model, input_tokens, output_tokens, retrieval_ms,
                                    first_token_ms, total_ms, created_at, reason_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        organization.0,
        id,
        agent.0,
        conversation.0,
        message.0,
        trace.question,
        trace.decision.as_str(),
        trace.reason.as_deref().map(clean),
        serde_json::to_value(&trace.passages)?,
        serde_json::to_value(&trace.prompt)?,
        trace.model,
        trace.input_tokens,
        trace.output_tokens,
        trace.retrieval_ms,
        trace.first_token_ms,
        trace.total_ms,
        now,
        why.map(serde_json::to_value).transpose()?
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
