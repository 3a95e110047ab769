//! Operators: who is one, and what they see and do.

mod impersonation;
mod organizations;
mod service;
mod suspension;
mod users;

use domain::{
    Error, Services,
    accounts::{self, Authenticated, ClientInfo},
    platform::Operator,
};

use crate::{mails::sign_up, support::services};

/// A platform admin with a second factor, signed in.
pub struct Admin {
    pub operator: Operator,
    pub session: String,
}

/// Makes one.
pub async fn operator(services: &Services) -> Admin {
    let (somebody, session) = sign_up(services).await;
    appoint(services, &somebody, true).await;
    let somebody = accounts::authenticate(services, &session).await.unwrap().unwrap();
    let operator = Operator::of(services, &somebody, ClientInfo::default()).await.expect("an operator");
    Admin { operator, session }
}

async fn appoint(services: &Services, somebody: &Authenticated, with_second_factor: bool) {
    sqlx::query("update users set is_platform_admin = true, two_factor_secret = $2 where id = $1")
        .bind(somebody.me.user_id.0)
        .bind(with_second_factor.then_some(b"sealed".as_slice()))
        .execute(services.db.system().pool())
        .await
        .unwrap();
}

// Every verb of operators takes an `Operator`, and this is the only way to one.
#[tokio::test]
async fn only_platform_admins_with_a_second_factor_are_operators() {
    let (services, _) = services().await;
    let (somebody, session) = sign_up(&services).await;
    let refused = Operator::of(&services, &somebody, ClientInfo::default()).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");

    appoint(&services, &somebody, false).await;
    let somebody = accounts::authenticate(&services, &session).await.unwrap().unwrap();
    let refused = Operator::of(&services, &somebody, ClientInfo::default()).await;
    assert!(matches!(refused, Err(Error::SecondFactorNeeded)), "{refused:?}");

    appoint(&services, &somebody, true).await;
    Operator::of(&services, &somebody, ClientInfo::default()).await.expect("an operator");

    // Who is no longer an operator is none, whatever the session still says.
    sqlx::query("update users set is_platform_admin = false where id = $1")
        .bind(somebody.me.user_id.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    Operator::of(&services, &somebody, ClientInfo::default()).await.expect_err("no operator any more");
}
