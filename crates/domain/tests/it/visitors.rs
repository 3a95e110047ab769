//! Visitors: known by their token, seen by nobody else.

use db::Actor;
use domain::{Error, Services, channels, contacts, conversations, messages, visitors, visitors::Visitor};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use types::{
    contact::{ContactFilter, ContactInput},
    conversation::{ConversationStatus, Owner},
    id::{ChannelId, ChunkId, VisitorId},
    widget::{Identify, StartSession},
};

use crate::{
    desk::{Desk, desk, desk_with_agent, lines, reply},
    support::{assert_not_found, invalid_fields},
};

fn start(key: &str, token: Option<String>) -> StartSession {
    StartSession { channel_key: key.into(), token, language: Some("sq".into()) }
}

async fn token(services: &Services, key: &str) -> String {
    visitors::start(services, start(key, None)).await.unwrap().token
}

/// As the organization's own server signs.
async fn signed(desk: &Desk, user_id: &str) -> Identify {
    let mut cx = desk.cx().await;
    let secret = channels::identity_secret(&desk.services, &mut cx, desk.channel).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(user_id.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    Identify { user_id: Some(user_id.into()), signature: Some(signature), ..Identify::default() }
}

#[tokio::test]
async fn a_visit_makes_no_contact_and_a_token_brings_the_conversation_back() {
    let desk = desk().await;
    let first = token(&desk.services, &desk.key).await;
    let visitor = visitors::verify(&desk.services, &first).unwrap();
    assert!(visitors::conversation(&desk.services, &visitor).await.unwrap().is_none());
    let list = contacts::list(&mut desk.cx().await, &ContactFilter::default()).await.unwrap();
    assert_eq!(list.total, 0);
    let sent = desk.says(&visitor, "hi").await;
    let again = visitors::start(&desk.services, start(&desk.key, Some(first))).await.unwrap();
    assert_eq!(visitors::verify(&desk.services, &again.token).unwrap().id, visitor.id);
    assert_eq!(again.conversation.unwrap().id, sent.conversation_id);
}

#[tokio::test]
async fn a_token_is_worth_nothing_on_another_channel_or_in_another_organization() {
    let desk = desk().await;
    let other = Desk::over(crate::support::two_organizations().await, false).await;
    let (visitor, id) = desk.conversation().await;
    let first = visitors::start(&desk.services, start(&desk.key, None)).await.unwrap().token;
    let elsewhere = visitors::start(&desk.services, start(&other.key, Some(first))).await.unwrap();
    assert!(elsewhere.conversation.is_none());
    assert_eq!(visitors::verify(&desk.services, &elsewhere.token).unwrap().organization, other.world.a.id);
    // Even one that claims to be the same visitor sees nothing outside its own channel and organization.
    let on_channel = Visitor { channel: ChannelId(uuid::Uuid::new_v4()), ..visitor.clone() };
    let in_organization = Visitor { organization: other.world.a.id, ..visitor.clone() };
    let as_another = Visitor { id: VisitorId(uuid::Uuid::new_v4()), ..visitor.clone() };
    for stranger in [on_channel, in_organization, as_another] {
        assert_not_found(visitors::history(&desk.services, &stranger, id, None).await);
        assert_not_found(visitors::mark_read(&desk.services, &stranger, id, 1).await);
        assert_not_found(visitors::passage(&desk.services, &stranger, ChunkId(uuid::Uuid::new_v4())).await);
        assert!(visitors::conversation(&desk.services, &stranger).await.unwrap().is_none());
    }
    assert_not_found(visitors::start(&desk.services, start("no-such-key", None)).await);
    assert_eq!(visitors::verify(&desk.services, "v1.e30.AAAA"), None);
    assert_eq!(visitors::history(&desk.services, &visitor, id, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_expires_after_180_days() {
    let desk = desk().await;
    let token = token(&desk.services, &desk.key).await;
    desk.world.clock.advance(chrono::TimeDelta::days(179));
    assert!(visitors::verify(&desk.services, &token).is_some());
    desk.world.clock.advance(chrono::TimeDelta::days(1));
    assert!(visitors::verify(&desk.services, &token).is_none());
}

#[tokio::test]
async fn a_forged_identity_is_refused_and_changes_nothing() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let good = signed(&desk, "user-1").await;
    let forged = Identify { user_id: Some("user-2".into()), email: Some("ceo@example.com".into()), ..good.clone() };
    assert_eq!(invalid_fields(visitors::identify(&desk.services, &visitor, forged).await), ["signature"]);
    let garbled = Identify { signature: Some("ë".into()), ..good };
    assert_eq!(invalid_fields(visitors::identify(&desk.services, &visitor, garbled).await), ["signature"]);
    assert_eq!(desk.get(id).await.summary.contact_email, None);
    let unsigned = Identify { signature: Some("00".into()), ..Identify::default() };
    assert_eq!(invalid_fields(visitors::identify(&desk.services, &visitor, unsigned).await), ["user_id"]);
}

#[tokio::test]
async fn a_channel_may_demand_signatures() {
    let desk = desk().await;
    desk.settings(|settings| settings.require_signed_identity = true).await;
    let visitor = desk.visitor().await;
    let named = Identify { name: Some("Maya".into()), ..Identify::default() };
    assert_eq!(invalid_fields(visitors::identify(&desk.services, &visitor, named).await), ["signature"]);
    let proved = signed(&desk, "user-1").await;
    assert!(visitors::identify(&desk.services, &visitor, proved).await.is_ok());
}

#[tokio::test]
async fn a_proved_user_finds_the_same_conversations_in_every_browser() {
    let desk = desk().await;
    let (laptop, first) = desk.conversation().await;
    let maya = Identify { name: Some("Maya Deda".into()), ..signed(&desk, "user-1").await };
    visitors::identify(&desk.services, &laptop, maya.clone()).await.unwrap();
    let known = desk.get(first).await.summary;
    assert_eq!(known.contact_name, "Maya Deda");

    let (phone, second) = desk.conversation().await;
    assert_ne!(desk.get(second).await.summary.contact_id, known.contact_id);
    let session = visitors::identify(&desk.services, &phone, maya.clone()).await.unwrap();
    assert_eq!(session.contact_name.as_deref(), Some("Maya Deda"));
    assert_eq!(desk.get(second).await.summary.contact_id, known.contact_id);
    assert!(visitors::history(&desk.services, &phone, first, None).await.is_ok());
    let list = contacts::list(&mut desk.cx().await, &ContactFilter::default()).await.unwrap();
    assert_eq!(list.total, 1, "the anonymous contact is retired");

    // Somebody else signs in on the phone: nothing of Maya's goes along.
    let ben = Identify { name: Some("Ben".into()), ..signed(&desk, "user-2").await };
    let session = visitors::identify(&desk.services, &phone, ben).await.unwrap();
    assert!(session.conversation.is_none());
    assert_not_found(visitors::history(&desk.services, &phone, first, None).await);
    assert_eq!(desk.get(second).await.summary.contact_id, known.contact_id);

    // What is not signed changes nothing that was proved.
    let typed = Identify { name: Some("Mallory".into()), email: Some("m@example.com".into()), ..Identify::default() };
    visitors::identify(&desk.services, &laptop, typed).await.unwrap();
    assert_eq!(desk.get(first).await.summary.contact_name, "Maya Deda");
    assert_eq!(desk.get(first).await.summary.contact_email, None);
}

#[tokio::test]
async fn a_new_secret_ends_what_browsers_saw_by_the_one_before() {
    let desk = desk().await;
    let (laptop, id) = desk.conversation().await;
    let (anonymous, own) = desk.conversation().await;
    let maya = signed(&desk, "user-1").await;
    visitors::identify(&desk.services, &laptop, maya).await.unwrap();
    let mut cx = desk.cx().await;
    channels::rotate_identity_secret(&desk.services, &mut cx, desk.channel).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert_not_found(visitors::history(&desk.services, &laptop, id, None).await);
    assert!(visitors::conversation(&desk.services, &laptop).await.unwrap().is_none());
    assert!(
        visitors::history(&desk.services, &anonymous, own, None).await.is_ok(),
        "who never needed a signature stays"
    );
    visitors::identify(&desk.services, &laptop, signed(&desk, "user-1").await).await.unwrap();
    assert!(visitors::history(&desk.services, &laptop, id, None).await.is_ok());
}

#[tokio::test]
async fn a_visitor_does_not_fill_a_contact_by_saying_something_else_each_time() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let says = async |names: std::ops::Range<u32>| {
        let attributes = names.map(|n| (format!("field {n}"), n.into())).collect();
        let input = Identify { attributes: Some(attributes), ..Identify::default() };
        visitors::identify(&desk.services, &visitor, input).await
    };
    says(0..30).await.expect("thirty");
    says(10..50).await.expect("fifty in all");
    assert_eq!(invalid_fields(says(49..51).await), ["attributes"]);
    says(0..50).await.expect("the same fifty");
    let contact = desk.get(id).await.summary.contact_id;
    assert_eq!(contacts::get(&mut desk.cx().await, contact).await.unwrap().custom_fields.len(), 50);
}

#[tokio::test]
async fn who_was_merged_into_a_visitor_is_erased_with_whom_the_visitor_turned_out_to_be() {
    // As it is written, and as it was written before.
    for by_way_of_the_visitor in [false, true] {
        let desk = desk().await;
        let maya = signed(&desk, "user-1").await;
        let (laptop, first) = desk.conversation().await;
        visitors::identify(&desk.services, &laptop, maya.clone()).await.unwrap();
        let known = desk.get(first).await.summary.contact_id;
        let (phone, second) = desk.conversation().await;
        let visitor = desk.get(second).await.summary.contact_id;

        let mut cx = desk.cx().await;
        let email = Some("maya@example.com".to_owned());
        let lead = ContactInput { name: Some("Maya Deda".into()), email, ..ContactInput::default() };
        let lead = contacts::create(&mut cx, lead).await.unwrap().summary.id;
        contacts::merge(&mut cx, visitor, lead).await.unwrap();
        desk.services.commit(cx).await.unwrap();
        visitors::identify(&desk.services, &phone, maya).await.unwrap();
        let mut cx = desk.cx().await;
        if by_way_of_the_visitor {
            let before = "update contacts set merged_into_id = $1 where id = $2";
            sqlx::query(before).bind(visitor.0).bind(lead.0).execute(cx.conn()).await.unwrap();
        }
        contacts::delete(&mut cx, known).await.unwrap();
        let left = "select count(*) from contacts";
        assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(cx.conn()).await.unwrap(), 0);
        let told = "select count(*) from events where resource_id = $1 and payload <> '{}'";
        assert_eq!(sqlx::query_scalar::<_, i64>(told).bind(lead.0).fetch_one(cx.conn()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn two_browsers_that_sign_in_at_once_are_one_contact() {
    let desk = desk().await;
    let (a, first) = desk.conversation().await;
    let (b, second) = desk.conversation().await;
    let maya = signed(&desk, "user-1").await;
    let (one, two) = tokio::join!(
        visitors::identify(&desk.services, &a, maya.clone()),
        visitors::identify(&desk.services, &b, maya.clone())
    );
    one.unwrap();
    two.unwrap();
    assert_eq!(desk.get(first).await.summary.contact_id, desk.get(second).await.summary.contact_id);
}

#[tokio::test]
async fn an_address_is_captured_with_a_line_and_script_in_a_name_stays_text() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    assert_eq!(invalid_fields(visitors::set_email(&desk.services, &visitor, "nobody").await), ["email"]);
    let session = visitors::set_email(&desk.services, &visitor, " maya@example.com ").await.unwrap();
    assert_eq!(session.contact_email.as_deref(), Some("maya@example.com"));
    visitors::set_email(&desk.services, &visitor, "maya@example.com").await.unwrap();
    assert_eq!(lines(&desk.thread(id).await), ["email_captured"]);
    let name = "<script>alert(1)</script>";
    let named = Identify { name: Some(name.into()), ..Identify::default() };
    visitors::identify(&desk.services, &visitor, named).await.unwrap();
    assert_eq!(desk.get(id).await.summary.contact_name, name);
    let huge = Identify { name: Some("x".repeat(201)), ..Identify::default() };
    assert_eq!(invalid_fields(visitors::identify(&desk.services, &visitor, huge).await), ["name"]);
}

#[tokio::test]
async fn ending_shows_the_end_and_restarting_shows_nothing() {
    let desk = desk_with_agent().await;
    let (visitor, id) = desk.conversation().await;
    let ended = visitors::end_conversation(&desk.services, &visitor).await.unwrap().unwrap();
    assert_eq!((ended.id, ended.status), (id, ConversationStatus::Closed));
    assert_eq!(lines(&ended.messages), ["closed_by_contact"]);
    assert_eq!(desk.agent_answers(id, 1, "agent:1").await, None);
    let session = visitors::restart(&desk.services, &visitor).await.unwrap();
    assert!(session.conversation.is_none());
    let next = desk.says(&visitor, "again").await;
    assert_ne!(next.conversation_id, id);
    let session = visitors::restart(&desk.services, &visitor).await.unwrap();
    assert!(session.conversation.is_none());
    assert_eq!(desk.get(next.conversation_id).await.summary.status, ConversationStatus::Closed);
}

#[tokio::test]
async fn a_visitor_calls_a_person_also_before_the_first_word() {
    let desk = desk_with_agent().await;
    let visitor = desk.visitor().await;
    let shown = visitors::request_person(&desk.services, &visitor).await.unwrap();
    assert_eq!((shown.owner, lines(&shown.messages)), (Owner::Nobody, vec!["hand_off_requested"]));
    let again = visitors::request_person(&desk.services, &visitor).await.unwrap();
    assert_eq!((again.id, again.messages.len()), (shown.id, 1));
    let sent = desk.says(&visitor, "hello").await;
    assert_eq!(sent.conversation_id, shown.id);
    assert_eq!(desk.get(shown.id).await.summary.owner, Owner::Nobody);
}

#[tokio::test]
async fn unread_answers_are_counted_until_they_are_read() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, reply("one")).await.unwrap();
    let last = messages::send(&mut cx, id, reply("two")).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let session = || async { visitors::identify(&desk.services, &visitor, Identify::default()).await.unwrap() };
    assert_eq!(session().await.unread_count, 2);
    visitors::mark_read(&desk.services, &visitor, id, last.seq).await.unwrap();
    assert_eq!(session().await.unread_count, 0);
    assert_eq!(desk.get(id).await.contact_read_seq, last.seq);
}

#[tokio::test]
async fn a_channel_that_is_switched_off_takes_nobody() {
    let desk = desk().await;
    let (visitor, _) = desk.conversation().await;
    let mut cx = desk.world.cx(&desk.world.a, Actor::System).await;
    sqlx::query("update channels set is_active = false where organization_id = $1")
        .bind(desk.world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    cx.commit().await.unwrap();
    let refused = visitors::start(&desk.services, start(&desk.key, None)).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    let message = crate::desk::widget_message("hi", "c1");
    assert!(matches!(messages::receive(&desk.services, &visitor, message).await, Err(Error::Refused(_))));
    let list = conversations::list(&mut desk.cx().await, &types::conversation::InboxFilter::default()).await.unwrap();
    assert_eq!(list.total, 1);
}
