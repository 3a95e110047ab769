use axum::{
    Router,
    extract::{Multipart, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use domain::{Error, attachments, knowledge};
use types::{
    attachment::{Attachment, MAX_ATTACHMENT_BYTES},
    error::FieldRule,
    id::ConversationId,
    knowledge::{MAX_SOURCE_BYTES, Source},
};

use crate::{Api, answer::Data, error::ApiResult, extract::Member, file};

pub(super) fn routes() -> Router<Api> {
    Router::new()
        .route("/uploads/knowledge", post(source).layer(file::form_limit(MAX_SOURCE_BYTES)))
        .route("/uploads/{conversation_id}", post(conversation).layer(file::form_limit(MAX_ATTACHMENT_BYTES)))
}

/// `POST /uploads/{conversation_id}`: a file for a message of the member's, as the form part `file`.
async fn conversation(
    State(api): State<Api>,
    member: Member,
    Path(id): Path<ConversationId>,
    mut form: Multipart,
) -> ApiResult<Data<Attachment>> {
    let (organization, actor) = (member.organization(), member.authenticated.actor());
    let (name, field) = file::file_part(&mut form).await?;
    let pieces = file::pieces(field);
    Ok(Data(attachments::upload(&api.services, organization, actor, id, &name, pieces).await?))
}

/// `POST /uploads/knowledge`: a file as a knowledge source: a form with `name` (may be empty: then the file's own) before
/// `file`. A browser that sent the form as a page gets a page back: the source's on success.
async fn source(State(api): State<Api>, member: Member, headers: HeaderMap, form: Multipart) -> Response {
    let kept = keep(&api, &member, form).await;
    let wants_page = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    match kept {
        Ok(source) if wants_page => Redirect::to(&format!("/app/knowledge/{}", source.id)).into_response(),
        Ok(source) => Data(source).into_response(),
        Err(error) if wants_page => error.page("/app/knowledge").into_response(),
        Err(error) => error.into_response(),
    }
}

async fn keep(api: &Api, member: &Member, mut form: Multipart) -> ApiResult<Source> {
    let (organization, actor) = (member.organization(), member.authenticated.actor());
    let mut name = String::new();
    while let Some(field) = form.next_field().await.map_err(file::broken)? {
        match field.name() {
            Some("name") => name = file::short_text(field).await?,
            Some("file") => {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let media_type = field.content_type().unwrap_or_default().to_owned();
                let (services, pieces) = (&api.services, file::pieces(field));
                let kept =
                    knowledge::create_file(services, organization, actor, &name, &file_name, &media_type, pieces);
                return Ok(kept.await?);
            }
            _ => {}
        }
    }
    Err(Error::rule("file", FieldRule::Missing).into())
}
