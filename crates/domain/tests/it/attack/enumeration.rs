//! Who has an account is told neither by an answer nor by the work before it: hashed passwords, statements, mails. All that
//! takes time is counted; times themselves are not.

use std::time::Duration;

use domain::{
    Error, Services,
    accounts::{self, ClientInfo},
    invitations, platform,
};
use types::{
    member::{Role, RoleChoice},
    organization::SignUp,
    platform::FeatureFlag,
};

use crate::{
    mails::{mails_to, sign_up},
    platform::operator,
    sign_in::secure,
    support::{browser, own_services, passwords_hashed, services, statements_sent},
};

const WRONG: &str = "a wrong password";

fn unknown() -> String {
    format!("nobody-{}@example.com", uuid::Uuid::new_v4().simple())
}

/// What an answer to an address takes.
#[derive(Debug, PartialEq)]
struct Work {
    passwords_hashed: u64,
    statements: u64,
    mails: usize,
}

/// What the action takes for each of the addresses: the least of several times, after every connection has done it for nobody,
/// because what a connection asks at first tells of nobody. (Fewer times than lock an address.)
async fn work(services: &Services, addresses: &[String], action: impl AsyncFn(&str)) -> Vec<Work> {
    connections_rest(services).await;
    for _ in 0..services.db.system().pool().size() {
        action(&unknown()).await;
        connections_rest(services).await;
    }
    let mut done = Vec::new();
    for address in addresses {
        let mut times = Vec::new();
        for _ in 0..4 {
            let before = mails_to(services, address).await.len();
            connections_rest(services).await;
            let mut statements = 0;
            let counted = async { statements = statements_sent(action(address)).await };
            let passwords_hashed = passwords_hashed(counted).await;
            times.push(Work { passwords_hashed, statements, mails: mails_to(services, address).await.len() - before });
        }
        done.extend(times.into_iter().min_by_key(|work| work.statements));
    }
    done
}

/// Waits until no connection is on its way back to the others, for which another one would be made.
async fn connections_rest(services: &Services) {
    let system = services.db.system();
    for _ in 0..1_000 {
        if system.pool().num_idle() == system.pool().size() as usize {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("some connection is held");
}

/// Asserts that all addresses took the same, and what that was.
#[track_caller]
fn assert_same(work: &[Work], passwords_hashed: u64, mails: usize) {
    assert!(work.iter().all(|one| *one == work[0]), "{work:?}");
    assert_eq!((work[0].passwords_hashed, work[0].mails), (passwords_hashed, mails), "{work:?}");
    assert!(work[0].statements > 0, "none was counted");
}

/// Addresses of somebody with an account, with a second factor, of somebody who was locked, and of nobody.
async fn addresses(services: &Services, clock: &db::testing::ManualClock) -> Vec<String> {
    let (plain, _) = sign_up(services).await;
    let (secured, _) = sign_up(services).await;
    secure(services, &secured, clock).await;
    let (locked, _) = sign_up(services).await;
    let lock = sqlx::query("update users set is_active = false where id = $1").bind(locked.me.user_id.0);
    lock.execute(services.db.system().pool()).await.unwrap();
    vec![plain.me.email, secured.me.email, locked.me.email, unknown()]
}

#[tokio::test]
async fn a_refused_sign_in_takes_the_same_for_everybody() {
    let (services, clock) = services().await;
    let addresses = addresses(&services, &clock).await;
    let refused = async |email: &str| {
        let answer = accounts::first_step(&services, email, WRONG, &browser()).await;
        assert!(matches!(answer, Err(Error::InvalidCredentials)), "{answer:?}");
    };
    assert_same(&work(&services, &addresses, refused).await, 1, 0);
}

#[tokio::test]
async fn asking_for_a_new_password_takes_the_same_for_everybody() {
    let (services, clock) = services().await;
    let addresses = addresses(&services, &clock).await;
    let asked = async |email: &str| accounts::request_password_reset(&services, email).await.unwrap();
    // The mail is a job's, afterwards.
    assert_same(&work(&services, &addresses, asked).await, 0, 0);
}

#[tokio::test]
async fn closed_sign_up_takes_the_same_for_everybody() {
    let (services, clock) = own_services().await;
    let admin = operator(&services).await;
    let addresses = addresses(&services, &clock).await;
    platform::set_flag(&services, &admin.operator, FeatureFlag::SignUp, false).await.unwrap();
    let refused = async |email: &str| {
        let form = SignUp {
            organization_name: "Alba Coffee".into(),
            name: "Ana".into(),
            email: email.into(),
            password: WRONG.into(),
            locale: "en".into(),
        };
        let answer = accounts::sign_up(&services, form, &ClientInfo::default()).await;
        assert!(matches!(answer, Err(Error::Refused(why)) if why.contains("closed")), "{answer:?}");
    };
    assert_same(&work(&services, &addresses, refused).await, 1, 0);
}

/// Whoever invites learns who belongs to the own organization, and of nobody else whether there is an account.
#[tokio::test]
async fn inviting_takes_the_same_for_everybody() {
    let (services, clock) = services().await;
    let (owner, _) = sign_up(&services).await;
    let addresses = addresses(&services, &clock).await;
    let choice = RoleChoice { role: Role::Member, custom: None };
    let invited = async |email: &str| {
        let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
        // The second time takes the place of the first.
        sqlx::query("delete from invitations where organization_id = $1 and email = $2")
            .bind(owner.me.organization.id.0)
            .bind(email)
            .execute(cx.conn())
            .await
            .unwrap();
        invitations::create(&services, &mut cx, email, choice).await.unwrap();
        services.commit(cx).await.unwrap();
    };
    assert_same(&work(&services, &addresses, invited).await, 0, 1);
}
