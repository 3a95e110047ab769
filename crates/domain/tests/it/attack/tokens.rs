//! What counts once, given twice at the same moment; and what only looks like it.

use domain::{
    Error,
    accounts::{self, ClientInfo},
    invitations,
};
use futures::future::join_all;
use types::member::{Role, RoleChoice};

use crate::{
    mails::{newest_text, sign_up, token_of},
    no_organization::{arrive, delete},
    sign_in::{secure, ticket},
    support::services,
};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn an_invitation_lets_one_in() {
    let (services, _) = services().await;
    let (owner, _) = sign_up(&services).await;
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    let plain = RoleChoice { role: Role::Member, custom: None };
    invitations::create(&services, &mut cx, &email, plain).await.unwrap();
    services.commit(cx).await.unwrap();
    let token = token_of(&newest_text(&services, &email, "invitation").await);
    let browser = ClientInfo::default();
    let accept = async |name| invitations::accept_as_new(&services, &token, name, PASSWORD, "en", &browser).await;
    let (first, second, third) = tokio::join!(accept("Ana"), accept("Besa"), accept("Caca"));
    let accepted = [first.is_ok(), second.is_ok(), third.is_ok()].into_iter().filter(|is| *is).count();
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_code_lets_one_in() {
    let (services, clock) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let (app, recovery) = secure(&services, &somebody, &clock).await;
    let browser = ClientInfo::default();
    let ticket = || ticket(&services, &somebody.me.email);
    let tickets = [ticket().await, ticket().await, ticket().await, ticket().await];
    for code in [app.code(&services), recovery[0].clone()] {
        // So many connections are open: nobody waits for one while another is done.
        let system = services.db.system();
        drop(join_all(tickets.iter().map(|_| system.pool().acquire())).await);
        let enter = tickets.iter().map(|ticket| accounts::second_step(&services, ticket, &code, &browser));
        let entered = join_all(enter).await;
        let faults: Vec<_> = entered.iter().filter_map(|entered| entered.as_ref().err()).collect();
        assert_eq!(faults.len(), tickets.len() - 1, "{faults:?}");
    }
}

/// Runs in a thread of its own, as the cases come one after the other without an end of the test's own.
#[test]
fn tokens_of_people_take_hostile_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (services, ticket, entry, session, link, owner) = runtime.block_on(async {
        let (services, clock) = services().await;
        let (homeless, _) = sign_up(&services).await;
        delete(&services, &homeless).await;
        let entry = arrive(&services, &clock, &homeless.me.email).await;
        let (somebody, _) = sign_up(&services).await;
        secure(&services, &somebody, &clock).await;
        let ticket = ticket(&services, &somebody.me.email).await;
        let (owner, session) = sign_up(&services).await;
        // Its address is not confirmed: only who has the link is offered it.
        let plain = RoleChoice { role: Role::Member, custom: None };
        let (_, link) = crate::invitations::invite(&services, &owner, &homeless.me.email, plain).await;
        (services, ticket, entry, session, link, owner)
    });
    fuzz::few_text(
        60,
        &[&ticket, &entry, &session, &link, "bsd_0123456789", ""],
        &["-", "_", "=", "A", "\0", "bsd_", "%00"],
        |token| {
            let unknown =
                |error: Error| assert!(matches!(error, Error::Unauthenticated | Error::NotFound(_)), "{error:?}");
            runtime.block_on(async {
                let is_holder = accounts::second_step_ways(&services, token).await.map_err(unknown).is_ok();
                assert_eq!(is_holder, token == ticket, "{token:?}");
                let may_choose = accounts::openings(&services, token, None).await.map_err(unknown).is_ok();
                assert_eq!(may_choose, token == entry, "{token:?}");
                let offered = accounts::openings(&services, &entry, Some(token)).await.unwrap().invitations;
                assert_eq!(offered.len(), usize::from(token == link), "{token:?}");
                let is_member = accounts::authenticate(&services, token).await.unwrap().is_some();
                assert_eq!(is_member, token == session, "{token:?}");
                assert!(domain::api_keys::authenticate(&services, token).await.unwrap().is_none());
                accounts::check_reset_link(&services, token).await.map_err(unknown).expect_err("no link");
                accounts::verify_email(&services, &owner, token).await.map_err(unknown).expect_err("no link");
                let is_invited = invitations::find(&services, token).await.map_err(unknown).is_ok();
                assert_eq!(is_invited, token == link, "{token:?}");
            });
        },
    );
}
