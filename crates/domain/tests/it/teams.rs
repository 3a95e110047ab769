//! Teams: a tree without circles.

use domain::{members, teams};
use types::{id::TeamId, member::TeamInput};

use crate::support::{World, assert_not_found, invalid_fields, two_organizations};

fn team(name: &str, parent_id: Option<TeamId>) -> TeamInput {
    TeamInput { name: name.into(), parent_id, ..TeamInput::default() }
}

async fn teams_of(world: &World) -> Vec<(String, Option<TeamId>, i64)> {
    let mut cx = world.cx_a().await;
    teams::list(&mut cx).await.unwrap().into_iter().map(|team| (team.name, team.parent_id, team.members)).collect()
}

#[tokio::test]
async fn teams_are_a_tree_without_circles() {
    let world = two_organizations().await;
    let services = &world.services;
    let mut cx = world.cx_a().await;
    let top = teams::create(&mut cx, team("Top", None)).await.unwrap();
    let middle = teams::create(&mut cx, team("Middle", Some(top))).await.unwrap();
    let low = teams::create(&mut cx, team("Low", Some(middle))).await.unwrap();
    assert_eq!(invalid_fields(teams::create(&mut cx, team("Top", None)).await), ["name"]);
    for below in [top, middle, low] {
        assert_eq!(invalid_fields(teams::update(&mut cx, top, team("Top", Some(below))).await), ["parent_id"]);
    }
    let managed = TeamInput { manager_id: Some(world.member_a()), ..team("Low", Some(top)) };
    teams::update(&mut cx, low, managed).await.unwrap();
    members::set_team(&mut cx, world.member_a(), Some(low)).await.unwrap();
    services.commit(cx).await.unwrap();
    let listed = teams_of(&world).await;
    assert_eq!(listed, [("Low".into(), Some(top), 1), ("Middle".into(), Some(top), 0), ("Top".into(), None, 0)]);

    let mut stranger = world.cx_b().await;
    assert!(teams::list(&mut stranger).await.unwrap().is_empty());
    assert_not_found(teams::update(&mut stranger, top, team("Mine", None)).await);
    assert_not_found(teams::delete(&mut stranger, top).await);
    assert_eq!(invalid_fields(teams::create(&mut stranger, team("Sub", Some(top))).await), ["parent_id"]);
    let managed = TeamInput { manager_id: Some(world.member_a()), ..team("Sub", None) };
    assert_eq!(invalid_fields(teams::create(&mut stranger, managed).await), ["manager_id"]);
    let stranger_id = world.b.owner.member_id().unwrap();
    assert_eq!(invalid_fields(members::set_team(&mut stranger, stranger_id, Some(top)).await), ["team_id"]);
    drop(stranger);

    let mut cx = world.cx_a().await;
    teams::delete(&mut cx, top).await.unwrap();
    teams::delete(&mut cx, low).await.unwrap();
    services.commit(cx).await.unwrap();
    assert_eq!(teams_of(&world).await, [("Middle".into(), None, 0)]);
}

#[tokio::test]
async fn two_moves_at_once_do_not_close_a_circle() {
    let world = two_organizations().await;
    let services = &world.services;
    let mut cx = world.cx_a().await;
    let left = teams::create(&mut cx, team("Left", None)).await.unwrap();
    let right = teams::create(&mut cx, team("Right", None)).await.unwrap();
    services.commit(cx).await.unwrap();
    let put = async |id: TeamId, name: &str, parent: TeamId| {
        let mut cx = world.cx_a().await;
        teams::update(&mut cx, id, team(name, Some(parent))).await?;
        services.commit(cx).await
    };
    let (first, second) = tokio::join!(put(left, "Left", right), put(right, "Right", left));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}
