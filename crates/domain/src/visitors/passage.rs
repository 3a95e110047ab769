use types::id::{ChunkId, DocumentId};

use super::{Visitor, find_contact};
use crate::{Cx, Error, Result, Services};

/// Characters of the document that are shown before and after the passage.
const AROUND: i32 = 1_500;

/// Where a citation comes from: the document's text around the passage.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PassageSource {
    pub document_id: DocumentId,
    pub title: String,
    /// Address of the page, when it has one.
    pub url: Option<String>,
    /// The passage with some text around it.
    pub text: String,
    /// Where the passage stands in `text`: characters, end excluded.
    pub start: usize,
    pub end: usize,
}

/// The source of a citation in one of the visitor's own conversations.
///
/// # Errors
/// [`Error::NotFound`] when no answer to this visitor cites the passage, or its source was deleted since.
pub async fn passage(services: &Services, visitor: &Visitor, chunk: ChunkId) -> Result<PassageSource> {
    let mut cx = services.db.begin(visitor.organization, visitor.actor()).await?;
    let contact = find_contact(&mut cx, visitor).await?.ok_or(Error::NotFound("passage"))?;
    let organization = cx.organization();
    let is_cited = sqlx::query_scalar!(
        r#"select exists (
             select from conversations c
             join messages m on m.organization_id = $1 and m.conversation_id = c.id
             where c.organization_id = $1 and c.contact_id = $2 and c.channel_id = $3
               and m.author_type = 'agent'
               and m.citations @> jsonb_build_array(jsonb_build_object('chunk_id', $4::text))) as "is_cited!""#,
        organization.0,
        contact.id.0,
        visitor.channel.0,
        chunk.to_string()
    )
    .fetch_one(cx.conn())
    .await?;
    if is_cited { source(&mut cx, chunk).await } else { Err(Error::NotFound("passage")) }
}

async fn source(cx: &mut Cx, chunk: ChunkId) -> Result<PassageSource> {
    let organization = cx.organization();
    let row = sqlx::query!(
        r#"select d.id, d.title, d.location, s.type as source_type, ch.char_start, ch.char_end,
                  substr(d.content, greatest(ch.char_start - $3, 0) + 1,
                         ch.char_end + $3 - greatest(ch.char_start - $3, 0)) as "text!"
           from document_chunks ch
           join documents d on d.organization_id = $1 and d.id = ch.document_id
           join knowledge_sources s on s.organization_id = $1 and s.id = ch.source_id
           where ch.organization_id = $1 and ch.id = $2"#,
        organization.0,
        chunk.0,
        AROUND
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("passage"))?;
    let first = (row.char_start - AROUND).max(0);
    let place = |position: i32| usize::try_from(position - first).unwrap_or_default().min(row.text.chars().count());
    Ok(PassageSource {
        document_id: DocumentId(row.id),
        title: row.title,
        url: (row.source_type == "url").then_some(row.location),
        start: place(row.char_start),
        end: place(row.char_end),
        text: row.text,
    })
}
