//! The way to the mail server: SMTP (RFC 5321), with TLS as the operator's address says.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::extension::ClientId,
};
use types::id::MailId;

use super::letter::Body;

/// How long a mail server may keep us waiting at each step.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Replies that speak of how we sign in, not of the mail: an operator can set that right (RFC 4954, section 6).
const SIGN_IN_REPLIES: [u16; 4] = [530, 534, 535, 538];

/// Hands mails to a mail server, when one is configured. Cheap to clone.
#[derive(Clone, Default)]
pub struct Mailer(Option<Arc<Smtp>>);

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail was not taken.
pub(super) struct Refusal {
    /// The mail server's words, or what happened on the way to it.
    pub reason: String,
    /// Whether the same mail will be refused again.
    pub is_final: bool,
}

impl Mailer {
    /// A mailer that speaks SMTP. `url` is `smtps://user:password@host` or `smtp://host:587?tls=required`; `from` an
    /// address, with or without a name; `host` the name by which we greet.
    ///
    /// # Errors
    /// Words about the address that cannot be used; they do not repeat the password.
    pub fn smtp(url: &str, from: &str, host: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "is no address such as smtps://user:password@mail.example.com".to_owned())?;
        let from = from.parse().map_err(|error| format!("has a sender that is not an e-mail address: {error}"))?;
        let builder = builder.timeout(Some(TIMEOUT)).hello_name(ClientId::Domain(host.to_owned()));
        Ok(Self(Some(Arc::new(Smtp { transport: builder.build(), from }))))
    }

    /// Whether mails leave the program.
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Connects to the mail server and signs in, without sending anything.
    ///
    /// # Errors
    /// What happened, in words.
    pub async fn check(&self) -> Result<(), String> {
        let Some(smtp) = &self.0 else { return Err("no mail server is configured".into()) };
        match smtp.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer".into()),
            Err(error) => Err(words(&error)),
        }
    }

    /// Hands over one mail. Its Message-ID is made of `id`, so that one that is sent twice can be told.
    pub(super) async fn deliver(
        &self,
        id: MailId,
        at: DateTime<Utc>,
        recipient: &str,
        subject: &str,
        body: Body,
    ) -> Result<(), Refusal> {
        let Some(smtp) = &self.0 else {
            return Err(Refusal { reason: "no mail server is configured".into(), is_final: false });
        };
        let message =
            smtp.message(id, at, recipient, subject, body).map_err(|reason| Refusal { reason, is_final: true })?;
        match smtp.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let is_sign_in = error.status().is_some_and(|code| SIGN_IN_REPLIES.contains(&code.into()));
                Err(Refusal { is_final: error.is_permanent() && !is_sign_in, reason: words(&error) })
            }
        }
    }
}

impl Smtp {
    /// The mail as it is handed over.
    ///
    /// # Errors
    /// In words, what about it makes no mail.
    fn message(
        &self,
        id: MailId,
        at: DateTime<Utc>,
        recipient: &str,
        subject: &str,
        body: Body,
    ) -> Result<Message, String> {
        let recipient = recipient.parse().map_err(|error| format!("no mail address: {error}"))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(subject)
            .date(at.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // No machine should answer it (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(body.text, body.html))
            .map_err(|error| error.to_string())
    }
}

/// An error with its causes, on one line and without what terminals obey: a log repeats the server's words.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words.replace(char::is_control, " ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::letter::{Letter, write},
        *,
    };

    /// Names of the headers of a mail that is written of a letter.
    fn headers(letter: Letter<'_>, locale: &str) -> Vec<String> {
        let mailer = Mailer::smtp("smtp://127.0.0.1:1025", "Biseda <help@example.com>", "example.com").unwrap();
        let (subject, body) = write(letter, locale, "https://help.example.com/x/1");
        let id = MailId(uuid::Uuid::nil());
        let mail = mailer.0.unwrap().message(id, DateTime::UNIX_EPOCH, "ana@example.com", &subject, body).unwrap();
        let mail = String::from_utf8(mail.formatted()).unwrap();
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn no_letter_takes_headers_from_a_name() {
        const HOSTILE: &str = "Alba\r\nBcc: x@evil.example\nX-Evil: 1\r\n\r\nDear\rBcc: y@evil.example";
        for (plain, hostile) in Letter::each("Alba").into_iter().zip(Letter::each(HOSTILE)) {
            for locale in ["en", "sq"] {
                assert_eq!(headers(hostile, locale), headers(plain, locale), "{hostile:?}");
            }
        }
        assert!(headers(Letter::PasswordReset, "en").contains(&"Subject".to_owned()));
    }

    #[test]
    fn addresses_of_mail_servers_are_checked() {
        for good in
            ["smtp://127.0.0.1:1025", "smtps://user:pass@mail.example.com", "smtp://mail.example.com:587?tls=required"]
        {
            assert!(Mailer::smtp(good, "Biseda <help@example.com>", "example.com").is_ok(), "{good}");
        }
        for (url, from) in [("mail.example.com", "a@b.al"), ("http://x", "a@b.al"), ("smtp://x", "nobody")] {
            assert!(Mailer::smtp(url, from, "example.com").is_err(), "{url} {from}");
        }
    }
}
