use anyhow::anyhow;
use db::hooks::step;
use types::id::MailId;

use super::letter::Body;
use crate::{Error, Result, Services};

/// Hands a queued mail to the mail server. One that was sent, removed or given up meanwhile is left alone. Its text goes
/// with the sending; a mail server that took it just before a crash gets it once more, under the same Message-ID.
///
/// # Errors
/// [`Error::Unavailable`] with the reason when the mail server cannot take it now.
pub(crate) async fn send(services: &Services, id: MailId) -> Result<()> {
    let pool = services.db.system();
    let mail = sqlx::query!(
        r#"select recipient, subject, body as "body!", created_at from mails
           where id = $1 and status = 'queued' and body is not null"#,
        id.0
    )
    .fetch_optional(pool.pool())
    .await?;
    let Some(mail) = mail else { return Ok(()) };
    let open = services.secret_key.decrypt(&mail.body).ok_or_else(|| anyhow!("a mail was sealed with another key"))?;
    let body: Body = serde_json::from_slice(&open)?;
    let refusal = services.mailer.deliver(id, mail.created_at, &mail.recipient, &mail.subject, body).await.err();
    step("mail-sent");
    let is_final = refusal.as_ref().is_none_or(|refusal| refusal.is_final);
    let status = match &refusal {
        None => "sent",
        Some(refusal) if refusal.is_final => "failed",
        Some(_) => "queued",
    };
    let reason = refusal.map(|refusal| refusal.reason);
    // A worker that stood still comes late: what others have sent meanwhile stays sent.
    sqlx::query!(
        "update mails set status = $2, attempts = attempts + 1, error = $3,
                          body = case when $2 = 'sent' then null else body end,
                          sent_at = case when $2 = 'sent' then $4::timestamptz end
         where id = $1 and (status = 'queued' or $2 = 'sent')",
        id.0,
        status,
        reason,
        services.db.now()
    )
    .execute(pool.pool())
    .await?;
    metrics::counter!("biseda_mails_total", "result" => status).increment(1);
    match reason {
        Some(reason) if !is_final => {
            Err(Error::Unavailable(format!("the mail server did not accept an e-mail: {reason}")))
        }
        _ => Ok(()),
    }
}

/// Notes that a mail was tried for the last time.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn give_up(services: &Services, id: MailId) -> Result<()> {
    let failed = sqlx::query!("update mails set status = 'failed' where id = $1 and status = 'queued'", id.0)
        .execute(services.db.system().pool())
        .await?
        .rows_affected();
    metrics::counter!("biseda_mails_total", "result" => "failed").increment(failed);
    Ok(())
}
