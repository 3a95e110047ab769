use domain::{Error, channels, check_shown};
use hmac::Mac;
use types::{
    channel::{ChannelSettings, ChannelType, CreateChannel, UpdateChannel},
    id::{AgentId, ChannelId},
};

use crate::support::{World, assert_not_found, events, invalid_fields, two_organizations};

fn widget() -> CreateChannel {
    CreateChannel { name: "Shop".into(), channel_type: ChannelType::Widget, agent_id: None }
}

fn changes() -> UpdateChannel {
    UpdateChannel { name: "Shop".into(), is_active: true, agent_id: None, settings: ChannelSettings::default() }
}

async fn agent(cx: &mut db::Cx) -> AgentId {
    let id = AgentId(cx.new_id());
    sqlx::query("insert into agents (organization_id, id, name) values ($1, $2, 'Aria')")
        .bind(cx.organization().0)
        .bind(id.0)
        .execute(cx.conn())
        .await
        .expect("an agent");
    id
}

/// A channel of the first organization, committed.
async fn channel(world: &World) -> ChannelId {
    let mut cx = world.cx_a().await;
    let id = channels::create(&mut cx, widget()).await.expect("created").id;
    world.services.commit(cx).await.expect("committed");
    id
}

#[tokio::test]
async fn a_channel_is_found_by_its_key_until_it_is_deleted() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let created = channels::create(&mut cx, widget()).await.expect("created");
    assert_eq!(created.public_key.len(), 24);
    assert_eq!(channels::get(&mut cx, created.id).await.expect("read"), created);
    world.services.commit(cx).await.expect("committed");
    let find = || channels::find_by_key(&world.services, &created.public_key);
    assert_eq!(find().await.expect("asked"), Some((world.a.id, created.id)));
    for nonsense in ["", "x", "\0", "' or 1=1 --", &"k".repeat(10_000)] {
        assert_eq!(channels::find_by_key(&world.services, nonsense).await.expect("asked"), None);
    }

    let mut cx = world.cx_a().await;
    channels::delete(&mut cx, created.id).await.expect("deleted");
    assert_eq!(events(&mut cx).await, ["channel.created", "channel.deleted"]);
    world.services.commit(cx).await.expect("committed");
    assert_eq!(find().await.expect("asked"), None);
}

#[tokio::test]
async fn another_organization_cannot_see_or_touch_a_channel() {
    let world = two_organizations().await;
    let id = channel(&world).await;
    let mut cx = world.cx_b().await;
    assert_eq!(channels::list(&mut cx).await.expect("listed"), []);
    assert_not_found(channels::get(&mut cx, id).await);
    assert_not_found(channels::update(&mut cx, id, changes()).await);
    assert_not_found(channels::delete(&mut cx, id).await);
    assert_not_found(channels::identity_secret(&world.services, &mut cx, id).await);
    assert_not_found(channels::rotate_identity_secret(&world.services, &mut cx, id).await);
    assert_not_found(channels::signs(&world.services, &mut cx, id, "u", "s").await);
}

#[tokio::test]
async fn a_channel_takes_agents_of_its_organization_only() {
    let world = two_organizations().await;
    let mut cx = world.cx_b().await;
    let foreign = agent(&mut cx).await;
    world.services.commit(cx).await.expect("committed");

    let mut cx = world.cx_a().await;
    let own = agent(&mut cx).await;
    let create = CreateChannel { agent_id: Some(foreign), ..widget() };
    assert_eq!(invalid_fields(channels::create(&mut cx, create).await), ["agent_id"]);
    let created = channels::create(&mut cx, CreateChannel { agent_id: Some(own), ..widget() }).await.expect("created");
    let update = UpdateChannel { agent_id: Some(foreign), ..changes() };
    assert_eq!(invalid_fields(channels::update(&mut cx, created.id, update).await), ["agent_id"]);
    let without = channels::update(&mut cx, created.id, changes()).await.expect("changed");
    assert_eq!(without.agent_id, None);
}

#[tokio::test]
async fn settings_are_checked_and_kept_in_one_form() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let email = CreateChannel { name: " ".into(), channel_type: ChannelType::Email, agent_id: None };
    assert_eq!(invalid_fields(channels::create(&mut cx, email).await), ["name", "channel_type"]);
    let id = channels::create(&mut cx, widget()).await.expect("created").id;

    let wrong = ChannelSettings {
        color: "red; background: url(//evil)".into(),
        title: "x".repeat(61),
        greeting: "x".repeat(1001),
        avatar_url: "javascript:alert(1)".into(),
        language: "de".into(),
        quick_replies: vec!["?".into(); 7],
        allowed_domains: vec!["exa mple".into()],
        ..ChannelSettings::default()
    };
    let mut fields =
        invalid_fields(channels::update(&mut cx, id, UpdateChannel { settings: wrong, ..changes() }).await);
    fields.sort();
    let names = ["allowed_domains", "avatar_url", "color", "greeting", "language", "quick_replies", "title"];
    assert_eq!(fields, names.map(|name| format!("settings.{name}")));

    let settings = ChannelSettings {
        color: " #ABCDEF ".into(),
        title: " <b>Shop</b> ".into(),
        quick_replies: vec!["  Opening hours? ".into(), " ".into()],
        allowed_domains: vec!["https://Shop.example/cart".into(), "shop.example".into(), "*.shop.example".into()],
        ..ChannelSettings::default()
    };
    let changed = channels::update(&mut cx, id, UpdateChannel { settings, ..changes() }).await.expect("changed");
    assert_eq!(changed.settings.color, "#abcdef");
    assert_eq!(changed.settings.title, "<b>Shop</b>");
    assert_eq!(changed.settings.quick_replies, ["Opening hours?"]);
    assert_eq!(changed.settings.allowed_domains, ["shop.example", "*.shop.example"]);
}

#[tokio::test]
async fn identities_are_signed_with_a_secret_that_is_stored_encrypted() {
    let world = two_organizations().await;
    let services = &world.services;
    let id = channel(&world).await;
    let mut cx = world.cx_a().await;
    assert!(!channels::signs(services, &mut cx, id, "42", "").await.expect("asked"), "no secret signs nothing");
    let secret = channels::identity_secret(services, &mut cx, id).await.expect("made");
    assert_eq!(channels::identity_secret(services, &mut cx, id).await.expect("read"), secret);
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(b"42");
    let signature = hex::encode(mac.finalize().into_bytes());
    assert!(channels::signs(services, &mut cx, id, "42", &signature).await.expect("asked"));
    for (user, forged) in [("43", signature.as_str()), ("42", &signature[1..]), ("42", ""), ("42", "\0")] {
        assert!(!channels::signs(services, &mut cx, id, user, forged).await.expect("asked"));
    }
    let stored: Vec<u8> =
        sqlx::query_scalar("select secrets_encrypted from channels where organization_id = $1 and id = $2")
            .bind(world.a.id.0)
            .bind(id.0)
            .fetch_one(cx.conn())
            .await
            .expect("stored");
    assert!(!String::from_utf8_lossy(&stored).contains(&secret));

    let renewed = channels::rotate_identity_secret(services, &mut cx, id).await.expect("renewed");
    assert_ne!(renewed, secret);
    assert!(!channels::signs(services, &mut cx, id, "42", &signature).await.expect("asked"), "the old one is void");
}

#[tokio::test]
async fn members_read_channels_and_only_admins_change_them() {
    let world = two_organizations().await;
    let id = channel(&world).await;
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    assert_eq!(channels::list(&mut cx).await.expect("listed").len(), 1);
    let refused = [
        channels::create(&mut cx, widget()).await.err(),
        channels::update(&mut cx, id, changes()).await.err(),
        channels::delete(&mut cx, id).await.err(),
        channels::identity_secret(&world.services, &mut cx, id).await.err(),
        channels::rotate_identity_secret(&world.services, &mut cx, id).await.err(),
    ];
    for error in refused {
        assert!(matches!(error, Some(Error::Forbidden(_))), "{error:?}");
    }
}

#[tokio::test]
async fn a_form_that_shows_what_was_changed_since_is_outdated() {
    let world = two_organizations().await;
    let id = channel(&world).await;
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let mut cx = world.cx_a().await;
    let shown = Some(channels::get(&mut cx, id).await.unwrap().updated_at.timestamp_micros());
    // No form shows the secret.
    channels::rotate_identity_secret(&world.services, &mut cx, id).await.expect("renewed");
    check_shown(shown, channels::get(&mut cx, id).await.unwrap().updated_at).expect("as it was shown");
    let changed = channels::update(&mut cx, id, changes()).await.expect("changed").updated_at;
    assert!(matches!(check_shown(shown, changed), Err(Error::Conflict(_))));
    check_shown(Some(changed.timestamp_micros()), changed).expect("loaded again");
    check_shown(None, changed).expect("single fields undo nothing");
}

#[tokio::test]
async fn a_channel_with_conversations_is_not_deleted() {
    let world = two_organizations().await;
    let id = channel(&world).await;
    let mut cx = world.cx_a().await;
    let contact = cx.new_id();
    sqlx::query("insert into contacts (organization_id, id) values ($1, $2)")
        .bind(world.a.id.0)
        .bind(contact)
        .execute(cx.conn())
        .await
        .expect("a contact");
    sqlx::query("insert into conversations (organization_id, id, contact_id, channel_id) values ($1, $2, $2, $3)")
        .bind(world.a.id.0)
        .bind(contact)
        .bind(id.0)
        .execute(cx.conn())
        .await
        .expect("a conversation");
    let kept = channels::delete(&mut cx, id).await;
    assert!(matches!(kept, Err(Error::Conflict(_))), "{kept:?}");
    assert!(channels::get(&mut cx, id).await.is_ok());
}
