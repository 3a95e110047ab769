//! Two things at the same moment: one outcome.

use std::time::Duration;

use domain::{Cx, Error, Result, canned_responses, contacts, conversations, events, messages, visitors};
use serde_json::json;
use types::{conversation::ConversationStatus, message::AuthorType};

use crate::{
    desk::{Desk, desk, desk_with_agent, lines, own_desk, widget_message},
    support::assert_not_found,
};

#[tokio::test]
async fn first_messages_at_once_begin_one_conversation_of_one_contact() {
    let desk = desk_with_agent().await;
    let visitor = desk.visitor().await;
    let say =
        |client_id: &'static str| messages::receive(&desk.services, &visitor, widget_message(client_id, client_id));
    let (a, b, c) = tokio::join!(say("one"), say("two"), say("three"));
    let (a, b, c) = (a.unwrap(), b.unwrap(), c.unwrap());
    assert!(a.conversation_id == b.conversation_id && b.conversation_id == c.conversation_id);
    let mut seqs = [a.message.seq, b.message.seq, c.message.seq];
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 2, 3]);
    let contacts: i64 = sqlx::query_scalar("select count(*) from contacts where organization_id = $1")
        .bind(desk.world.a.id.0)
        .fetch_one(desk.cx().await.conn())
        .await
        .unwrap();
    assert_eq!(contacts, 1);
    desk.run_jobs(a.conversation_id).await;
    let answers = desk.thread(a.conversation_id).await;
    assert_eq!(answers.iter().filter(|message| message.author_type == AuthorType::Agent).count(), 1);
}

#[tokio::test]
async fn a_message_at_the_moment_of_the_close_is_before_it_or_begins_anew() {
    for round in 0..6 {
        let desk = desk().await;
        let (visitor, id) = desk.conversation().await;
        let close = async {
            let mut cx = desk.cx().await;
            conversations::close(&mut cx, id).await.unwrap();
            desk.services.commit(cx).await.unwrap();
        };
        let send = || messages::receive(&desk.services, &visitor, widget_message("And one more thing", "c9"));
        let ((), sent) = tokio::join!(close, send());
        let sent = sent.unwrap();
        assert_eq!(desk.get(id).await.summary.status, ConversationStatus::Closed, "round {round}");
        let thread = desk.thread(id).await;
        assert_eq!(thread.last().unwrap().content, "closed", "nothing comes after the close");
        let is_new = sent.conversation_id != id;
        assert_eq!(thread.len(), if is_new { 2 } else { 3 });
        // The retry of a browser that did not hear the answer finds the same message.
        assert_eq!(send().await.unwrap().message.id, sent.message.id);
        if is_new {
            assert_eq!(desk.thread(sent.conversation_id).await.len(), 1);
        }
    }
}

#[tokio::test]
async fn of_two_who_wait_for_each_other_one_is_told_to_try_again() {
    let desk = desk().await;
    let (_, one) = desk.conversation().await;
    let (_, other) = desk.conversation().await;
    let (mut first, mut second) = (desk.cx().await, desk.cx().await);
    conversations::close(&mut first, one).await.unwrap();
    conversations::close(&mut second, other).await.unwrap();
    let ends = tokio::join!(conversations::close(&mut first, other), conversations::close(&mut second, one));
    assert!(matches!(ends, (Ok(_), Err(Error::Unavailable(_))) | (Err(Error::Unavailable(_)), Ok(_))), "{ends:?}");
}

#[tokio::test]
async fn ended_by_both_sides_at_once_it_is_closed_once() {
    let desk = desk_with_agent().await;
    let (visitor, id) = desk.conversation().await;
    let member = async {
        let mut cx = desk.cx().await;
        conversations::close(&mut cx, id).await.unwrap();
        desk.services.commit(cx).await.unwrap();
    };
    let ((), ended) = tokio::join!(member, visitors::end_conversation(&desk.services, &visitor));
    assert_eq!(ended.unwrap().unwrap().status, ConversationStatus::Closed);
    assert_eq!(lines(&desk.thread(id).await).len(), 1);
}

#[tokio::test]
async fn enormous_and_empty_messages_are_counted_in_characters() {
    use types::message::{ContentType, MAX_MESSAGE_CHARS};
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let family = "👩\u{200d}👩\u{200d}👧"; // five characters, eighteen bytes
    let fits = family.repeat(MAX_MESSAGE_CHARS / 5);
    let sent = desk.says(&visitor, &fits).await;
    assert_eq!((sent.message.content.as_str(), sent.message.content_type), (fits.as_str(), ContentType::Text));
    let over = messages::receive(&desk.services, &visitor, widget_message(&format!("{fits}x"), "c2")).await;
    assert_eq!(crate::support::invalid_fields(over), ["content"]);
    for empty in ["\0", "\u{7}\u{1b}", "\u{a0}\u{2003}\n"] {
        let refused = messages::receive(&desk.services, &visitor, widget_message(empty, "c3")).await;
        assert_eq!(crate::support::invalid_fields(refused), ["content"], "{empty:?}");
    }
    let mut cx = desk.cx().await;
    let long = messages::send(&mut cx, sent.conversation_id, crate::desk::reply(&format!("{fits}x"))).await;
    assert_eq!(crate::support::invalid_fields(long), ["content"]);
    assert!(messages::send(&mut cx, sent.conversation_id, crate::desk::reply(&fits)).await.is_ok());
    assert!(desk.get(sent.conversation_id).await.summary.last_message_preview.chars().count() <= 120);
}

/// One member's change waits to be committed until that of a second one waits for it.
async fn both<T: std::fmt::Debug>(
    desk: &Desk,
    first: impl AsyncFn(&mut Cx) -> Result<T>,
    second: impl AsyncFn(&mut Cx) -> Result<T>,
) {
    let (mut one, mut other) = (desk.cx().await, desk.cx().await);
    first(&mut one).await.unwrap();
    let holder: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(one.conn()).await.unwrap();
    let commit = async {
        let waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))";
        let pool = desk.services.db.system();
        while !sqlx::query_scalar::<_, bool>(waits).bind(holder).fetch_one(pool.pool()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.services.commit(one).await.unwrap();
    };
    let (ended, ()) = tokio::join!(second(&mut other), commit);
    ended.unwrap();
    desk.services.commit(other).await.unwrap();
}

#[tokio::test]
async fn of_two_who_change_tags_or_custom_fields_at_once_nobody_loses_the_others() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    both(
        &desk,
        async |cx: &mut Cx| conversations::change_tags(cx, id, "late, parcel", "").await,
        async |cx: &mut Cx| conversations::change_tags(cx, id, "vip", "late").await,
    )
    .await;
    assert_eq!(desk.get(id).await.summary.tags, ["parcel", "vip"]);

    let contact = desk.get(id).await.summary.contact_id;
    both(
        &desk,
        async |cx: &mut Cx| contacts::change_tags(cx, contact, "new,vip", "").await,
        async |cx: &mut Cx| contacts::change_tags(cx, contact, "tall", "new").await,
    )
    .await;
    both(
        &desk,
        async |cx: &mut Cx| contacts::set_custom_field(cx, contact, "city", "Tiranë").await,
        async |cx: &mut Cx| contacts::set_custom_field(cx, contact, "size", "42").await,
    )
    .await;
    both(
        &desk,
        async |cx: &mut Cx| contacts::set_custom_field(cx, contact, "floor", "3").await,
        async |cx: &mut Cx| contacts::set_custom_field(cx, contact, "size", " ").await,
    )
    .await;
    let found = contacts::get(&mut desk.cx().await, contact).await.unwrap();
    assert_eq!(found.summary.tags, ["vip", "tall"]);
    assert_eq!(serde_json::Value::from(found.custom_fields), json!({"city": "Tiranë", "floor": "3"}));

    let mut cx = desk.stranger().await;
    assert_not_found(conversations::change_tags(&mut cx, id, "stolen", "").await);
    assert_not_found(contacts::change_tags(&mut cx, contact, "stolen", "").await);
    assert_not_found(contacts::set_custom_field(&mut cx, contact, "city", "Shkodër").await);
}

#[tokio::test]
async fn a_contact_is_erased_while_what_it_did_is_to_be_published() {
    let desk = own_desk().await;
    let services = &desk.services;
    let (visitor, id) = desk.conversation().await;
    while events::publish(services).await.unwrap() > 0 {}
    let contact = desk.get(id).await.summary.contact_id;
    desk.says(&visitor, "Hello?").await;
    let mut erasing = desk.cx().await;
    contacts::delete(&mut erasing, contact).await.unwrap();
    // What its organization does meanwhile waits, and nobody else does.
    for mut cx in [desk.cx().await, desk.stranger().await] {
        canned_responses::create(&mut cx, "hello", "Hello").await.unwrap();
        services.commit(cx).await.unwrap();
    }
    assert_eq!(events::publish(services).await.unwrap(), 1);
    services.commit(erasing).await.unwrap();
    events::publish(services).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar(
        "select name from events where organization_id = $1 and position is not null order by position desc limit 3",
    )
    .bind(desk.world.a.id.0)
    .fetch_all(desk.cx().await.conn())
    .await
    .unwrap();
    assert_eq!(told, ["canned_response.created", "contact.deleted", "message.created"]);
}
