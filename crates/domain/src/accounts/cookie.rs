use crate::Settings;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "biseda_session";

/// How long browsers keep it, in seconds: as long as they keep any cookie. It is set once, and the server ends a session 30
/// days after its last use. Source: RFC 6265bis, 5.6.2.
const SESSION_SECONDS: u64 = 400 * 24 * 3600;

/// What browsers know a hidden cookie of ours by. Over HTTPS they let neither a subdomain nor an unencrypted page set one
/// that begins like this, so that nobody can plant a session; without HTTPS they take none. Source: RFC 6265bis, 4.1.3.2.
pub fn hidden_cookie(settings: &Settings, name: &str) -> String {
    let prefix = if is_secure(settings) { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn is_secure(settings: &Settings) -> bool {
    settings.public_url.starts_with("https:")
}

/// A `Set-Cookie` of this installation: for all of its pages, over HTTPS only where it has that, and sent from other
/// sites with nothing but links. One that is `hidden` is kept from scripts, under the name of [`hidden_cookie`].
pub fn cookie(settings: &Settings, name: &str, value: &str, seconds: u64, hidden: bool) -> String {
    let secure = if is_secure(settings) { "; Secure" } else { "" };
    let http_only = if hidden { "; HttpOnly" } else { "" };
    let name = if hidden { hidden_cookie(settings, name) } else { name.to_owned() };
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{http_only}{secure}")
}

/// The `Set-Cookie` that gives a browser a session's token, or takes it away.
pub fn session_cookie(settings: &Settings, token: Option<&str>) -> String {
    let seconds = if token.is_some() { SESSION_SECONDS } else { 0 };
    cookie(settings, SESSION_COOKIE, token.unwrap_or_default(), seconds, true)
}
