use chrono::TimeDelta;
use domain::{
    Error, accounts, agents, api_keys, audit, canned_responses, channels, invitations, jobs,
    jobs::Job,
    members, organizations,
    platform::{self, Operator},
    roles, webhooks,
};
use types::{
    agent::AgentInput, api_key::CreateApiKey, audit::AuditFilter, permission::Permission, user::UpdateProfile,
    webhook::WebhookInput,
};

use super::{appoint, operator};
use crate::{
    desk::agent_input,
    invitations::ADMIN,
    mails::sign_up,
    support::{assert_not_found, browser, invalid_fields, own_services, seal, services},
};

#[tokio::test]
async fn an_operator_works_as_a_member_and_the_log_names_both() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (owner, owners) = sign_up(&services).await;
    let (user, organization) = (owner.me.user_id, owner.me.organization.id);
    let begin =
        async |reason: &str| platform::impersonate(&services, &admin.operator, user, organization, reason).await;
    assert_eq!(invalid_fields(begin("").await), ["reason"]);
    begin("ticket 7").await.unwrap();
    let acting = accounts::authenticate(&services, &admin.session).await.unwrap().unwrap();
    assert_eq!((acting.me.user_id, acting.me.organization.id), (user, organization));
    let impersonation = acting.impersonation.clone().expect("an impersonation");
    assert_eq!((impersonation.admin_id, impersonation.reason.as_str()), (admin.operator.user(), "ticket 7"));
    let notices = platform::notices(&services, &admin.session).await.unwrap();
    assert_eq!(notices.impersonation, Some(impersonation));
    assert_eq!(platform::notices(&services, &owners).await.unwrap().impersonation, None);
    let own = accounts::authenticate(&services, &owners).await.unwrap().unwrap();
    assert_eq!(own.impersonation, None, "the member's own sessions stay");
    let again = begin("twice").await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    Operator::of(&services, &acting, browser()).await.expect_err("a member is no operator");

    let mut cx = services.db.begin(organization, acting.actor()).await.unwrap();
    let update = types::organization::UpdateOrganization { name: "Renamed".into(), ..Default::default() };
    organizations::update(&mut cx, update).await.unwrap();
    canned_responses::create(&mut cx, "hi", "Hello").await.unwrap();
    services.commit(cx).await.unwrap();
    platform::end_impersonation(&services, &acting, &browser()).await.unwrap();
    let back = accounts::authenticate(&services, &admin.session).await.unwrap().unwrap();
    assert_eq!((back.me.user_id, back.impersonation.clone()), (admin.operator.user(), None));
    assert_not_found(platform::end_impersonation(&services, &back, &browser()).await);

    seal(&services).await;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let log = audit::list(&mut cx, &AuditFilter::default()).await.unwrap().items;
    let told = |action: &str| log.iter().find(|entry| entry.action == action).expect("a row");
    let renamed = told("organization.updated");
    assert_eq!((renamed.actor_id, renamed.impersonated), (Some(owner.me.member_id.0), true));
    assert_eq!(told("impersonation.started").after.as_ref().unwrap()["reason"], "ticket 7");
    assert_eq!(told("impersonation.ended").after.as_ref().unwrap()["how"], "ended");
    assert!(!told("organization.created").impersonated);
    assert_eq!(audit::verify(&mut cx).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_works_as_a_platform_admin_a_stranger_or_a_suspended_member() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (somebody, _) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let begin = async |of: &accounts::Authenticated, organization| {
        platform::impersonate(&services, &admin.operator, of.me.user_id, organization, "why").await
    };
    assert_not_found(begin(&somebody, other.me.organization.id).await);
    appoint(&services, &somebody, false).await;
    let refused = begin(&somebody, somebody.me.organization.id).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    begin(&other, other.me.organization.id).await.unwrap();
    platform::suspend_organization(&services, &admin.operator, other.me.organization.id, "spam").await.unwrap();
    let back = accounts::authenticate(&services, &admin.session).await.unwrap().unwrap();
    assert_eq!(back.me.user_id, admin.operator.user(), "the suspension ended it");
    let refused = begin(&other, other.me.organization.id).await;
    assert!(matches!(refused, Err(Error::Suspended(_))), "{refused:?}");
}

#[tokio::test]
async fn it_ends_by_itself_and_with_the_operators_rights() {
    let (services, clock) = own_services().await;
    let admin = operator(&services).await;
    let (owner, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let begin = async || {
        platform::impersonate(&services, &admin.operator, owner.me.user_id, organization, "why").await.unwrap();
    };
    let who = async || accounts::authenticate(&services, &admin.session).await.unwrap().map(|now| now.me.user_id);
    begin().await;
    clock.advance(TimeDelta::minutes(29));
    assert_eq!(who().await, Some(owner.me.user_id));
    clock.advance(TimeDelta::minutes(2));
    assert_eq!(who().await, Some(admin.operator.user()));
    jobs::run(&services, Job::Tick).await.unwrap();
    seal(&services).await;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let log = audit::list(&mut cx, &AuditFilter::default()).await.unwrap().items;
    assert_eq!(log[0].after.as_ref().unwrap()["how"], "time_over");
    drop(cx);

    begin().await;
    assert_eq!(who().await, Some(owner.me.user_id));
    sqlx::query("update users set is_platform_admin = false where id = $1")
        .bind(admin.operator.user().0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    assert_eq!(who().await, Some(admin.operator.user()), "who is no operator any more works as nobody");
}

/// `tests/it/refusals/at_work.rs` looks for what is missing here.
#[tokio::test]
async fn ways_in_secrets_and_destinations_are_changed_in_person_only() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (owner, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let agent = agents::create(&services, &mut cx, agent_input()).await.unwrap().id;
    services.commit(cx).await.unwrap();
    platform::impersonate(&services, &admin.operator, owner.me.user_id, organization, "why").await.unwrap();
    let acting = accounts::authenticate(&services, &admin.session).await.unwrap().unwrap();
    let mut cx = services.db.begin(organization, acting.actor()).await.unwrap();
    let key = CreateApiKey { name: "Shop".into(), scopes: vec![Permission::ChannelsRead], expires_at: None };
    let nothing = types::id::ApiKeyId(services.db.new_id());
    let invitation = types::id::InvitationId(services.db.new_id());
    let role = types::id::RoleId(services.db.new_id());
    let channel = types::id::ChannelId(services.db.new_id());
    let hook = types::id::WebhookSubscriptionId(services.db.new_id());
    let feed = || WebhookInput { url: "https://elsewhere.example".into(), ..WebhookInput::default() };
    let elsewhere = || AgentInput { base_url: "http://127.0.0.1:9/v1".into(), ..agent_input() };
    let with_key = || AgentInput { api_key: Some("sk-elsewhere".into()), ..agent_input() };
    let password = "correct horse battery";
    let refusals = [
        accounts::change_password(&services, &acting, password, "another password").await,
        accounts::begin_second_factor(&services, &acting, password).await,
        accounts::confirm_second_factor(&services, &acting, "000000").await,
        accounts::remove_second_factor(&services, &acting, password).await,
        accounts::begin_passkey(&services, &acting, "Mine", password).await.map(drop),
        accounts::finish_passkey(&services, &acting, "{}").await.map(drop),
        accounts::rename_passkey(&services, &acting, types::id::PasskeyId(services.db.new_id()), "Mine").await,
        accounts::remove_passkey(&services, &acting, types::id::PasskeyId(services.db.new_id()), password).await,
        accounts::update_profile(&services, &acting, UpdateProfile::default()).await.map(drop),
        accounts::switch_organization(&services, &acting, organization, &browser()).await,
        accounts::found_another(&services, &acting, "Second", &browser(), None).await.map(drop),
        accounts::restore_organization(&services, &acting, organization, &browser()).await,
        accounts::request_verification(&services, &acting).await,
        acting.in_person(),
        api_keys::create(&mut cx, key).await.map(drop),
        api_keys::revoke(&mut cx, nothing).await,
        organizations::delete(&mut cx, "Bukë & Kripë").await,
        invitations::create(&services, &mut cx, "guest@example.com", ADMIN).await.map(drop),
        invitations::resend(&services, &mut cx, invitation).await,
        invitations::revoke(&mut cx, invitation).await,
        invitations::accept(&services, &acting, "nonsense", &browser()).await.map(drop),
        members::change_role(&mut cx, owner.me.member_id, ADMIN).await,
        members::remove(&mut cx, owner.me.member_id).await,
        members::leave(&mut cx).await,
        members::set_team(&mut cx, owner.me.member_id, None).await,
        roles::create(&mut cx, "Reader", &[Permission::ContactsRead]).await.map(drop),
        roles::update(&mut cx, role, "Writer", &[Permission::ContactsWrite]).await,
        roles::delete(&mut cx, role).await,
        channels::identity_secret(&services, &mut cx, channel).await.map(drop),
        channels::rotate_identity_secret(&services, &mut cx, channel).await.map(drop),
        webhooks::create(&services, &mut cx, feed()).await.map(drop),
        webhooks::update(&services, &mut cx, hook, feed()).await.map(drop),
        webhooks::rotate_secret(&services, &mut cx, hook).await.map(drop),
        agents::create(&services, &mut cx, elsewhere()).await.map(drop),
        agents::create(&services, &mut cx, with_key()).await.map(drop),
        agents::update(&services, &mut cx, agent, elsewhere()).await.map(drop),
        agents::update(&services, &mut cx, agent, with_key()).await.map(drop),
    ];
    for (number, refused) in refusals.into_iter().enumerate() {
        assert!(
            matches!(refused, Err(Error::Refused(why)) if why.contains("only the member")),
            "{number}: {refused:?}"
        );
    }
    assert!(accounts::pending_second_factor(&services, &acting).await.unwrap().is_none());
    let renamed = AgentInput { name: "Zana".into(), ..agent_input() };
    agents::update(&services, &mut cx, agent, renamed).await.expect("where conversations go stays");
    agents::create(&services, &mut cx, agent_input()).await.expect("they go nowhere");
}
