//! How a file goes out and comes in over HTTP.

use std::{
    fmt::Write,
    io,
    path::{Path, PathBuf},
};

use axum::{
    body::Body,
    extract::{
        DefaultBodyLimit, Multipart,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::Error;
use futures::{Stream, TryStreamExt};
use tokio_util::io::ReaderStream;
use types::attachment::Attachment;

use crate::{error::ApiResult, if_none_match};

/// What surrounds a file in a form.
const FORM_BYTES: usize = 1024 * 1024;

/// Limits a form to a file of so many bytes. The verbs count the file itself; this stops what is far beyond.
pub(crate) fn form_limit(file_bytes: u64) -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(file_bytes).unwrap_or(usize::MAX).saturating_add(FORM_BYTES))
}

/// The part of a form that is the file, with its name; read piece by piece.
///
/// # Errors
/// Validation when there is none.
pub(crate) async fn file_part(form: &mut Multipart) -> ApiResult<(String, Field<'_>)> {
    match form.next_field().await.map_err(broken)? {
        Some(field) if field.name() == Some("file") => {
            let name = field.file_name().unwrap_or("file").to_owned();
            Ok((name, field))
        }
        _ => Err(Error::invalid("file", "is missing: send it as the first part of the form, named file").into()),
    }
}

/// A form that cannot be read.
pub(crate) fn broken(error: MultipartError) -> Error {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file is larger than allowed".into()),
        _ => Error::invalid("file", error.body_text()),
    }
}

/// A text field of a form, up to 4 kB.
///
/// # Errors
/// Too large.
pub(crate) async fn short_text(mut field: Field<'_>) -> ApiResult<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > 4096 {
            return Err(Error::TooLarge("a field of the form is longer than allowed".into()).into());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The part's bytes as they arrive.
pub(crate) fn pieces(field: Field<'_>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    field.map_err(io::Error::other)
}

/// Answers with a file, so that the browser treats it as nothing but a file. The browser may keep it, but must ask again each
/// time, so that nobody sees it there who may not (any more); it is not sent again to one who has it (`If-None-Match`).
///
/// # Errors
/// Not found when it is gone from the disk.
pub(crate) async fn serve(attachment: &Attachment, path: PathBuf, asked: &HeaderMap) -> ApiResult<Response> {
    let text = |text: &str| HeaderValue::try_from(text).map_err(anyhow::Error::from);
    // A file never changes under its id. The mark is weak, because compression changes the bytes.
    let mark = format!("W/\"{}\"", attachment.id);
    let always = [
        (header::ETAG, text(&mark)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    if if_none_match::names(asked.get_all(header::IF_NONE_MATCH), &mark) {
        return Ok((StatusCode::NOT_MODIFIED, always).into_response());
    }
    let file = open(&path).await?;
    let length = file.metadata().await.map_err(anyhow::Error::from)?.len();
    let media_type = if attachment.media_type.is_empty() { "application/octet-stream" } else { &attachment.media_type };
    let headers = [
        (header::CONTENT_TYPE, text(media_type)?),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CONTENT_DISPOSITION, text(&disposition(attachment.is_inline, &attachment.file_name))?),
    ];
    Ok((always, headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

async fn open(path: &Path) -> domain::Result<tokio::fs::File> {
    tokio::fs::File::open(path).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound("file"),
        _ => Error::Internal(error.into()),
    })
}

/// `Content-Disposition` with the file's name in UTF-8 (RFC 6266, RFC 8187) and a plain form of it for old programs.
fn disposition(is_shown: bool, name: &str) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            disposition(true, "a\"b\r\nX: y ë.png"),
            "inline; filename=\"a_b__X_ y _.png\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y%20%C3%AB.png"
        );
    }

    #[test]
    fn names_of_files_take_hostile_bytes() {
        let words = ["\"", "\r\n", ";", "filename=", "%00", "%", "''", "\\", "\u{202e}", "../"];
        fuzz::text(&["a.png", "Çmimet e reja.pdf", "a\"b\r\nSet-Cookie: x=y"], &words, |name| {
            let value = disposition(false, name);
            assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
            let (plain, encoded) =
                value.strip_prefix("attachment; filename=\"").unwrap().split_once("\"; filename*=UTF-8''").unwrap();
            assert!(!plain.contains(['"', '\\', '/', ';']) && !encoded.contains(['"', ';', '\'', ' ']), "{value:?}");
            // Browsers have the name back as it was.
            let query = format!("name={encoded}");
            let (_, back) = url::form_urlencoded::parse(query.as_bytes()).next().unwrap();
            assert_eq!(back, name);
        });
    }
}
