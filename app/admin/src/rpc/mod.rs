//! Server functions of those who operate the service. Each begins with [`base::server::operator`].

mod organizations;
mod service;
mod users;

pub use organizations::*;
pub use service::*;
pub use users::*;

use base::AppError;
use leptos::prelude::*;
use types::{
    id::MailId,
    mail::{Mail, MailStatus, MailSummary},
};

#[cfg(feature = "ssr")]
use {base::server, domain::mails};

/// The operator's address. Who is none is told so, or sent to where a second factor is set up.
#[server]
pub async fn load_operator() -> Result<String, AppError> {
    use types::error::ErrorCode;
    match server::operator().await {
        Ok(_) => Ok(server::member().await?.me.email),
        Err(error) => {
            match error.code {
                ErrorCode::Unauthenticated => server::send_to_sign_in(),
                ErrorCode::Suspended => server::send_to("/suspended"),
                ErrorCode::SecondFactor => server::send_to("/admin/second-factor"),
                code => server::set_status_of(code),
            }
            Err(error)
        }
    }
}

/// The newest mails, of one status or of all.
#[server]
pub async fn load_mails(status: Option<MailStatus>) -> Result<Vec<MailSummary>, AppError> {
    let operator = server::operator().await?;
    Ok(mails::list(&server::services()?, &operator, status).await?)
}

/// One mail with its text, as long as that is kept.
#[server]
pub async fn load_mail(id: MailId) -> Result<Mail, AppError> {
    let operator = server::operator().await?;
    Ok(mails::get(&server::services()?, &operator, id).await?)
}

/// Sends a mail that was kept or refused, once more.
#[server]
pub async fn resend_mail(id: MailId) -> Result<(), AppError> {
    let operator = server::operator().await?;
    Ok(mails::resend(&server::services()?, &operator, id).await?)
}
