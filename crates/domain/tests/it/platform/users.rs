use domain::{Error, accounts, platform};
use types::platform::{UserFilter, UserState};

use super::operator;
use crate::{
    mails::{mails_to, sign_up},
    support::{assert_not_found, invalid_fields, services},
};

#[tokio::test]
async fn a_user_is_locked_out_and_let_in_again() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (somebody, session) = sign_up(&services).await;
    let (other, others) = sign_up(&services).await;
    let id = somebody.me.user_id;
    let shown = async |state| {
        let filter = UserFilter { q: somebody.me.email.to_uppercase(), state, page: None };
        platform::users(&services, &admin.operator, &filter).await.unwrap().items
    };
    let row = shown(None).await.pop().unwrap();
    assert_eq!((row.id, row.organizations, row.sessions, row.is_active), (id, 1, 1, true));
    assert_eq!(invalid_fields(platform::lock_user(&services, &admin.operator, id, "").await), ["reason"]);
    platform::lock_user(&services, &admin.operator, id, "stolen account").await.unwrap();
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    assert!(accounts::authenticate(&services, &others).await.unwrap().is_some());
    let client = accounts::ClientInfo::default();
    let refused = accounts::log_in(&services, &somebody.me.email, "correct horse battery", &client).await;
    assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
    assert_eq!((shown(Some(UserState::Locked)).await.len(), shown(Some(UserState::Active)).await.len()), (1, 0));

    platform::unlock_user(&services, &admin.operator, id).await.unwrap();
    accounts::log_in(&services, &somebody.me.email, "correct horse battery", &client).await.unwrap();
    assert_not_found(platform::unlock_user(&services, &admin.operator, other.me.user_id).await);
    let own = platform::lock_user(&services, &admin.operator, admin.operator.user(), "me").await;
    assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
    let detail = platform::user(&services, &admin.operator, id).await.unwrap();
    assert_eq!(detail.organizations[0].id, somebody.me.organization.id);
    let nobody = types::id::UserId(services.db.new_id());
    assert_not_found(platform::user(&services, &admin.operator, nobody).await);
    assert_not_found(platform::lock_user(&services, &admin.operator, nobody, "no").await);
    assert_not_found(platform::end_sessions(&services, &admin.operator, nobody).await);
}

#[tokio::test]
async fn sessions_are_ended_and_a_lost_second_factor_is_taken_away() {
    let (services, _) = services().await;
    let admin = operator(&services).await;
    let (somebody, session) = sign_up(&services).await;
    platform::end_sessions(&services, &admin.operator, somebody.me.user_id).await.unwrap();
    assert!(accounts::authenticate(&services, &session).await.unwrap().is_none());
    platform::end_sessions(&services, &admin.operator, admin.operator.user()).await.unwrap();
    assert!(accounts::authenticate(&services, &admin.session).await.unwrap().is_some(), "the own session stays");

    let id = somebody.me.user_id;
    assert_not_found(platform::reset_second_factor(&services, &admin.operator, id).await);
    sqlx::query("update users set two_factor_secret = 'sealed', recovery_codes = '{a}' where id = $1")
        .bind(id.0)
        .execute(services.db.system().pool())
        .await
        .unwrap();
    let mails = mails_to(&services, &somebody.me.email).await.len();
    platform::reset_second_factor(&services, &admin.operator, id).await.unwrap();
    let security = accounts::security(&services, id).await.unwrap();
    assert!(!security.has_second_factor && security.recovery_codes == 0);
    assert_eq!(mails_to(&services, &somebody.me.email).await.len(), mails + 1, "the person is told");
    let own = platform::reset_second_factor(&services, &admin.operator, admin.operator.user()).await;
    assert!(matches!(own, Err(Error::Refused(_))), "{own:?}");
}
