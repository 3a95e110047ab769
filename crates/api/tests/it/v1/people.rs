//! Members, invitations, roles and teams, and a person's organizations and sessions.

use serde_json::{Value, json};
use types::{member::Role, permission::Permission};

use super::client::{Auth, Program};
use crate::support::{World, world};

/// A further member of the first organization.
async fn member(world: &World, role: Role) -> String {
    let organization = db::testing::Organization { id: world.a.id, owner: world.a.owner.clone() };
    let member = db::testing::member(&world.services.db, &organization, "Mira", role).await;
    member.member_id().expect("a member").to_string()
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_program_gives_members_their_place() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let people = format!("organizations/{}", world.a.id);
    let mira = format!("{people}/members/{}", member(&world, Role::Member).await);
    let team = shop.post(&format!("{people}/teams"), json!({"name": "Shop"})).await.created();
    let below = json!({"name": "Till", "description": "They count.", "parent_id": team["id"]});
    let below = shop.post(&format!("{people}/teams"), below).await.created();
    let role = json!({"name": "Reader", "permissions": ["contacts:read"]});
    let role = shop.post(&format!("{people}/roles"), role).await.created();

    let placed = shop.patch(&mira, json!({"role_id": role["id"], "team_id": below["id"]})).await.ok();
    assert_eq!((&placed["role"], &placed["role_name"]), (&json!("member"), &json!("Reader")));
    assert_eq!(placed["team_id"], below["id"]);
    assert_eq!(shop.get(&mira).await.ok(), placed);
    let path = format!("{people}/roles/{}", id(&role));
    assert_eq!(shop.get(&path).await.ok()["members"], 1);
    shop.delete(&path).await.refused(409);
    shop.patch(&mira, json!({"role": "admin", "role_id": role["id"]})).await.refused(422);
    // A program's key has no role of its own: it makes nobody an owner or admin.
    shop.patch(&mira, json!({"role": "owner"})).await.refused(403);
    let plain = shop.patch(&mira, json!({"role": "member"})).await.ok();
    assert_eq!((&plain["role_id"], &plain["team_id"]), (&json!(null), &below["id"]));
    let changed = shop.patch(&path, json!({"permissions": ["contacts:read", "contacts:write"]})).await.ok();
    assert_eq!(changed["name"], "Reader");
    assert_eq!(shop.delete(&path).await.status, 204);

    let path = format!("{people}/teams/{}", id(&team));
    let circle = shop.patch(&path, json!({"parent_id": below["id"]})).await.refused(422);
    assert_eq!(circle["details"][0]["field"], "parent_id");
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get(&format!("{people}/teams")).await.body(200)["data"][0]["parent_id"], json!(null));

    assert_eq!(shop.delete(&mira).await.status, 204);
    shop.get(&mira).await.refused(404);
    let owner = format!("{people}/members/{}", world.a.owner.member_id().unwrap());
    shop.delete(&owner).await.refused(403);
    let session = Auth::Session(world.a.session.clone());
    let last = world.call(&session, "DELETE", &format!("/api/v1/{owner}"), None, &[]).await;
    assert_eq!(last.refused(409)["code"], "conflict");
    let limited = world.key(&world.a, &[Permission::MembersRead, Permission::MembersWrite]).await;
    let limited = Program { world: &world, auth: limited };
    let more = json!({"name": "More", "permissions": ["contacts:read"]});
    limited.post(&format!("{people}/roles"), more).await.refused(403);
}

#[tokio::test]
async fn a_program_invites_by_mail() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let path = format!("organizations/{}/invitations", world.a.id);
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let made = shop.post(&path, json!({"email": email})).await.created();
    assert_eq!((&made["role"], &made["has_expired"]), (&json!("member"), &json!(false)));
    shop.post(&path, json!({"email": email.to_uppercase()})).await.refused(422);
    shop.post(&path, json!({"email": "x@example.com", "role": "owner"})).await.refused(403);
    let one = format!("{path}/{}", id(&made));
    assert_eq!(shop.get(&one).await.ok(), made);
    let again = shop.post(&format!("{one}/resend"), json!({})).await;
    assert_eq!(again.refused(429)["code"], "rate_limited", "its mail is on its way");
    let mut cx = world.services.db.begin(world.a.id, db::Actor::System).await.unwrap();
    db::sqlx::query("update invitations set expires_at = expires_at - interval '6 minutes' where organization_id = $1")
        .bind(world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    world.services.commit(cx).await.unwrap();
    shop.post(&format!("{one}/resend"), json!({})).await.ok();
    let mails: i64 = db::sqlx::query_scalar("select count(*) from mails where recipient = $1")
        .bind(&email)
        .fetch_one(world.services.db.system().pool())
        .await
        .unwrap();
    assert_eq!(mails, 2);
    assert_eq!(shop.get(&path).await.body(200)["meta"]["total"], 1);
    assert_eq!(shop.delete(&one).await.status, 204);
    shop.post(&format!("{one}/resend"), json!({})).await.refused(404);
}

#[tokio::test]
async fn a_person_founds_leaves_deletes_and_restores_organizations() {
    let world = world().await;
    let owner = Program { world: &world, auth: Auth::Session(world.a.session.clone()) };
    let first = format!("organizations/{}", world.a.id);
    let call = |key: &'static str| {
        let (world, auth) = (&world, owner.auth.clone());
        let body = json!({"name": "Second"});
        async move { world.call(&auth, "POST", "/api/v1/organizations", Some(&body), &[("idempotency-key", key)]).await }
    };
    let second = call("found").await.created();
    assert_eq!(owner.get("me").await.ok()["organization_id"], second["id"], "the session works there");
    assert_eq!(call("found").await.created(), second, "asked again from there");
    owner.get(&first).await.refused(404);
    let entered = owner.post(&format!("{first}/enter"), json!({})).await.ok();
    assert_eq!((&entered["is_current"], &entered["role"]), (&json!(true), &json!("owner")));
    // The key was used in the first organization: asked again from there, nothing is founded.
    assert_eq!(call("found").await.created(), second);
    let places = owner.get("me/organizations").await.body(200);
    assert_eq!(places["meta"]["total"], 2);
    owner.post(&format!("organizations/{}/enter", world.b.id), json!({})).await.refused(404);

    owner.delete(&first).await.refused(422);
    owner.delete(&format!("{first}?confirmation=Alba")).await.refused(422);
    let shop = Program::new(&world).await;
    shop.delete(&format!("{first}?confirmation=Alba%20Coffee")).await.refused(403);
    assert_eq!(owner.delete(&format!("{first}?confirmation=Alba%20Coffee")).await.status, 204);
    owner.get("me").await.refused(401);
    shop.refused_soon("me", 403).await;

    let person = sign_in_again(&world).await;
    let there = Program { world: &world, auth: person };
    assert_eq!(there.get("me").await.ok()["organization_id"], second["id"]);
    let places = there.get("me/organizations").await.body(200);
    let deleted = places["data"].as_array().unwrap().iter().find(|place| place["status"] == "deleted").unwrap();
    assert!(!deleted["purge_at"].is_null(), "{deleted}");
    assert_eq!(there.post(&format!("{first}/restore"), json!({})).await.ok()["status"], "active");
    assert_eq!(there.post(&format!("{first}/restore"), json!({})).await.ok()["status"], "active", "asked twice");
    shop.get("me").await.ok();

    // The last owner stays; others may go.
    let second = format!("organizations/{}/members/me", id(&second));
    there.delete(&second).await.refused(409);
}

/// A new session of the first organization's owner.
async fn sign_in_again(world: &World) -> Auth {
    let db::Actor::Member { user_id, .. } = world.a.owner else { panic!("a member") };
    let email: String = db::sqlx::query_scalar("select email from users where id = $1")
        .bind(user_id.0)
        .fetch_one(world.services.db.system().pool())
        .await
        .unwrap();
    super::sign_in::log_in(world, json!({"email": email, "password": "correct horse battery staple"})).await.unwrap()
}

#[tokio::test]
async fn a_person_keeps_the_own_profile_and_sessions() {
    let world = world().await;
    let owner = Program { world: &world, auth: Auth::Session(world.a.session.clone()) };
    let changed = owner.patch("me", json!({"name": " Olta  O. ", "time_zone": "Europe/Tirane"})).await.ok();
    assert_eq!((&changed["name"], &changed["locale"]), (&json!("Olta  O."), &json!("en")));
    assert_eq!(owner.get("me").await.ok(), changed);
    owner.patch("me", json!({"locale": "xx"})).await.refused(422);
    let shop = Program::new(&world).await;
    shop.patch("me", json!({"name": "Shop"})).await.refused(403);

    let other = Program { world: &world, auth: sign_in_again(&world).await };
    let sessions = owner.get("me/sessions").await.body(200);
    let sessions = sessions["data"].as_array().unwrap();
    let far = sessions.iter().find(|session| session["is_current"] == false).expect("the other");
    let stranger = Program { world: &world, auth: Auth::Session(world.b.session.clone()) };
    stranger.delete(&format!("me/sessions/{}", id(far))).await.refused(404);
    other.get("me").await.ok();
    assert_eq!(owner.delete(&format!("me/sessions/{}", id(far))).await.status, 204);
    other.get("me").await.refused(401);

    let more = [sign_in_again(&world).await, sign_in_again(&world).await];
    assert_eq!(owner.delete("me/sessions").await.status, 204);
    for auth in more {
        world.call(&auth, "GET", "/api/v1/me", None, &[]).await.refused(401);
    }
    assert_eq!(owner.get("me/sessions").await.body(200)["meta"]["total"], 1);
}
