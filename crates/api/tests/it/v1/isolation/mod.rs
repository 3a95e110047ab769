//! The isolation matrix: every operation of the document against everybody who must not get through.
//!
//! The operations are read from the document, so a new one is tested without a line here; one whose address or body
//! names something that [`fixture`] does not know fails the test.

mod at_work;
mod bodies;
mod elsewhere;
mod fixture;
mod request;

use serde_json::Value;
use types::{member::Role, permission::Permission};

pub use self::fixture::{Fixture, revoked_key, state};
use self::request::request;
use super::{client::Auth, openapi::operations};
use crate::support::{Answer, World, world};

/// One operation, as the matrix needs it.
struct Operation {
    name: String,
    method: String,
    path: String,
    operation: &'static Value,
    /// What a caller must be allowed.
    scopes: Vec<Permission>,
    /// Whether only members may do it.
    members_only: bool,
    /// Whether only owners may do it.
    owners_only: bool,
}

impl Operation {
    fn all() -> Vec<Self> {
        operations().into_iter().map(Self::new).collect()
    }

    fn new((method, path, operation): (String, String, &'static Value)) -> Self {
        let ways = operation["security"].as_array().expect("who may");
        let scopes = ways[0].as_object().and_then(|way| way.values().next()).and_then(Value::as_array);
        let words = scopes.into_iter().flatten().map(|scope| scope.as_str().unwrap());
        let (roles, scopes): (Vec<_>, Vec<_>) = words.partition(|word| *word == "owner");
        let scopes = scopes.into_iter().map(|scope| scope.parse().expect("a permission")).collect();
        let members_only = ways.iter().all(|way| way.get("api_key").is_none());
        let owners_only = !roles.is_empty();
        Self { name: format!("{method} {path}"), method, path, operation, scopes, members_only, owners_only }
    }

    /// Those that somebody must be signed in for.
    fn guarded() -> Vec<Self> {
        Self::all().into_iter().filter(|one| !one.is_open()).collect()
    }

    /// Whether nobody has to be signed in.
    fn is_open(&self) -> bool {
        self.operation["security"][0].as_object().is_some_and(|way| way.is_empty())
    }

    /// Whether the thing is a person's own, which colleagues do not reach either: a session, an organization that the person
    /// has deleted, and the link that confirms the person's address.
    fn is_persons_own(&self) -> bool {
        ["/me/sessions/{id}", "/restore", "/auth/verify-email"].iter().any(|end| self.path.ends_with(end))
    }

    /// Does it to the things of a fixture.
    async fn ask(&self, world: &World, things: &Fixture, auth: &Auth) -> Answer {
        let (path, body) = request(self, world, things);
        let answer = world.call(auth, &self.method, &path, body.as_ref(), &[]).await;
        let documented = self.operation["responses"].get(answer.status.as_str()).is_some();
        assert!(documented, "{} {auth:?}: {} is not documented: {}", self.name, answer.status, answer.text);
        answer
    }
}

/// The operations in parts, which run side by side.
const PARTS: usize = 3;

#[tokio::test]
async fn nobody_reaches_another_organization_or_does_what_they_may_not_1() {
    matrix(0).await;
}

#[tokio::test]
async fn nobody_reaches_another_organization_or_does_what_they_may_not_2() {
    matrix(1).await;
}

#[tokio::test]
async fn nobody_reaches_another_organization_or_does_what_they_may_not_3() {
    matrix(PARTS - 1).await;
}

async fn matrix(part: usize) {
    let world = world().await;
    let revoked = revoked_key(&world).await;
    let all = world.key(&world.a, Permission::ALL).await;
    let strange_key = world.key(&world.b, Permission::ALL).await;
    for operation in Operation::guarded().into_iter().skip(part).step_by(PARTS) {
        let name = &operation.name;
        // First: who may do it can, so that what follows is refused for the right reason. One connection is enough for it:
        // requests that wait for a second one while they hold the first would wait for each other.
        let things = Fixture::plant(&world).await;
        let owner = if operation.members_only { &things.owner } else { &all };
        let allowed = operation.ask(&world.on_one_connection(), &things, owner).await;
        assert!(allowed.status.is_success(), "{name}: {} {}", allowed.status, allowed.text);

        let things = Fixture::plant(&world).await;
        let member = fixture::member(&world).await;
        let strangers = [fixture::stranger(&world).await, strange_key.clone()];
        let before = state(&world).await;
        let mut refusals = vec![(Auth::Nobody, 401), (revoked.clone(), 401)];
        for scope in &operation.scopes {
            let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| one != scope).collect();
            refusals.push((things.key_with(&world, &others).await, 403));
        }
        if operation.members_only {
            refusals.push((all.clone(), 403));
        }
        let may = !operation.owners_only && operation.scopes.iter().all(|scope| scope.granted_to(Role::Member));
        if operation.is_persons_own() {
            refusals.push((member.clone(), 404));
        } else if !may {
            refusals.push((member.clone(), 403));
        }
        for (auth, status) in refusals {
            let answer = operation.ask(&world, &things, &auth).await;
            assert_eq!(answer.status.as_u16(), status, "{name} {auth:?}: {}", answer.text);
            assert!(!answer.text.contains(&things.canary), "{name} {auth:?} tells: {}", answer.text);
        }
        for stranger in &strangers {
            let answer = operation.ask(&world, &things, stranger).await;
            assert!(!answer.text.contains(&things.canary), "{name} {stranger:?} tells: {}", answer.text);
            if operation.path.contains('{') && !(operation.members_only && matches!(stranger, Auth::Key(_))) {
                assert_eq!(answer.status, 404, "{name} {stranger:?}: {}", answer.text);
            }
        }
        assert_eq!(state(&world).await, before, "{name} had an effect");
        if may && !operation.is_persons_own() {
            let answer = operation.ask(&world, &things, &member).await;
            assert!(answer.status.is_success(), "{name} as a member: {} {}", answer.status, answer.text);
        }
    }
}

/// What nobody has to be signed in for tells nothing and changes nothing of an organization, whoever asks.
#[tokio::test]
async fn what_everybody_may_ask_tells_nothing() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let askers = [Auth::Nobody, fixture::stranger(&world).await, world.key(&world.b, Permission::ALL).await];
    let before = state(&world).await;
    let open: Vec<_> = Operation::all().into_iter().filter(Operation::is_open).collect();
    for operation in &open {
        for auth in &askers {
            let answer = operation.ask(&world, &things, auth).await;
            assert!(!answer.text.contains(&things.canary), "{} {auth:?} tells: {}", operation.name, answer.text);
        }
    }
    assert_eq!(state(&world).await, before, "one had an effect");
    assert_eq!(open.len(), 4, "an operation without a guard is rare");
}

/// The canaries are where they can be found: who may read them does.
#[tokio::test]
async fn canaries_sing_for_their_owner() {
    let world = world().await;
    let all = world.key(&world.a, Permission::ALL).await;
    let things = Fixture::plant(&world).await;
    for operation in Operation::guarded().iter().filter(|one| one.method == "get" && !one.name.ends_with("/me")) {
        let auth = if operation.members_only { &things.owner } else { &all };
        let answer = operation.ask(&world, &things, auth).await;
        assert!(answer.text.contains(&things.canary), "{} has no canary: {}", operation.name, answer.text);
    }
    assert!(things.planted >= 50, "only {} columns hold a canary", things.planted);
}
