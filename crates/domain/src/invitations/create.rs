use chrono::Duration;
use serde_json::json;
use types::{error::FieldRule, event::EventName, id::InvitationId, member::RoleChoice, permission::Permission};

use crate::{
    Cx, Error, Held, Result, Services, Token, audit,
    error::{require, require_in_person},
    events, hold,
    mails::{self, Letter, Outgoing},
    members::check_grant,
    organizations::{Limited, check_limit},
    validate::Check,
};

/// How long an invitation is good.
pub(super) const GOOD_FOR: Duration = Duration::days(7);
/// Open invitations of an organization.
const AT_A_TIME: i64 = 500;
/// Invitations that an organization may mail in [`DAY`], those sent again included.
const A_DAY: i64 = 500;
const DAY: Duration = Duration::hours(24);

/// Invites somebody by mail.
///
/// # Errors
/// [`Error::Validation`] of `email`, also when the address is a member's or has an open invitation;
/// [`Error::Refused`] when the role may do more than the actor, or 500 invitations are open; [`Error::LimitReached`];
/// [`Error::RateLimited`] when 500 were mailed in 24 hours.
pub async fn create(services: &Services, cx: &mut Cx, email: &str, choice: RoleChoice) -> Result<InvitationId> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let mut check = Check::default();
    let email = check.email("email", email);
    check.finish()?;
    check_grant(cx, choice).await?;
    let (organization, id, now) = (cx.organization(), InvitationId(cx.new_id()), cx.now());
    // Open ones only; an invitation that ran out makes place for a new one.
    sqlx::query!(
        "with gone as (
           delete from invitations
           where organization_id = $1 and lower(email) = lower($2) and accepted_at is null and expires_at <= $3
           returning id
         )
         delete from secret_lookups l using gone
         where l.kind = 'invitation' and l.organization_id = $1 and l.resource_id = gone.id",
        organization.0,
        email,
        now
    )
    .execute(cx.conn())
    .await?;
    let facts = sqlx::query!(
        r#"select exists (select from members m join users u on u.id = m.user_id
                          where m.organization_id = $1 and lower(u.email) = lower($2)) as "is_member!",
                  (select count(*) from invitations where organization_id = $1 and accepted_at is null) as "open!""#,
        organization.0,
        email
    )
    .fetch_one(cx.conn())
    .await?;
    if facts.is_member {
        return Err(Error::rule("email", FieldRule::Taken));
    }
    if facts.open >= AT_A_TIME {
        return Err(Error::Refused("500 invitations are open: wait until some are accepted, or cancel some"));
    }
    check_limit(cx, Limited::Members).await?;
    let token = Token::random();
    let invited_by = cx.actor().member_id();
    let inserted = sqlx::query!(
        "insert into invitations (organization_id, id, email, role, custom_role_id, token_hash, invited_by, expires_at,
                                  created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (organization_id, lower(email)) where accepted_at is null do nothing",
        organization.0,
        id.0,
        email,
        choice.role.as_str(),
        choice.custom.map(|id| id.0),
        token.hash,
        invited_by.map(|id| id.0),
        now + GOOD_FOR,
        now
    )
    .execute(cx.conn())
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Error::rule("email", FieldRule::Taken));
    }
    send(services, cx, id, &email, &token).await?;
    let facts = json!({"email": email, "role": choice.role, "role_id": choice.custom});
    events::emit(cx, EventName::InvitationCreated, "invitation", id, None, facts.clone()).await?;
    audit::record(cx, "invitation.created", id, None, Some(facts)).await?;
    Ok(id)
}

/// Notes where the token leads, and writes the mail in the language of the one who invites.
///
/// # Errors
/// [`Error::RateLimited`] when 500 were mailed in 24 hours.
pub(super) async fn send(services: &Services, cx: &mut Cx, id: InvitationId, email: &str, token: &Token) -> Result<()> {
    let (organization, now) = (cx.organization(), cx.now());
    hold(cx, Held::Organization).await?;
    let mailed = sqlx::query!(
        r#"select count(*) as "count!", min(created_at) as first from mails
           where organization_id = $1 and created_at > $2 and kind = 'invitation'"#,
        organization.0,
        now - DAY
    )
    .fetch_one(cx.conn())
    .await?;
    if let Some(first) = mailed.first.filter(|_| mailed.count >= A_DAY) {
        return Err(too_soon(first + DAY - now));
    }
    sqlx::query!(
        "with old as (
           delete from secret_lookups where kind = 'invitation' and organization_id = $1 and resource_id = $2
         )
         insert into secret_lookups (kind, key, organization_id, resource_id) values ('invitation', $3, $1, $2)",
        organization.0,
        id.0,
        hex::encode(&token.hash)
    )
    .execute(cx.conn())
    .await?;
    let inviting = sqlx::query!(
        r#"select o.name as organization, o.settings ->> 'locale' as organization_locale,
                  u.name as "inviter?", u.locale as "locale?"
           from organizations o
           left join members m on m.organization_id = o.id and m.id = $2
           left join users u on u.id = m.user_id
           where o.id = $1"#,
        organization.0,
        cx.actor().member_id().map(|id| id.0)
    )
    .fetch_one(cx.conn())
    .await?;
    let inviter = inviting.inviter.as_deref().unwrap_or(&inviting.organization);
    let locale = inviting.locale.or(inviting.organization_locale).unwrap_or_default();
    let letter = Letter::Invitation { organization: &inviting.organization, inviter };
    let path = format!("/invitation/{}", token.secret);
    let mail = Outgoing { organization: Some(organization), recipient: email, locale: &locale, letter, path: &path };
    mails::queue(services, cx.conn(), mail).await
}

/// What is answered to who should wait for so long.
pub(super) fn too_soon(wait: Duration) -> Error {
    Error::RateLimited { retry_after_seconds: wait.num_seconds().unsigned_abs() + 1 }
}
