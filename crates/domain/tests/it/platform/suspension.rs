use std::time::Duration;

use bytes::Bytes;
use domain::{
    Error, accounts, api_keys, attachments, channels, invitations,
    live::{Subscription, Update},
    messages, platform, visitors,
};
use futures::stream;
use types::{
    api_key::CreateApiKey,
    id::{OrganizationId, SessionId},
    organization::OrganizationLimits,
    permission::Permission,
    widget::StartSession,
};

use super::operator;
use crate::{
    desk::{desk, widget_message},
    mails::sign_up,
    support::{assert_not_found, invalid_fields, services},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and some pixels";

/// Whether a socket is told to close; anything else that it hears is passed over.
async fn is_closed(socket: &mut Subscription) -> bool {
    let closed = async { while !matches!(socket.recv().await, Update::SessionEnded) {} };
    tokio::time::timeout(Duration::from_secs(1), closed).await.is_ok()
}

#[tokio::test]
async fn a_suspended_organization_is_refused_everywhere_and_comes_back_whole() {
    let desk = desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    let organization = desk.world.a.id;
    let (member, session) = member_of(&desk).await;
    let mut cx = desk.cx().await;
    let input = CreateApiKey { name: "Shop".into(), scopes: vec![Permission::ChannelsRead], expires_at: None };
    let key = api_keys::create(&mut cx, input).await.unwrap().token;
    services.commit(cx).await.unwrap();
    let visitor = desk.visitor().await;
    let file = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(PNG))]);
    let file = attachments::upload_as_visitor(services, &visitor, "a.png", file).await.unwrap();
    let link = file.url.split_once("?token=").unwrap().1.to_owned();
    let said = desk.says(&visitor, "hello").await;

    let other = SessionId(services.db.new_id());
    let mut browser = services.live.subscribe_members(organization, SessionId(services.db.new_id()));
    let mut widget = services.live.subscribe_visitor(&visitor, Some(said.conversation_id));
    let mut newcomer = services.live.subscribe_visitor(&desk.visitor().await, None);
    let mut stranger = services.live.subscribe_members(desk.world.b.id, other);

    let reason = invalid_fields(platform::suspend_organization(services, &admin.operator, organization, " ").await);
    assert_eq!(reason, ["reason"]);
    platform::suspend_organization(services, &admin.operator, organization, "unpaid").await.unwrap();

    assert!(is_closed(&mut browser).await && is_closed(&mut widget).await && is_closed(&mut newcomer).await);
    assert!(!is_closed(&mut stranger).await, "another organization's sockets stay");
    let start = || StartSession { channel_key: desk.key.clone(), ..StartSession::default() };
    let refusals = [
        ("a session", accounts::authenticate(services, &session).await.map(drop)),
        ("a sign-in", sign_in(services, &member).await),
        ("an API key", api_keys::authenticate(services, &key).await.map(drop)),
        ("a widget's page", channels::widget(services, &desk.key).await.map(drop)),
        ("a new visitor", visitors::start(services, start()).await.map(drop)),
        ("a message", messages::receive(services, &visitor, widget_message("and?", "c2")).await.map(drop)),
        ("a conversation", visitors::conversation(services, &visitor).await.map(drop)),
        ("a file link", attachments::open_for_visitor(services, file.id, &link).await.map(drop)),
    ];
    for (what, refused) in refusals {
        let Err(refused @ Error::Suspended(_)) = refused else { panic!("{what}: {refused:?}") };
        let message = refused.to_string();
        assert!(message.contains("suspended") && message.contains("nothing is lost"), "{message}");
        // The reason is for the organization, not for its customers.
        let reasons: Vec<_> = refused.details().iter().map(|detail| detail.message.as_str()).collect();
        let is_told = matches!(what, "a session" | "a sign-in" | "an API key");
        assert_eq!(reasons, if is_told { vec!["unpaid"] } else { vec![] }, "{what}");
    }
    let again = platform::suspend_organization(services, &admin.operator, organization, "again").await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let shown = platform::organization(services, &admin.operator, organization).await.unwrap();
    assert_eq!(shown.suspended_reason.as_deref(), Some("unpaid"));

    platform::restore_organization(services, &admin.operator, organization).await.unwrap();
    assert!(accounts::authenticate(services, &session).await.unwrap().is_some());
    assert!(api_keys::authenticate(services, &key).await.unwrap().is_some());
    channels::widget(services, &desk.key).await.unwrap();
    visitors::start(services, start()).await.unwrap();
    attachments::open_for_visitor(services, file.id, &link).await.unwrap();
    let sent = messages::receive(services, &visitor, widget_message("and?", "c2")).await.unwrap();
    assert_eq!(sent.conversation_id, said.conversation_id);
    assert_not_found(platform::restore_organization(services, &admin.operator, organization).await);
    assert_not_found(platform::restore_organization(services, &admin.operator, nobody(services)).await);
    assert_not_found(platform::suspend_organization(services, &admin.operator, nobody(services), "no").await);
}

/// Adds somebody who can sign in to the desk's organization, with a session there.
async fn member_of(desk: &crate::desk::Desk) -> (accounts::Authenticated, String) {
    let services = &desk.services;
    let (somebody, session) = sign_up(services).await;
    let mut cx = desk.cx().await;
    let choice = "member".parse().unwrap();
    invitations::create(services, &mut cx, &somebody.me.email, choice).await.unwrap();
    services.commit(cx).await.unwrap();
    let text = crate::mails::newest_text(services, &somebody.me.email, "invitation").await;
    let token = crate::mails::token_of(&text);
    invitations::accept(services, &somebody, &token, &accounts::ClientInfo::default()).await.unwrap();
    // The place from before would let the person in elsewhere.
    sqlx::query("delete from user_organizations where user_id = $1 and organization_id = $2")
        .bind(somebody.me.user_id.0)
        .bind(somebody.me.organization.id.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    (somebody, session)
}

async fn sign_in(services: &domain::Services, somebody: &accounts::Authenticated) -> domain::Result<()> {
    let client = accounts::ClientInfo::default();
    accounts::log_in(services, &somebody.me.email, "correct horse battery", &client).await.map(drop)
}

fn nobody(services: &domain::Services) -> OrganizationId {
    OrganizationId(services.db.new_id())
}

#[tokio::test]
async fn operators_do_not_lock_themselves_out() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let own = accounts::authenticate(&services, &admin.session).await.unwrap().unwrap().me.organization.id;
    let refused = platform::suspend_organization(&services, &admin.operator, own, "oops").await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn who_belongs_to_several_organizations_goes_on_in_another() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let client = accounts::ClientInfo::default();
    let (somebody, session) = sign_up(&services).await;
    let first = somebody.me.organization.id;
    let second = accounts::found_another(&services, &somebody, "Second", &client, None).await.unwrap().id;
    platform::suspend_organization(&services, &admin.operator, second, "unpaid").await.unwrap();
    assert!(matches!(accounts::authenticate(&services, &session).await, Err(Error::Suspended(_))));
    let signed_in = accounts::log_in(&services, &somebody.me.email, "correct horse battery", &client).await.unwrap();
    assert_eq!(signed_in.me.organization.id, first);
    let there = accounts::authenticate(&services, &signed_in.token).await.unwrap().unwrap();
    let refused = accounts::switch_organization(&services, &there, second, &client).await;
    assert!(matches!(refused, Err(Error::Suspended(_))), "{refused:?}");
}

#[tokio::test]
async fn limits_hold_until_they_are_raised() {
    let desk = desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    let organization = desk.world.a.id;
    let (visitor, _) = desk.conversation().await;
    let wrong = OrganizationLimits { members: Some(-1), ..OrganizationLimits::default() };
    assert_eq!(invalid_fields(platform::set_limits(services, &admin.operator, organization, wrong).await), ["members"]);
    let limits = OrganizationLimits {
        members: Some(1),
        conversations_per_month: Some(2),
        knowledge_sources: Some(0),
        visitor_megabytes_per_day: None,
    };
    platform::set_limits(services, &admin.operator, organization, limits).await.unwrap();
    assert_eq!(platform::organization(services, &admin.operator, organization).await.unwrap().limits, limits);

    desk.conversation().await;
    let newcomer = desk.visitor().await;
    let refused = messages::receive(services, &newcomer, widget_message("hi", "c1")).await;
    assert!(matches!(&refused, Err(Error::LimitReached(why)) if why.contains("2 new conversations")), "{refused:?}");
    desk.says(&visitor, "a conversation that goes on is not a new one").await;

    let mut cx = desk.cx().await;
    let refused = invitations::create(services, &mut cx, "more@example.com", "member".parse().unwrap()).await;
    assert!(matches!(refused, Err(Error::LimitReached(_))), "{refused:?}");
    let text = types::knowledge::CreateTextSource { name: "Terms".into(), content: "All sales are final.".into() };
    let refused = domain::knowledge::create_text(&mut cx, text).await;
    assert!(matches!(refused, Err(Error::LimitReached(_))), "{refused:?}");
    drop(cx);

    desk.world.clock.advance(chrono::TimeDelta::days(32));
    messages::receive(services, &newcomer, widget_message("hi", "c1")).await.expect("another month");
    let raised = OrganizationLimits { members: Some(2), ..OrganizationLimits::default() };
    platform::set_limits(services, &admin.operator, organization, raised).await.unwrap();
    let mut cx = desk.cx().await;
    invitations::create(services, &mut cx, "more@example.com", "member".parse().unwrap()).await.unwrap();
    let beyond = invitations::create(services, &mut cx, "evenmore@example.com", "member".parse().unwrap()).await;
    assert!(matches!(beyond, Err(Error::LimitReached(_))), "open invitations count: {beyond:?}");
}
