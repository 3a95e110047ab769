use domain::{Actor, Error, accounts, audit, canned_responses, organizations as own, platform};
use types::{
    audit::AuditFilter,
    organization::OrganizationStatus,
    platform::{OrganizationFilter, OrganizationSort, PlatformLogFilter},
};

use super::operator;
use crate::{
    desk::desk,
    mails::sign_up,
    support::{assert_not_found, invalid_fields, own_world, seal, services, until_waiting},
};

#[tokio::test]
async fn organizations_are_found_sorted_and_counted() {
    let desk = desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    desk.conversation().await;
    let find = async |q: String, sort| {
        let filter = OrganizationFilter { q, sort, ..OrganizationFilter::default() };
        platform::organizations(services, &admin.operator, &filter).await.unwrap()
    };
    let by_id = find(desk.world.a.id.to_string(), None).await;
    assert_eq!((by_id.total, by_id.items[0].id, by_id.items[0].name.as_str()), (1, desk.world.a.id, "Test"));
    assert_eq!(by_id.items[0].usage.measured_at, None);
    let by_slug = find(format!("TEST-{}", desk.world.b.id.0.simple()), None).await;
    assert_eq!(by_slug.items.iter().map(|row| row.id).collect::<Vec<_>>(), [desk.world.b.id]);
    assert_eq!(find("%".into(), None).await.total, 0, "wildcards are letters");
    for sort in OrganizationSort::ALL {
        assert!(!find(String::new(), Some(*sort)).await.items.is_empty(), "{sort}");
    }

    let detail = platform::organization(services, &admin.operator, desk.world.a.id).await.unwrap();
    let usage = &detail.row.usage;
    assert_eq!((usage.members, usage.conversations, usage.messages, usage.documents), (1, 1, 1, 0));
    assert!(usage.measured_at.is_some() && usage.last_active_at.is_some());
    assert_eq!((detail.conversations_this_month, detail.people.len(), detail.days.len()), (1, 1, 30));
    let today = detail.days.last().unwrap();
    assert_eq!((today.conversations, today.messages, today.answers), (1, 1, 0));
    // Counted again, nothing is counted twice.
    platform::measure(services, desk.world.a.id).await.unwrap();
    let again = platform::organization(services, &admin.operator, desk.world.a.id).await.unwrap();
    assert_eq!(again.days.last().unwrap().conversations, 1);
    let nobody = types::id::OrganizationId(services.db.new_id());
    assert_not_found(platform::organization(services, &admin.operator, nobody).await);
}

#[tokio::test]
async fn the_list_follows_name_and_status() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (owner, _) = sign_up(&services).await;
    let id = owner.me.organization.id;
    let row = async || {
        let filter = OrganizationFilter { q: id.to_string(), ..OrganizationFilter::default() };
        platform::organizations(&services, &admin.operator, &filter).await.unwrap().items.pop()
    };
    assert_eq!(row().await.unwrap().name, "Bukë & Kripë");
    let mut cx = services.db.begin(id, owner.actor()).await.unwrap();
    let update = types::organization::UpdateOrganization { name: "Another".into(), ..Default::default() };
    own::update(&mut cx, update).await.unwrap();
    own::delete(&mut cx, "Another").await.unwrap();
    services.commit(cx).await.unwrap();
    let deleted = row().await.unwrap();
    assert_eq!((deleted.name.as_str(), deleted.status), ("Another", OrganizationStatus::Deleted));
    platform::restore_organization(&services, &admin.operator, id).await.unwrap();
    assert_eq!(row().await.unwrap().status, OrganizationStatus::Active);
    assert_eq!(platform::organization(&services, &admin.operator, id).await.unwrap().purge_at, None);
}

#[tokio::test]
async fn a_purge_asks_for_the_name_and_leaves_nothing_but_the_operators_log() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (owner, session) = sign_up(&services).await;
    let id = owner.me.organization.id;
    let purge = async |name: &str| platform::purge_organization(&services, &admin.operator, id, name).await;
    let active = purge("Bukë & Kripë").await;
    assert!(matches!(active, Err(Error::Conflict(_))), "{active:?}");
    platform::suspend_organization(&services, &admin.operator, id, "spam").await.unwrap();
    assert_eq!(invalid_fields(purge("Buke").await), ["confirmation"]);
    purge("Bukë & Kripë").await.unwrap();
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    assert_not_found(platform::organization(&services, &admin.operator, id).await);
    assert_not_found(purge("Bukë & Kripë").await);
    let filter = PlatformLogFilter { resource_id: Some(id.0), ..PlatformLogFilter::default() };
    let log = platform::log(&services, &admin.operator, &filter).await.unwrap();
    let actions: Vec<_> = log.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["organization.purged", "organization.suspended"]);
    assert_eq!(log.items[1].after.as_ref().unwrap()["reason"], "spam");
    assert_eq!(platform::verify_log(&services, &admin.operator).await.unwrap(), None);
}

/// Sealing holds rows of many organizations, a purge all of one.
#[tokio::test]
async fn a_purge_and_who_seals_do_not_wait_for_each_other_in_a_circle() {
    let world = own_world().await;
    let services = &world.services;
    let admin = operator(services).await;
    seal(services).await;
    // Organizations are gone through in the order of their ids.
    let (purged, other) = if world.a.id < world.b.id { (&world.a, &world.b) } else { (&world.b, &world.a) };
    platform::suspend_organization(services, &admin.operator, purged.id, "spam").await.unwrap();
    let mut cx = world.cx(other, other.owner.clone()).await;
    canned_responses::create(&mut cx, "hello", "Hello").await.unwrap();
    services.commit(cx).await.unwrap();

    // At work on the one that is to be purged, and stopped at the other.
    let mut holder = world.cx(other, Actor::System).await;
    let hold = "select from audit_logs where seq is null and organization_id = $1 for update";
    let rows = sqlx::query(hold).bind(other.id.0).execute(holder.conn()).await.unwrap().rows_affected();
    assert_eq!(rows, 1);
    let sealing = tokio::spawn({
        let services = services.clone();
        async move { audit::seal(&services).await }
    });
    until_waiting(services, 1).await;
    let purging = tokio::spawn({
        let (services, operator, id) = (services.clone(), admin.operator.clone(), purged.id);
        async move { platform::purge_organization(&services, &operator, id, "Test").await }
    });
    until_waiting(services, 2).await;
    holder.commit().await.unwrap();
    sealing.await.unwrap().unwrap();
    purging.await.unwrap().unwrap();
    assert_not_found(platform::organization(services, &admin.operator, purged.id).await);
}

#[tokio::test]
async fn an_operators_act_stands_in_the_organizations_own_log() {
    let desk = desk().await;
    let services = &desk.services;
    let admin = operator(services).await;
    platform::suspend_organization(services, &admin.operator, desk.world.a.id, "unpaid").await.unwrap();
    platform::restore_organization(services, &admin.operator, desk.world.a.id).await.unwrap();
    seal(services).await;
    let mut cx = desk.cx().await;
    let log = audit::list(&mut cx, &AuditFilter::default()).await.unwrap().items;
    let acts: Vec<_> = log
        .iter()
        .filter(|entry| entry.actor_type == "platform_admin")
        .map(|entry| (entry.action.as_str(), entry.actor_name.as_deref()))
        .collect();
    let name = Some("platform admin");
    assert_eq!(acts, [("organization.restored", name), ("organization.suspended", name)]);
    assert_eq!(audit::verify(&mut cx).await.unwrap(), None);
    let mut cx = desk.stranger().await;
    let log = audit::list(&mut cx, &AuditFilter::default()).await.unwrap().items;
    assert!(log.iter().all(|entry| entry.actor_type != "platform_admin"));
}
