use chrono::{DateTime, Duration, Utc};
use types::{
    api_key::{CreateApiKey, CreatedApiKey},
    error::FieldRule,
    event::EventName,
    id::ApiKeyId,
    permission::Permission,
};

use super::{MAX_KEYS, START, authenticate::Details, list::read};
use crate::{
    Cx, Error, Held, Result, Token, audit,
    error::{require, require_in_person},
    events, hold,
    members::hold_rights,
    validate::Check,
};

/// Characters of a key that stay visible, its beginning included.
const PREFIX: usize = 12;
/// The longest life of a key that ends: ten years.
const LONGEST: Duration = Duration::days(3653);

/// Makes an API key. The answer is the only place where the key itself is ever seen. Only a person makes one: what a key
/// makes would outlive it, also when it was revoked because it leaked.
///
/// # Errors
/// [`Error::Refused`] for keys, and for operators at work as a member;
/// [`Error::Validation`] for a name, scopes (at least one, none that the maker lacks) or an end that break a rule;
/// [`Error::Conflict`] when the organization has 100 keys already, or the maker's rights have just been changed.
pub async fn create(cx: &mut Cx, input: CreateApiKey) -> Result<CreatedApiKey> {
    require(cx, Permission::ApiKeysWrite)?;
    require_in_person(cx)?;
    let maker = cx.actor().member_id().ok_or(Error::Refused("only a signed-in person can create API keys"))?;
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=120);
    let scopes = scopes(cx, &mut check, input.scopes);
    check_end(cx.now(), &mut check, input.expires_at);
    check.finish()?;
    let Token { secret, .. } = Token::random();
    let token = format!("{START}{secret}");
    let (organization, id, now) = (cx.organization(), ApiKeyId(cx.new_id()), cx.now());
    hold_rights(cx).await?;
    hold(cx, Held::Organization).await?;
    let keys = sqlx::query_scalar!(
        r#"select count(*) as "count!" from api_keys where organization_id = $1 and revoked_at is null"#,
        organization.0
    )
    .fetch_one(cx.conn())
    .await?;
    if keys >= MAX_KEYS {
        return Err(Error::Conflict(format!("there are already {MAX_KEYS} keys: revoke one that is no longer used")));
    }
    let words = scopes.iter().map(ToString::to_string).collect();
    let details = Details { name, scopes: words, expires_at: input.expires_at };
    sqlx::query!(
        "with lookup as (
           insert into secret_lookups (kind, key, organization_id, resource_id, details)
           values ('api_key', $3, $1, $2, $11)
         )
         insert into api_keys (organization_id, id, name, key_hash, prefix, scopes, created_by, expires_at, created_at)
         values ($1, $2, $4, $5, $6, $7, $8, $9, $10)",
        organization.0,
        id.0,
        hex::encode(Token::hash(&token)),
        details.name,
        Token::hash(&token),
        &token[..PREFIX],
        &details.scopes,
        maker.0,
        details.expires_at,
        now,
        serde_json::to_value(&details)?
    )
    .execute(cx.conn())
    .await?;
    let payload = serde_json::to_value(&details)?;
    events::emit(cx, EventName::ApiKeyCreated, "api_key", id, None, payload.clone()).await?;
    audit::record(cx, "api_key.created", id, None, Some(payload)).await?;
    let key = read(cx, Some(id)).await?.pop().ok_or(Error::NotFound("API key"))?;
    Ok(CreatedApiKey { key, token })
}

/// Each scope once, in the order of declaration.
fn scopes(cx: &Cx, check: &mut Check, mut scopes: Vec<Permission>) -> Vec<Permission> {
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        check.rule("scopes", FieldRule::Missing);
    }
    if let Some(beyond) = scopes.iter().find(|scope| !cx.actor().may(**scope)) {
        check.fail("scopes", format!("includes {beyond}, which you do not have yourself"));
    }
    scopes
}

fn check_end(now: DateTime<Utc>, check: &mut Check, end: Option<DateTime<Utc>>) {
    if end.is_some_and(|end| end <= now || end > now + LONGEST) {
        check.fail("expires_at", "must be a time within the next ten years");
    }
}
