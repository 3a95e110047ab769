//! The rules of a channel's settings.

use types::{channel::ChannelSettings, error::FieldRule};

use crate::{
    Cx, Result,
    validate::{Check, LOCALES},
};

/// The settings in the form in which they are stored.
pub(super) fn check(check: &mut Check, settings: ChannelSettings) -> ChannelSettings {
    let color = settings.color.trim().to_lowercase();
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        check.rule("settings.color", FieldRule::Color);
    }
    if settings.language != "auto" && !LOCALES.contains(&settings.language.as_str()) {
        check.fail("settings.language", format!("must be auto or one of: {}", LOCALES.join(", ")));
    }
    let quick_replies = lines(check, "settings.quick_replies", &settings.quick_replies, 6, 100);
    let allowed_domains = domains(check, &settings.allowed_domains);
    ChannelSettings {
        color,
        title: check.line("settings.title", &settings.title, 0..=60),
        greeting: check.text("settings.greeting", &settings.greeting, 0..=1000),
        avatar_url: check.web_address("settings.avatar_url", &settings.avatar_url),
        quick_replies,
        allowed_domains,
        ..settings
    }
}

fn lines(check: &mut Check, field: &str, lines: &[String], most: usize, length: usize) -> Vec<String> {
    let kept: Vec<_> =
        lines.iter().map(|line| check.line(field, line, 0..=length)).filter(|line| !line.is_empty()).collect();
    if kept.len() > most {
        check.limit(field, FieldRule::TooMany, most);
    }
    kept
}

/// Hosts, from whatever people paste: `https://Example.com/page` is kept as `example.com`.
fn domains(check: &mut Check, domains: &[String]) -> Vec<String> {
    let field = "settings.allowed_domains";
    let mut kept = Vec::new();
    for domain in lines(check, field, domains, 50, 260) {
        match host(&domain) {
            Some(host) if kept.contains(&host) => {}
            Some(host) => kept.push(host),
            None => check.rule(field, FieldRule::Host),
        }
    }
    kept
}

fn host(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next()?;
    let (wildcard, name) = text.strip_prefix("*.").map_or(("", text), |name| ("*.", name));
    // The parser of addresses also writes names in other scripts in the form in which browsers send them.
    let url = url::Url::parse(&format!("http://{name}")).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str()?;
    let host = host.strip_suffix('.').unwrap_or(host);
    // It lets through some characters that no name has and that a content policy would be broken by.
    let fits = (1..=253).contains(&host.len())
        && host.split('.').all(|label| !label.is_empty())
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']'));
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    fits.then(|| format!("{wildcard}{host}{port}"))
}

/// Refuses an agent of nobody: a composite key would refuse it too, with an answer that no person understands.
pub(super) async fn check_agent(cx: &mut Cx, check: &mut Check, agent: Option<types::id::AgentId>) -> Result<()> {
    let Some(agent) = agent else { return Ok(()) };
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from agents where organization_id = $1 and id = $2 and deleted_at is null) as "exists!""#,
        organization.0,
        agent.0
    )
    .fetch_one(cx.conn())
    .await?;
    if !exists {
        check.rule("agent_id", FieldRule::NotThere);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_kept_as_browsers_send_them() {
        for (text, kept) in [
            ("example.com", "example.com"),
            ("https://Example.com/shop?x=1", "example.com"),
            ("*.example.com", "*.example.com"),
            ("localhost:8080", "localhost:8080"),
            ("shqipëria.al", "xn--shqipria-x1a.al"),
        ] {
            assert_eq!(host(text).as_deref(), Some(kept));
        }
        for bad in [
            "",
            "*",
            "*.",
            "a b.com",
            "127..",
            "a..b.com",
            "*.*.com",
            "user:pw@example.com",
            "exa\"mple.com",
            "<script>",
        ] {
            assert_eq!(host(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn hosts_take_hostile_bytes() {
        let examples = [
            "https://Example.com:8443/shop?x=1",
            "*.shqipëria.al",
            "[2001:db8::1]:80",
            "127.0.0.1",
            "127....",
            "user:pw@x.test",
        ];
        let words = [
            "*.",
            "://",
            ":",
            "@",
            "%00",
            "%2e",
            ";",
            " ",
            "'unsafe-inline'",
            "\u{ad}",
            "\u{3002}",
            "xn--",
            "[",
            "0x7f.1",
        ];
        fuzz::text(&examples, &words, |text| {
            let Some(kept) = host(text) else { return };
            // One host of a content policy, and the same when it is entered again.
            assert!(kept.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._:[]*".contains(&c)), "{kept:?}");
            assert!(kept.rfind('*').is_none_or(|at| at == 0 && kept.starts_with("*.")), "{kept:?}");
            assert_eq!(host(&kept).as_ref(), Some(&kept));
        });
    }
}
