use types::{
    id::MailId,
    mail::{Mail, MailStatus, MailSummary},
};

use super::letter::Body;
use crate::{
    Error, Result, Services,
    jobs::{self, Job},
    platform::Operator,
};

/// Mails in the list.
const LISTED: i64 = 200;

/// The newest mails, of one status or of all, at most 200.
///
/// # Errors
/// When the database does not answer.
pub async fn list(services: &Services, _: &Operator, status: Option<MailStatus>) -> Result<Vec<MailSummary>> {
    let rows = sqlx::query!(
        "select id, kind, recipient, subject, status, attempts, error, created_at, sent_at from mails
         where $1::text is null or status = $1 order by created_at desc, id desc limit $2",
        status.map(MailStatus::as_str),
        LISTED
    )
    .fetch_all(services.db.system().pool())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MailSummary {
                id: MailId(row.id),
                kind: row.kind,
                recipient: row.recipient,
                subject: row.subject,
                status: row.status.parse()?,
                attempts: row.attempts,
                error: row.error,
                created_at: row.created_at,
                sent_at: row.sent_at,
            })
        })
        .collect()
}

/// One mail with its text.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(services: &Services, _: &Operator, id: MailId) -> Result<Mail> {
    let row = sqlx::query!(
        "select kind, recipient, subject, body, status, attempts, error, created_at, sent_at from mails where id = $1",
        id.0
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or(Error::NotFound("mail"))?;
    let open = row.body.and_then(|sealed| services.secret_key.decrypt(&sealed));
    let body: Option<Body> = open.as_deref().map(serde_json::from_slice).transpose()?;
    let summary = MailSummary {
        id,
        kind: row.kind,
        recipient: row.recipient,
        subject: row.subject,
        status: row.status.parse()?,
        attempts: row.attempts,
        error: row.error,
        created_at: row.created_at,
        sent_at: row.sent_at,
    };
    Ok(Mail { summary, text: body.map(|body| body.text) })
}

/// Sends a mail that was kept or refused, once more.
///
/// # Errors
/// [`Error::Refused`] without a mail server; [`Error::NotFound`] when there is no such mail, or
/// its text is gone.
pub async fn resend(services: &Services, _: &Operator, id: MailId) -> Result<()> {
    if !services.mailer.is_configured() {
        return Err(Error::Refused("no mail server is configured: set smtp_url and mail_from"));
    }
    let mut tx = services.db.system().begin().await?;
    let queued = sqlx::query!(
        "update mails set status = 'queued', error = null
         where id = $1 and status in ('kept', 'failed') and body is not null",
        id.0
    )
    .execute(&mut *tx)
    .await?;
    if queued.rows_affected() == 0 {
        return Err(Error::NotFound("mail"));
    }
    jobs::enqueue_on(&mut tx, Job::SendMail { mail_id: id }).await?;
    tx.commit().await?;
    Ok(())
}
