use sqlx::PgConnection;
use types::{
    id::{MailId, OrganizationId},
    mail::MailStatus,
};

use super::letter::{self, Letter};
use crate::{
    Result, Services,
    jobs::{self, Job},
};

/// A mail that is to be sent.
pub(crate) struct Outgoing<'a> {
    /// Whose mail it is; it goes when the organization goes.
    pub organization: Option<OrganizationId>,
    pub recipient: &'a str,
    /// The reader's language.
    pub locale: &'a str,
    pub letter: Letter<'a>,
    /// Where its button leads: a path below the product's address.
    pub path: &'a str,
}

/// Writes a mail and the job that sends it, in the caller's transaction. Without a mail server it is kept instead.
///
/// # Errors
/// When the database does not take it.
pub(crate) async fn queue(services: &Services, connection: &mut PgConnection, mail: Outgoing<'_>) -> Result<()> {
    let id = MailId(services.db.new_id());
    let link = format!("{}{}", services.settings.public_url, mail.path);
    let (subject, body) = letter::write(mail.letter, mail.locale, &link);
    let sealed = services.secret_key.encrypt(&serde_json::to_vec(&body)?);
    let status = if services.mailer.is_configured() { MailStatus::Queued } else { MailStatus::Kept };
    sqlx::query!(
        "insert into mails (id, organization_id, kind, recipient, subject, body, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        mail.organization.map(|id| id.0),
        mail.letter.kind(),
        mail.recipient,
        subject,
        sealed,
        status.as_str(),
        services.db.now()
    )
    .execute(&mut *connection)
    .await?;
    if status == MailStatus::Queued {
        jobs::enqueue_on(connection, Job::SendMail { mail_id: id }).await?;
    }
    Ok(())
}
