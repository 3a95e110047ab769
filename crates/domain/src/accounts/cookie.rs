use crate::Settings;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "biseda_session";

/// How long browsers keep it, in seconds; the server ends idle sessions itself.
const SESSION_SECONDS: u64 = 30 * 24 * 3600;

/// A `Set-Cookie` of this installation: for all of its pages, over HTTPS only where it has that, and sent from other
/// sites with nothing but links. `http_only` hides it from scripts.
pub fn cookie(settings: &Settings, name: &str, value: &str, seconds: u64, http_only: bool) -> String {
    let secure = if settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    let http_only = if http_only { "; HttpOnly" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{http_only}{secure}")
}

/// The `Set-Cookie` that gives a browser a session's token, or takes it away.
pub fn session_cookie(settings: &Settings, token: Option<&str>) -> String {
    let seconds = if token.is_some() { SESSION_SECONDS } else { 0 };
    cookie(settings, SESSION_COOKIE, token.unwrap_or_default(), seconds, true)
}
