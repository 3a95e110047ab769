use serde_json::json;
use types::id::{OrganizationId, UserId};

use super::find::{Found, open};
use crate::{
    Cx, Error, Result, Services,
    accounts::{self, Authenticated, ClientInfo, NewAccount, NewUser, Proof, SignedIn},
    audit, members,
};

/// Accepts an invitation as somebody who has an account and is signed in. The session works in the new organization from
/// then on.
///
/// # Errors
/// [`Error::NotFound`] when the invitation is not good (any more); [`Error::Conflict`] for who is a member already.
pub async fn accept(
    services: &Services,
    asked_by: &Authenticated,
    token: &str,
    client: &ClientInfo,
) -> Result<OrganizationId> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    let found = open(services, token).await?;
    let organization = found.cx.organization();
    services.commit(join(found, me.user_id, &me.email, client).await?).await?;
    // The invitation is used up: who tried again would read that there is none.
    if let Err(error) = accounts::switch_organization(services, asked_by, organization, client).await {
        tracing::error!(?error, %organization, "somebody who accepted an invitation still works in another organization");
    }
    Ok(organization)
}

/// Accepts an invitation as somebody new: makes the account with the invited address, which the link proves, and signs
/// the person in.
///
/// # Errors
/// [`Error::NotFound`] when the invitation is not good (any more); [`Error::Validation`] of `name` or `password`;
/// [`Error::Conflict`] when the address has an account.
pub async fn accept_as_new(
    services: &Services,
    token: &str,
    name: &str,
    password: &str,
    locale: &str,
    client: &ClientInfo,
) -> Result<SignedIn> {
    // Hashing takes a while: not while the invitation's row is held.
    let email = open(services, token).await?.email;
    let account = NewAccount::check(&email, name, password, locale).await?;
    let mut found = open(services, token).await?;
    let id = UserId(services.db.new_id());
    let user = NewUser { email: &email, name: &account.name, hash: &account.hash, locale: &account.locale };
    if !user.insert(&mut found.cx, id).await? {
        return Err(Error::Conflict("this address already has an account: sign in to accept the invitation".into()));
    }
    let cx = join(found, id, &email, client).await?;
    accounts::enter_here(services, cx, id, Proof::Password(&account.hash)).await
}

/// Uses the invitation up and makes the user a member, in one transaction, which the caller commits.
///
/// # Errors
/// [`Error::Conflict`] for who is a member already; [`Error::LimitReached`].
pub(super) async fn join(found: Found, user: UserId, email: &str, client: &ClientInfo) -> Result<Cx> {
    let mut cx = found.cx.asked_by(client.clone());
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "with key as (
           delete from secret_lookups where kind = 'invitation' and organization_id = $1 and resource_id = $2
         )
         update invitations set accepted_at = $3 where organization_id = $1 and id = $2",
        organization.0,
        found.id.0,
        now
    )
    .execute(cx.conn())
    .await?;
    // The link came to this address.
    if email.eq_ignore_ascii_case(&found.email) {
        sqlx::query!("update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1", user.0, now)
            .execute(cx.conn())
            .await?;
    }
    if members::add(&mut cx, user, found.choice).await?.is_none() {
        return Err(Error::Conflict("you are already a member of this organization".into()));
    }
    audit::record(&mut cx, "invitation.accepted", found.id, None, Some(json!({"user_id": user}))).await?;
    Ok(cx)
}
