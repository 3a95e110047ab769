//! From the posted form to the agent's settings.

use base::AppError;
use types::{
    agent::{AgentInput, HandoffRules},
    error::FieldRule,
    id::SourceId,
};

use crate::rpc::AgentForm;

/// Reads the form's texts.
///
/// # Errors
/// Validation, when a number is none, and when a key is given that is to be removed.
pub fn input(form: AgentForm) -> Result<AgentInput, AppError> {
    let api_key = match (form.remove_key.is_some(), form.api_key.trim()) {
        (true, "") => Some(String::new()),
        (true, _) => {
            return Err(domain::Error::invalid("api_key", "enter a new key or remove the stored one, not both").into());
        }
        (false, "") => None,
        (false, key) => Some(key.to_owned()),
    };
    let sources: Vec<_> = form.sources.iter().filter_map(|id| id.parse::<SourceId>().ok()).collect();
    Ok(AgentInput {
        temperature: number("temperature", &form.temperature)?,
        max_tokens: number("max_tokens", &form.max_tokens)?,
        handoff_rules: HandoffRules {
            keywords: parts(&form.keywords, '\n'),
            after_unanswered: number("after_unanswered", &form.after_unanswered)?,
            message: form.message,
        },
        languages: parts(&form.languages, ','),
        source_ids: (!sources.is_empty() || form.all_sources.is_some()).then_some(sources),
        name: form.name,
        instructions: form.instructions,
        greeting: form.greeting,
        tone: form.tone,
        provider: form.provider,
        model: form.model,
        base_url: form.base_url,
        api_key,
        is_active: form.is_active.is_some(),
    })
}

/// The non-empty parts of a text, trimmed.
fn parts(text: &str, separator: char) -> Vec<String> {
    text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, AppError> {
    let number = text.trim().replace(',', ".").parse();
    Ok(number.map_err(|_| domain::Error::rule(field, FieldRule::Number))?)
}
