use std::io;

use bytes::Bytes;
use chrono::Duration;
use db::hooks::step;
use futures::Stream;
use types::{
    attachment::Attachment,
    id::{AttachmentId, ConversationId, OrganizationId},
    permission::Permission,
    platform::FeatureFlag,
};
use uuid::Uuid;

use super::{
    links::visitor_url,
    store::{self, Stored},
};
use crate::{
    Actor, Cx, Error, Result, Services,
    conversations::{self, Channel},
    error::require,
    files,
    organizations::{Limited, check_limit},
    platform,
    validate::clean,
    visitors::{self, Visitor},
};

/// A visitor's files that wait for their message, at most.
const MAX_WAITING: i64 = 10;

/// Takes a member's file for a conversation; a message then carries it by its id.
///
/// # Errors
/// [`Error::NotFound`] for another organization's conversation; [`Error::TooLarge`]; [`Error::Validation`] for an empty
/// file or one of a kind that is not accepted; [`Error::NoRoom`].
pub async fn upload(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    conversation: ConversationId,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Attachment> {
    let mut cx = services.db.begin(organization, actor.clone()).await?;
    require(&cx, Permission::ConversationsWrite)?;
    conversations::get(&mut cx, conversation).await?;
    drop(cx);
    let owner = Owner { conversation: Some(conversation.0), visitor: None, uploaded_by: "member" };
    take(services, organization, actor, owner, file_name, bytes).await
}

/// Takes a visitor's file for its next message.
///
/// # Errors
/// As [`upload`]; [`Error::Refused`] when the channel takes no files or the contact is blocked;
/// [`Error::RateLimited`] when too many wait; [`Error::LimitReached`] when the organization's visitors have sent enough today.
pub async fn upload_as_visitor(
    services: &Services,
    visitor: &Visitor,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Attachment> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let channel = Channel::open(&mut cx, visitor.channel).await?;
    let is_on = platform::is_on(cx.conn(), FeatureFlag::WidgetUploads, Some(visitor.organization)).await?;
    if !channel.settings.file_upload || !is_on {
        return Err(Error::Refused("this chat does not accept files"));
    }
    if visitors::find_contact(&mut cx, visitor).await?.is_some_and(|contact| contact.is_blocked) {
        return Err(visitors::BLOCKED);
    }
    check_waiting(&mut cx, visitor.id.0).await?;
    check_limit(&mut cx, Limited::VisitorMegabytes).await?;
    drop(cx);
    let owner = Owner { conversation: None, visitor: Some(visitor.id.0), uploaded_by: "contact" };
    let organization = visitor.organization;
    let mut attachment = take(services, organization, visitor.actor(), owner, file_name, bytes).await?;
    attachment.url = visitor_url(&services.secret_key, organization, attachment.id, services.db.now());
    Ok(attachment)
}

struct Owner {
    conversation: Option<Uuid>,
    visitor: Option<Uuid>,
    uploaded_by: &'static str,
}

async fn take(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    owner: Owner,
    file_name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<Attachment> {
    let id = AttachmentId(services.db.new_id());
    let name = name(file_name);
    let stored = store::store(services, organization, id, &name, bytes).await?;
    step("upload-stored");
    let noted = async {
        let mut cx = services.db.begin(organization, actor).await?;
        note(&mut cx, &owner, id, &name, &stored).await?;
        Ok::<_, Error>(cx)
    };
    match noted.await {
        // A commit whose answer was lost may have happened: then its file stays. If not, the upkeep removes it in a day.
        Ok(cx) => services.commit(cx).await?,
        Err(error) => {
            files::remove(&store::path(services, organization, id)).await;
            return Err(error);
        }
    }
    step("upload-noted");
    Ok(Attachment {
        id,
        file_name: name,
        media_type: stored.kind.media_type.into(),
        size: stored.size,
        is_inline: stored.kind.is_inline,
        url: format!("/files/{id}"),
    })
}

/// Writes the row.
async fn note(cx: &mut Cx, owner: &Owner, id: AttachmentId, name: &str, stored: &Stored) -> Result<()> {
    if let Some(visitor) = owner.visitor {
        // Files of the same moment are counted one after the other.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", visitor.to_string())
            .execute(cx.conn())
            .await?;
        check_waiting(cx, visitor).await?;
        check_limit(cx, Limited::VisitorMegabytes).await?;
    }
    let (organization, now) = (cx.organization(), cx.now());
    sqlx::query!(
        "insert into attachments (organization_id, id, conversation_id, visitor_id, file_name, media_type, size,
                                  storage_key, checksum, is_inline, uploaded_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        organization.0,
        id.0,
        owner.conversation,
        owner.visitor,
        name,
        stored.kind.media_type,
        stored.size,
        id.to_string(),
        stored.checksum,
        stored.kind.is_inline,
        owner.uploaded_by,
        now
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}

/// Whether a visitor may have one more file that waits for its message.
async fn check_waiting(cx: &mut Cx, visitor: Uuid) -> Result<()> {
    let organization = cx.organization();
    let since = cx.now() - Duration::minutes(10);
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from attachments
           where organization_id = $1 and message_id is null and visitor_id = $2 and created_at > $3"#,
        organization.0,
        visitor,
        since
    )
    .fetch_one(cx.conn())
    .await?;
    if count < MAX_WAITING { Ok(()) } else { Err(Error::RateLimited { retry_after_seconds: 600 }) }
}

/// The file's name without folders and control characters, at most 200 characters, its end kept.
fn name(file_name: &str) -> String {
    let name = clean(file_name).replace(['\n', '\t', '"'], " ");
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let surplus = name.chars().count().saturating_sub(200);
    let name: String = name.chars().skip(surplus).collect();
    if name.is_empty() { "file".into() } else { name }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_a_name_and_no_path() {
        assert_eq!(super::name("../../etc/passwd"), "passwd");
        assert_eq!(super::name("C:\\temp\\a\0b.pdf"), "ab.pdf");
        assert_eq!(super::name(" / "), "file");
        assert_eq!(super::name(&format!("{}.pdf", "a".repeat(300))).len(), 200);
    }
}
