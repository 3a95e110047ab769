use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Error, channels};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use types::{attachment::MAX_ATTACHMENT_BYTES, message::MAX_MESSAGE_CHARS, widget::WidgetAppearance};

use super::{color, domains, translation, translation::Language};
use crate::{Api, error::ApiResult};

/// What the loader says about the page around the frame.
#[derive(Deserialize)]
pub(super) struct Surroundings {
    lang: Option<String>,
    dir: Option<String>,
    /// The dashboard shows how a picture would look that is not kept yet.
    preview: Option<String>,
}

/// What the script finds in the page.
#[derive(Serialize)]
struct PageData<'a> {
    key: &'a str,
    appearance: &'a WidgetAppearance,
    language: &'a str,
    translations: &'a RawValue,
    max_file_bytes: u64,
    max_message_chars: usize,
}

/// `GET /widget/{key}`: the frame's page. Its policy lets it load our own script and style and nothing else; who may
/// frame it follows the channel's allowed domains.
pub(super) async fn show(
    State(api): State<Api>,
    Path(key): Path<String>,
    Query(around): Query<Surroundings>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let found = match channels::widget(&api.services, &key).await {
        Err(error @ (Error::NotFound(_) | Error::Suspended(_))) => {
            let language = translation::choose(around.lang.as_deref(), "", &headers);
            let status =
                if matches!(error, Error::NotFound(_)) { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            return Ok((status, NO_CHAT_POLICY, no_chat(language)).into_response());
        }
        other => other?,
    };
    let language = translation::choose(around.lang.as_deref(), &found.appearance.language, &headers);
    let data = PageData {
        key: &key,
        appearance: &found.appearance,
        language: language.code,
        translations: serde_json::from_str(language.json)?,
        max_file_bytes: MAX_ATTACHMENT_BYTES,
        max_message_chars: MAX_MESSAGE_CHARS,
    };
    // Inside a script element only `<` could end it early.
    let json = serde_json::to_string(&data)?.replace('<', "\\u003c");
    let brand = color::safe(&found.appearance.color);
    let style = format!(":root{{--brand:{brand};--on-brand:{}}}", types::color::text_on(brand));
    let dir = if around.dir.as_deref() == Some("rtl") { "rtl" } else { "ltr" };

    let parts = Parts { style: &style, json: &json, version: &api.widget_version };
    let mut response = render(&found.appearance, language, dir, &parts).into_response();
    let pictures = match around.preview {
        Some(_) => " https: http:".to_owned(),
        None => origin_of(&found.appearance.avatar_url),
    };
    let frame_ancestors = domains::frame_ancestors(&found.allowed_domains);
    let policy = policy(&style, &pictures, frame_ancestors.as_deref(), &api.services.settings.public_url);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::try_from(policy).map_err(|error| anyhow::anyhow!("a domain is no header text: {error}"))?,
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0, must-revalidate"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// The server of the channel's picture, with a space before; nothing when there is none.
fn origin_of(picture: &str) -> String {
    let url = url::Url::parse(picture).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(|url| format!(" {}", url.origin().ascii_serialization())).unwrap_or_default()
}

/// The page's content policy. The one inline style (the brand's colours) is named by its hash. Pictures come from ourselves
/// and from the server of the channel's own: none that a text could name would be asked for, and carry something away.
fn policy(style: &str, pictures: &str, frame_ancestors: Option<&str>, public_url: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    // Older browsers do not count the socket's scheme among 'self'.
    let socket = public_url.replacen("http", "ws", 1);
    let mut policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{hash}'; img-src 'self' data: blob:{pictures}; \
         font-src 'self'; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'"
    );
    if let Some(directive) = frame_ancestors {
        policy.push_str("; ");
        policy.push_str(directive);
    }
    policy
}

/// Any page may show it in a frame, where the chat would be.
const NO_CHAT_POLICY: [(header::HeaderName, &str); 1] =
    [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'none'")];

/// For a widget that is not there, or is switched off with its organization.
fn no_chat(language: &'static Language) -> Markup {
    let text = language.text("no_chat");
    html! {
        (DOCTYPE)
        html lang=(language.code) {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { (text) } }
            body { p { (text) } }
        }
    }
}

/// What was made for the page.
struct Parts<'a> {
    style: &'a str,
    json: &'a str,
    version: &'a str,
}

fn render(appearance: &WidgetAppearance, language: &'static Language, dir: &str, parts: &Parts<'_>) -> Markup {
    let title = if appearance.title.is_empty() { language.text("title_default") } else { &appearance.title };
    let letter = title.chars().next().unwrap_or('·').to_uppercase().to_string();
    html! {
        (DOCTYPE)
        html lang=(language.code) dir=(dir) data-scheme=(appearance.color_scheme) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(parts.style)) }
                link rel="stylesheet" href={ "/widget/assets/app.css?v=" (parts.version) };
                script type="application/json" id="biseda-data" { (PreEscaped(parts.json)) }
                script defer src={ "/widget/assets/app.js?v=" (parts.version) } {}
            }
            body {
                div id="app" {
                    header class="header" {
                        span class="face" { span class="avatar" aria-hidden="true" { (letter) } }
                        div class="names" { h1 class="title" { (title) } p class="subtitle" { "\u{a0}" } }
                    }
                    noscript { p class="system" { (language.text("no_script")) } }
                }
            }
        }
    }
}
