use domain::channels;
use serde_json::json;

use crate::support::{World, world};

/// Signs as the organization's own server would.
async fn sign(world: &World, user_id: &str) -> String {
    let mut cx = world.cx(&world.a).await;
    let secret = channels::identity_secret(&world.services, &mut cx, world.a.channel.id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let key = <hmac::Hmac<sha2::Sha256> as hmac::Mac>::new_from_slice(secret.as_bytes()).unwrap();
    let signed = hmac::Mac::chain_update(key, user_id.as_bytes());
    hex::encode(hmac::Mac::finalize(signed).into_bytes())
}

#[tokio::test]
async fn a_signed_identity_brings_the_conversation_to_another_browser() {
    let world = world().await;
    let signature = sign(&world, "u-1").await;
    let identity = json!({"user_id": "u-1", "signature": signature, "name": "Ana", "email": "ana@example.com"});

    let phone = world.visitor(&world.a).await;
    phone.writes("Where is my order?").await;
    assert_eq!(phone.post("identify", identity.clone()).await.ok()["contact_email"], "ana@example.com");

    let laptop = world.visitor(&world.a).await;
    let session = laptop.post("identify", identity).await.ok();
    assert_eq!(session["conversation"]["messages"][0]["content"], "Where is my order?");
}

#[tokio::test]
async fn a_forged_identity_is_refused_and_changes_nothing() {
    let world = world().await;
    let signature = sign(&world, "u-1").await;
    let owner = world.visitor(&world.a).await;
    owner.writes("A secret").await;
    owner.post("identify", json!({"user_id": "u-1", "signature": signature})).await.ok();

    let thief = world.visitor(&world.a).await;
    for (user_id, signature) in [("u-2", signature.as_str()), ("u-1", "00"), ("u-1", "")] {
        let answer = thief.post("identify", json!({"user_id": user_id, "signature": signature, "name": "Ana"})).await;
        assert_eq!(answer.refused(422)["details"][0]["field"], "signature");
    }
    // The signature of one organization means nothing in another.
    let stranger = world.visitor(&world.b).await;
    stranger.post("identify", json!({"user_id": "u-1", "signature": signature})).await.refused(422);

    // A name without a signature is only what somebody typed: it opens nothing.
    let session = thief.post("identify", json!({"user_id": "u-1", "email": "ana@example.com"})).await.ok();
    assert_eq!(session["conversation"], json!(null));

    world.settings(|settings| settings.require_signed_identity = true).await;
    thief.post("identify", json!({"name": "Ana"})).await.refused(422);
}

#[tokio::test]
async fn html_in_an_identity_is_kept_as_text_and_comes_out_escaped() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let name = "<img src=x onerror=alert(1)>";
    let session = visitor.post("identify", json!({"name": name, "attributes": {"plan": "<b>"}})).await.ok();
    // JSON holds the text as it is; the widget's script sets it as text.
    assert_eq!(session["contact_name"], name);
}
