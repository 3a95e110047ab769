use types::{
    id::MailId,
    mail::{Mail, MailStatus, MailSummary},
    user::Me,
};

use super::letter::Body;
use crate::{
    Error, Result, Services,
    accounts::require_platform_admin,
    jobs::{self, Job},
};

/// Mails in the list.
const LISTED: i64 = 200;

/// The newest mails, of one status or of all, at most 200. For platform admins.
///
/// # Errors
/// [`Error::Refused`] for everybody else.
pub async fn list(services: &Services, me: &Me, status: Option<MailStatus>) -> Result<Vec<MailSummary>> {
    require_platform_admin(me)?;
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

/// One mail with its text. For platform admins.
///
/// # Errors
/// [`Error::Refused`] for everybody else; [`Error::NotFound`].
pub async fn get(services: &Services, me: &Me, id: MailId) -> Result<Mail> {
    require_platform_admin(me)?;
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

/// Sends a mail that was kept or refused, once more. For platform admins.
///
/// # Errors
/// [`Error::Refused`] for everybody else and without a mail server; [`Error::NotFound`] when there is no such mail, or
/// its text is gone.
pub async fn resend(services: &Services, me: &Me, id: MailId) -> Result<()> {
    require_platform_admin(me)?;
    if !services.mailer.is_configured() {
        return Err(Error::Refused("no mail server is configured: set smtp_url and mail_from"));
    }
    let mut tx = services.db.system().pool().begin().await?;
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
