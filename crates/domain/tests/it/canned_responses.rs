use domain::{Error, canned_responses};

use crate::support::{assert_not_found, events, invalid_fields, two_organizations};

#[tokio::test]
async fn canned_answers_are_kept_by_their_shortcut() {
    let world = two_organizations().await;
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let thanks = canned_responses::create(&mut cx, " /Thanks ", "Thank you!\nAna").await.expect("created");
    assert_eq!((thanks.shortcut.as_str(), thanks.content.as_str()), ("thanks", "Thank you!\nAna"));
    let hello = canned_responses::create(&mut cx, "hello", "Hello").await.expect("created");
    assert_eq!(canned_responses::list(&mut cx).await.expect("listed"), [hello.clone(), thanks.clone()]);
    assert_eq!(invalid_fields(canned_responses::create(&mut cx, "hello", "Again").await), ["shortcut"]);
    assert_eq!(invalid_fields(canned_responses::create(&mut cx, "two words", " ").await), ["shortcut", "content"]);
    let long = "x".repeat(5001);
    assert_eq!(invalid_fields(canned_responses::update(&mut cx, hello.id, None, "hello", &long).await), ["content"]);
    canned_responses::update(&mut cx, hello.id, None, "hi", "Hi").await.expect("changed");
    canned_responses::delete(&mut cx, hello.id).await.expect("deleted");
    assert_eq!(canned_responses::list(&mut cx).await.expect("listed"), [thanks]);
    let names = ["created", "created", "updated", "deleted"].map(|verb| format!("canned_response.{verb}"));
    assert_eq!(events(&mut cx).await, names);
    world.services.commit(cx).await.expect("committed");

    let mut cx = world.cx_a().await;
    let other = canned_responses::create(&mut cx, "other", "Other").await.expect("created");
    // The refused change ends the transaction, so it comes last.
    assert_eq!(invalid_fields(canned_responses::update(&mut cx, other.id, None, "thanks", "Mine").await), ["shortcut"]);
}

#[tokio::test]
async fn a_form_that_shows_a_canned_answer_as_it_was_before_changes_nothing() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let hello = canned_responses::create(&mut cx, "hello", "Hello").await.expect("created");
    world.services.commit(cx).await.expect("committed");
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let shown = Some(hello.updated_at.timestamp_micros());
    let mut cx = world.cx_a().await;
    let changed =
        canned_responses::update(&mut cx, hello.id, shown, "hello", "Good day").await.expect("as it was shown");
    world.services.commit(cx).await.expect("committed");
    let mut cx = world.cx(&world.a, world.plain_member()).await;
    let late = canned_responses::update(&mut cx, hello.id, shown, "hello", "Hello!").await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    assert_eq!(canned_responses::list(&mut cx).await.expect("listed")[0], changed);
    let shown = Some(changed.updated_at.timestamp_micros());
    canned_responses::update(&mut cx, hello.id, shown, "hello", "Hello!").await.expect("loaded again");
}

#[tokio::test]
async fn another_organization_cannot_see_or_touch_a_canned_answer() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let id = canned_responses::create(&mut cx, "thanks", "Thank you!").await.expect("created").id;
    world.services.commit(cx).await.expect("committed");
    let mut cx = world.cx_b().await;
    assert_eq!(canned_responses::list(&mut cx).await.expect("listed"), []);
    assert_not_found(canned_responses::update(&mut cx, id, None, "stolen", "Stolen").await);
    assert_not_found(canned_responses::delete(&mut cx, id).await);
    canned_responses::create(&mut cx, "thanks", "Ours").await.expect("a shortcut is one organization's");
}
