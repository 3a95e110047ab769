//! Several organizations for one person; an organization that is deleted, brought back, and gone.

use chrono::TimeDelta;
use db::sqlx;
use domain::{
    Error, Services,
    accounts::{self, Authenticated},
    attachments, channels,
    idempotency::Once,
    messages, organizations, upkeep,
};
use futures::stream;
use types::{organization::OrganizationStatus, widget::WidgetMessage};

use crate::{
    desk::{own_desk, widget_message},
    mails::sign_up,
    support::{assert_not_found, browser, events, invalid_fields, own_services, services, two_organizations},
};

async fn now(services: &Services, session: &str) -> Authenticated {
    accounts::authenticate(services, session).await.unwrap().expect("signed in")
}

#[tokio::test]
async fn a_person_founds_another_organization_and_goes_between_them() {
    let (services, _) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let (other, _) = sign_up(&services).await;
    let first = somebody.me.organization.id;
    assert_eq!(invalid_fields(accounts::found_another(&services, &somebody, " ", &browser(), None).await), ["name"]);
    let second = accounts::found_another(&services, &somebody, "Second", &browser(), None).await.unwrap().id;
    let there = now(&services, &session).await;
    assert_eq!((there.me.organization.id, there.me.organization.name.as_str()), (second, "Second"));
    let mut cx = services.db.begin(second, there.actor()).await.unwrap();
    assert_eq!(channels::list(&mut cx).await.unwrap().len(), 1, "it can start at once");
    drop(cx);

    let places = accounts::places(&services, &there).await.unwrap();
    let names: Vec<_> = places.iter().map(|place| (place.name.as_str(), place.is_current)).collect();
    assert_eq!(names, [("Bukë & Kripë", false), ("Second", true)]);
    accounts::switch_organization(&services, &there, first, &browser()).await.unwrap();
    let back = now(&services, &session).await;
    assert_eq!(back.me.organization.id, first);
    let strange = accounts::switch_organization(&services, &back, other.me.organization.id, &browser()).await;
    assert_not_found(strange);
    assert_eq!(now(&services, &session).await.me.organization.id, first);
}

#[tokio::test]
async fn a_request_that_arrives_again_founds_nothing() {
    let (services, clock) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let found = async |name: &str, key: &str, fingerprint: &[u8]| {
        let asked_by = now(&services, &session).await;
        accounts::found_another(&services, &asked_by, name, &browser(), Some(Once { key, fingerprint })).await
    };
    let ten = futures::future::join_all((0..10).map(|_| found("Second", "one", b"second"))).await;
    let second = ten[0].as_ref().unwrap().clone();
    assert!(ten.iter().all(|one| one.as_ref().unwrap() == &second));
    // The session works there by now: the key counts all the same.
    assert_eq!(now(&services, &session).await.me.organization.id, second.id);
    assert_eq!(found("Second", "one", b"second").await.unwrap(), second);
    let other = found("Third", "one", b"third").await;
    assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    assert_ne!(found("Second", "two", b"second").await.unwrap().id, second.id);
    clock.advance(TimeDelta::hours(25));
    let late = found("Second", "one", b"second").await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    // Another person's keys are that person's own.
    let (neighbour, _) = sign_up(&services).await;
    let once = Some(Once { key: "one", fingerprint: b"second" });
    let theirs = accounts::found_another(&services, &neighbour, "Second", &browser(), once).await.unwrap();
    assert_ne!(theirs.id, second.id);
    let places = accounts::places(&services, &now(&services, &session).await).await.unwrap();
    assert_eq!(places.len(), 3, "{places:?} of {}", somebody.me.name);
}

#[tokio::test]
async fn what_is_about_to_be_purged_does_not_come_back() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    organizations::delete(&mut cx, "Bukë & Kripë").await.unwrap();
    services.commit(cx).await.unwrap();
    clock.advance(TimeDelta::days(30));
    assert_not_found(accounts::restore_organization(&services, &owner, organization, &browser()).await);
}

#[tokio::test]
async fn a_deleted_organization_is_refused_and_comes_back_whole() {
    let (services, _) = services().await;
    let (owner, session) = sign_up(&services).await;
    let (other, other_session) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let delete = async |actor: db::Actor, name: &str| {
        let mut cx = services.db.begin(organization, actor).await.unwrap();
        organizations::delete(&mut cx, name).await?;
        services.commit(cx).await
    };
    let admin = match owner.actor() {
        db::Actor::Member { id, user_id, name, permissions, impersonator, .. } => {
            let role = types::member::Role::Admin;
            db::Actor::Member { id, user_id, name, permissions, role, impersonator }
        }
        other => other,
    };
    assert!(matches!(delete(admin, "Bukë & Kripë").await, Err(Error::Refused(_))));
    assert_eq!(invalid_fields(delete(owner.actor(), "Another").await), ["confirmation"]);
    delete(owner.actor(), "Bukë & Kripë").await.unwrap();
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    let refused = accounts::log_in(&services, &owner.me.email, "correct horse battery", &browser()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert!(accounts::authenticate(&services, &other_session).await.unwrap().is_some());

    let places = accounts::places(&services, &owner).await.unwrap();
    assert_eq!(places[0].status, OrganizationStatus::Deleted);
    assert_eq!(places[0].purge_at, Some(services.db.now() + TimeDelta::days(30)));
    assert_not_found(accounts::restore_organization(&services, &other, organization, &browser()).await);
    for _ in 0..2 {
        accounts::restore_organization(&services, &owner, organization, &browser()).await.unwrap();
    }
    assert_eq!(now(&services, &session).await.me, owner.me);
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    let restored = events(&mut cx).await.iter().filter(|name| *name == "organization.restored").count();
    assert_eq!(restored, 1, "asked twice, done once");
}

#[tokio::test]
async fn when_its_time_is_over_everything_of_an_organization_is_gone() {
    let desk = own_desk().await;
    let (services, world) = (&desk.services, &desk.world);
    let picture = stream::iter([Ok(bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n and some pixels"))]);
    let visitor = desk.visitor().await;
    let file = attachments::upload_as_visitor(services, &visitor, "a.png", picture).await.unwrap();
    let message = WidgetMessage { attachments: vec![file.id], ..widget_message("Hello", "c1") };
    messages::receive(services, &visitor, message).await.unwrap();
    let mut cx = world.cx_a().await;
    domain::invitations::create(services, &mut cx, "guest@example.com", "member".parse().unwrap()).await.unwrap();
    organizations::delete(&mut cx, "Test").await.unwrap();
    services.commit(cx).await.unwrap();
    let refused = messages::receive(services, &visitor, widget_message("Anybody there?", "c2")).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");

    let folder = services.settings.files_dir.join(world.a.id.to_string());
    world.clock.advance(TimeDelta::days(29));
    upkeep::run(services).await.unwrap();
    assert!(folder.join(file.id.to_string()).exists(), "it can still be brought back");
    assert!(rows(services, world.a.id.0).await.iter().any(|(table, _)| table == "messages"));
    world.clock.advance(TimeDelta::days(2));
    upkeep::run(services).await.unwrap();
    assert_eq!(rows(services, world.a.id.0).await, []);
    assert!(!folder.exists());
    assert!(!rows(services, world.b.id.0).await.is_empty(), "the neighbour has lost nothing");
}

/// The tables that hold rows of an organization, with their numbers. Seen as the organization itself and, for the tables
/// without policies, as nobody.
async fn rows(services: &Services, organization: uuid::Uuid) -> Vec<(String, i64)> {
    let mut cx = services.db.begin(organization.into(), db::Actor::System).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'organization_id' order by 1",
    )
    .fetch_all(cx.conn())
    .await
    .unwrap();
    assert!(tables.len() > 20);
    let mut found = Vec::new();
    for (table, column) in
        tables.iter().map(|table| (table.as_str(), "organization_id")).chain([("organizations", "id")])
    {
        let count: i64 = sqlx::query_scalar(&format!("select count(*) from {table} where {column} = $1"))
            .bind(organization)
            .fetch_one(cx.conn())
            .await
            .unwrap();
        if count > 0 {
            found.push((table.to_owned(), count));
        }
    }
    found
}

#[tokio::test]
async fn an_organization_that_was_brought_back_is_not_purged() {
    let (services, clock) = own_services().await;
    let (owner, _) = sign_up(&services).await;
    let organization = owner.me.organization.id;
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    organizations::delete(&mut cx, "Bukë & Kripë").await.unwrap();
    services.commit(cx).await.unwrap();
    accounts::restore_organization(&services, &owner, organization, &browser()).await.unwrap();
    clock.advance(TimeDelta::days(31));
    upkeep::run(&services).await.unwrap();
    let mut cx = services.db.begin(organization, owner.actor()).await.unwrap();
    organizations::get(&mut cx).await.expect("still there");
    drop(cx);
    let two = two_organizations().await;
    let mut cx = two.cx_b().await;
    assert_eq!(invalid_fields(organizations::delete(&mut cx, "Tes").await), ["confirmation"]);
}
