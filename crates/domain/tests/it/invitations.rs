//! Invitations: accepted once, by the one who was meant, in time.

use domain::{
    Error, Services,
    accounts::{self, Authenticated},
    invitations, members,
};
use types::{
    id::InvitationId,
    member::{Role, RoleChoice},
};

use crate::{
    mails::{mails_to, newest_text, sign_up, token_of},
    support::{assert_not_found, browser, events, invalid_fields, two_organizations},
};

pub const MEMBER: RoleChoice = RoleChoice { role: Role::Member, custom: None };
pub const ADMIN: RoleChoice = RoleChoice { role: Role::Admin, custom: None };
pub const OWNER: RoleChoice = RoleChoice { role: Role::Owner, custom: None };

pub fn address() -> String {
    format!("{}@example.com", uuid::Uuid::new_v4().simple())
}

/// Invites somebody, and gives the token that the mail brings.
pub async fn invite(
    services: &Services,
    by: &Authenticated,
    email: &str,
    choice: RoleChoice,
) -> (InvitationId, String) {
    let mut cx = services.db.begin(by.me.organization.id, by.actor()).await.unwrap();
    let id = invitations::create(services, &mut cx, email, choice).await.unwrap();
    services.commit(cx).await.unwrap();
    (id, token_of(&newest_text(services, email, "invitation").await))
}

#[tokio::test]
async fn somebody_new_accepts_an_invitation_once() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let email = address();
    let (_, token) = invite(services, &owner, &email, ADMIN).await;
    let shown = invitations::find(services, &token).await.unwrap();
    assert_eq!(
        (shown.organization.as_str(), shown.email.as_str(), shown.has_account),
        ("Bukë & Kripë", email.as_str(), false)
    );

    let accept = |name: &'static str, password: &'static str| {
        let (token, browser) = (token.clone(), browser());
        async move { invitations::accept_as_new(services, &token, name, password, "en", &browser).await }
    };
    assert_eq!(invalid_fields(accept("", "short").await), ["name", "password"]);
    let signed_in = accept("Drita", "correct horse battery").await.unwrap();
    assert_eq!((signed_in.me.role, signed_in.me.organization.id), (Role::Admin, owner.me.organization.id));
    assert!(accounts::security(services, signed_in.me.user_id).await.unwrap().email_is_verified);
    assert_not_found(accept("Drita", "correct horse battery").await);
    assert_not_found(invitations::find(services, &token).await);
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    assert_eq!(members::list(&mut cx).await.unwrap().len(), 2);
    assert!(invitations::list(&mut cx).await.unwrap().is_empty());
    let events = events(&mut cx).await;
    assert!(["invitation.created", "member.created"].iter().all(|name| events.iter().any(|event| event == name)));
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from invitations where organization_id = $1")
        .bind(owner.me.organization.id.0)
        .fetch_one(cx.conn())
        .await
        .unwrap();
    assert_ne!(stored, token.as_bytes());
}

#[tokio::test]
async fn somebody_with_an_account_accepts_and_works_there_from_then_on() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let (guest, session) = sign_up(services).await;
    let (_, token) = invite(services, &owner, &guest.me.email, MEMBER).await;
    assert!(invitations::find(services, &token).await.unwrap().has_account);
    let as_new = invitations::accept_as_new(services, &token, "Thief", "correct horse battery", "en", &browser()).await;
    assert!(matches!(as_new, Err(Error::Conflict(_))), "{as_new:?}");

    invitations::accept(services, &guest, &token, &browser()).await.unwrap();
    let now = accounts::authenticate(services, &session).await.unwrap().unwrap();
    assert_eq!((now.me.organization.id, now.me.role), (owner.me.organization.id, Role::Member));
    assert_eq!(accounts::places(services, &now).await.unwrap().len(), 2);
    assert_not_found(invitations::accept(services, &now, &token, &browser()).await);
}

#[tokio::test]
async fn invitations_run_out_are_sent_again_and_taken_back() {
    let world = two_organizations().await;
    let services = &world.services;
    let (owner, _) = sign_up(services).await;
    let organization = owner.me.organization.id;
    let email = address();
    let (id, first) = invite(services, &owner, &email, MEMBER).await;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let taken = invitations::create(services, &mut cx, &email.to_uppercase(), MEMBER).await;
    assert_eq!(invalid_fields(taken), ["email"], "one open invitation for an address");
    let member = invitations::create(services, &mut cx, &owner.me.email, MEMBER).await;
    assert_eq!(invalid_fields(member), ["email"], "a member needs none");
    drop(cx);

    let mut stranger = world.cx_b().await;
    assert_not_found(invitations::resend(services, &mut stranger, id).await);
    assert_not_found(invitations::revoke(&mut stranger, id).await);
    assert!(invitations::list(&mut stranger).await.unwrap().is_empty());
    drop(stranger);

    world.clock.advance(chrono::TimeDelta::days(8));
    assert_not_found(invitations::find(services, &first).await);
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    invitations::resend(services, &mut cx, id).await.unwrap();
    services.commit(cx).await.unwrap();
    let second = token_of(&newest_text(services, &email, "invitation").await);
    assert_not_found(invitations::find(services, &first).await);
    invitations::find(services, &second).await.unwrap();

    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    invitations::revoke(&mut cx, id).await.unwrap();
    services.commit(cx).await.unwrap();
    assert_not_found(invitations::find(services, &second).await);
    // One that ran out does not stand in the way of a new one.
    let (_, third) = invite(services, &owner, &email, MEMBER).await;
    world.clock.advance(chrono::TimeDelta::days(8));
    let (_, fourth) = invite(services, &owner, &email, MEMBER).await;
    assert_ne!(third, fourth);
    assert_eq!(mails_to(services, &email).await.len(), 4);
}
