//! Server functions of those who operate the service.

use base::AppError;
use leptos::prelude::*;
use types::{
    id::MailId,
    mail::{Mail, MailStatus, MailSummary},
};

#[cfg(feature = "ssr")]
use {base::server, domain::mails};

/// The newest mails, of one status or of all.
#[server]
pub async fn load_mails(status: Option<MailStatus>) -> Result<Vec<MailSummary>, AppError> {
    let member = server::member().await?;
    Ok(mails::list(&server::services()?, &member.me, status).await?)
}

/// One mail with its text, as long as that is kept.
#[server]
pub async fn load_mail(id: String) -> Result<Mail, AppError> {
    let member = server::member().await?;
    let id = id.parse().map_err(|_| domain::Error::NotFound("mail"))?;
    Ok(mails::get(&server::services()?, &member.me, id).await?)
}

/// Sends a mail that was kept or refused, once more.
#[server]
pub async fn resend_mail(id: MailId) -> Result<(), AppError> {
    let member = server::member().await?;
    Ok(mails::resend(&server::services()?, &member.me, id).await?)
}
