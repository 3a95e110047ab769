//! The rules of an agent's settings.

use types::{
    agent::{AgentInput, HandoffRules, Provider},
    error::FieldRule,
    id::AgentId,
};

use crate::{Cx, Result, Services, validate::Check};

/// The input in the form in which it is stored. `has_key`: whether a key is stored already.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub(super) async fn check(services: &Services, cx: &mut Cx, input: AgentInput, has_key: bool) -> Result<AgentInput> {
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=120);
    let instructions = check.text("instructions", &input.instructions, 0..=20_000);
    let greeting = check.text("greeting", &input.greeting, 0..=1000);
    let languages = languages(&mut check, &input.languages);
    let model = check.line("model", &input.model, 0..=200);
    let base_url = input.base_url.trim().trim_end_matches('/').to_owned();
    if base_url.len() > 2048 || base_url.contains(|c: char| c.is_control()) {
        check.rule("base_url", FieldRule::WebAddress);
    }
    if input.provider != Provider::Extractive {
        if model.is_empty() {
            check.rule("model", FieldRule::Missing);
        }
        if !base_url.is_empty()
            && let Err(error) = services.outbound.check(&base_url)
        {
            check.fail("base_url", error.to_string());
        }
        let key_given = input.api_key.as_ref().map_or(has_key, |key| !key.trim().is_empty());
        if base_url.is_empty() && !key_given {
            check.rule("api_key", FieldRule::Missing);
        }
    }
    if input.api_key.as_ref().is_some_and(|key| key.len() > 1000 || key.trim().chars().any(|c| !c.is_ascii_graphic())) {
        check.rule("api_key", FieldRule::ApiKey);
    }
    check.number("temperature", input.temperature, 0.0, 2.0);
    check.number("max_tokens", input.max_tokens, 16, 16_000);
    let handoff_rules = rules(&mut check, input.handoff_rules);
    let mut source_ids = input.source_ids;
    if let Some(ids) = &mut source_ids {
        ids.sort_unstable();
        ids.dedup();
    }
    let ids: Vec<_> = source_ids.iter().flatten().map(|id| id.0).collect();
    let organization = cx.organization();
    let known = sqlx::query_scalar!(
        r#"select count(*) as "count!" from knowledge_sources where organization_id = $1 and id = any($2)"#,
        organization.0,
        &ids
    )
    .fetch_one(cx.conn())
    .await?;
    if usize::try_from(known).unwrap_or_default() != ids.len() {
        check.rule("source_ids", FieldRule::NotThere);
    }
    check.finish()?;
    let api_key = input.api_key.map(|key| key.trim().to_owned());
    Ok(AgentInput {
        name,
        instructions,
        greeting,
        languages,
        model,
        base_url,
        api_key,
        handoff_rules,
        source_ids,
        ..input
    })
}

fn languages(check: &mut Check, languages: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for language in languages.iter().map(|language| language.trim().to_lowercase()) {
        if !(2..=3).contains(&language.len()) || !language.chars().all(|c| c.is_ascii_lowercase()) {
            check.rule("languages", FieldRule::Language);
        } else if !kept.contains(&language) {
            kept.push(language);
        }
    }
    match kept.len() {
        0 => kept.push("en".to_owned()),
        1..=20 => {}
        _ => check.limit("languages", FieldRule::TooMany, 20),
    }
    kept
}

fn rules(check: &mut Check, rules: HandoffRules) -> HandoffRules {
    let mut keywords: Vec<String> = Vec::new();
    for keyword in &rules.keywords {
        let keyword = check.line("handoff_rules.keywords", keyword, 0..=100);
        if !keyword.is_empty() && !keywords.contains(&keyword) {
            keywords.push(keyword);
        }
    }
    if keywords.len() > 100 {
        check.limit("handoff_rules.keywords", FieldRule::TooMany, 100);
    }
    check.number("handoff_rules.after_unanswered", rules.after_unanswered, 0, 20);
    let message = check.text("handoff_rules.message", &rules.message, 0..=1000);
    HandoffRules { keywords, message, ..rules }
}

/// Writes which sources an agent answers from, in place of those before, if the input says so.
pub(super) async fn write_sources(cx: &mut Cx, id: AgentId, input: &AgentInput) -> Result<()> {
    let Some(source_ids) = &input.source_ids else { return Ok(()) };
    let organization = cx.organization();
    let sources: Vec<_> = source_ids.iter().map(|source| source.0).collect();
    sqlx::query!(
        "update agents set all_sources = $3 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        sources.is_empty()
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "delete from agent_sources where organization_id = $1 and agent_id = $2 and source_id <> all($3)",
        organization.0,
        id.0,
        &sources
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "insert into agent_sources (organization_id, agent_id, source_id) select $1, $2, unnest($3::uuid[])
         on conflict do nothing",
        organization.0,
        id.0,
        &sources
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
