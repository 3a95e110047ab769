//! Passkeys: added, used alone and after the password, refused, taken away.

mod hostile;
mod refusals;
mod sign_in;

use domain::{
    Services,
    accounts::{self, Authenticated, Entry, SignedIn},
};
use types::user::Passkey;

use crate::{
    authenticator::Device,
    support::{browser, invalid_fields, seal},
};

const PASSWORD: &str = "correct horse battery";

/// Adds a passkey, and gives the recovery codes that came with it.
async fn add(services: &Services, somebody: &Authenticated, device: &mut Device, name: &str) -> Vec<String> {
    let options = accounts::begin_passkey(services, somebody, name, PASSWORD).await.unwrap();
    accounts::finish_passkey(services, somebody, &device.create(&options)).await.unwrap()
}

async fn log_in(services: &Services, device: &mut Device) -> domain::Result<SignedIn> {
    let question = accounts::ask_passkey(services).await.unwrap();
    let answer = device.get(&question.options);
    accounts::passkey_log_in(services, &question.token, &answer, &browser()).await.and_then(Entry::signed_in)
}

async fn passkeys(services: &Services, somebody: &Authenticated) -> Vec<Passkey> {
    accounts::security(services, somebody.me.user_id).await.unwrap().passkeys
}

/// What the log says of passkeys, the oldest first.
async fn logged(services: &Services, somebody: &Authenticated) -> Vec<(String, Option<serde_json::Value>)> {
    seal(services).await;
    let mut cx = services.db.begin(somebody.me.organization.id, somebody.actor()).await.unwrap();
    sqlx::query_as(
        "select action, coalesce(after, before) from audit_logs
         where organization_id = $1 and action like 'user.passkey%' order by seq",
    )
    .bind(somebody.me.organization.id.0)
    .fetch_all(cx.conn())
    .await
    .unwrap()
}

fn does_not_fit<T: std::fmt::Debug>(result: domain::Result<T>) {
    assert_eq!(invalid_fields(result), ["passkey"]);
}
