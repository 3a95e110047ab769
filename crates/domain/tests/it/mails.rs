//! Mails on their way: queued with what they tell of, tried again, kept without a mail server.

use std::{sync::Arc, time::Duration};

use db::{SystemClock, testing};
use domain::{
    Error, Services,
    accounts::{self, Authenticated, ClientInfo},
    jobs::{self, Job, Runner},
    mails,
    platform::Operator,
};
use types::{id::MailId, mail::MailStatus, organization::SignUp};

use crate::{
    platform::operator,
    smtp,
    support::{services, services_over},
};

/// Signs somebody up; a mail asks for a confirmation of the address.
pub async fn sign_up(services: &Services) -> (Authenticated, String) {
    let form = SignUp {
        organization_name: "Bukë & Kripë".into(),
        name: "Ana <b>Hoxha</b>".into(),
        email: format!("ana-{}@example.com", uuid::Uuid::new_v4().simple()),
        password: "correct horse battery".into(),
        locale: "sq".into(),
    };
    let token = accounts::sign_up(services, form, &ClientInfo::default()).await.unwrap().signed_in().unwrap().token;
    (accounts::authenticate(services, &token).await.unwrap().unwrap(), token)
}

/// The ids of the mails to somebody, the oldest first.
pub async fn mails_to(services: &Services, recipient: &str) -> Vec<MailId> {
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("select id from mails where recipient = $1 order by id")
        .bind(recipient)
        .fetch_all(services.db.system().pool())
        .await
        .unwrap();
    ids.into_iter().map(MailId).collect()
}

/// Text of the newest mail of a kind to somebody, as platform admins read it.
pub async fn newest_text(services: &Services, recipient: &str, kind: &str) -> String {
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from mails where recipient = $1 and kind = $2 order by created_at desc limit 1")
            .bind(recipient)
            .bind(kind)
            .fetch_one(services.db.system().pool())
            .await
            .expect("a mail");
    mails::get(services, &operator(services).await.operator, MailId(id)).await.unwrap().text.expect("a text")
}

/// The token at the end of the link in a text.
pub fn token_of(text: &str) -> String {
    let link = text.lines().find(|line| line.starts_with("http://biseda.test/")).expect("a link");
    link.rsplit('/').next().unwrap().to_owned()
}

async fn run(services: &Services, id: MailId) -> anyhow::Result<()> {
    jobs::run(services, Job::SendMail { mail_id: id }).await
}

async fn state(services: &Services, id: MailId) -> (MailStatus, i32, Option<String>, bool) {
    let mail = mails::get(services, &operator(services).await.operator, id).await.unwrap();
    (mail.summary.status, mail.summary.attempts, mail.summary.error, mail.text.is_some())
}

#[tokio::test]
async fn a_mail_is_sent_once_with_text_and_html_and_forgotten() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (somebody, _) = sign_up(&services).await;
    let email = &somebody.me.email;
    let id = mails_to(&services, email).await[0];
    assert_eq!(state(&services, id).await, (MailStatus::Queued, 0, None, true));
    for _ in 0..2 {
        run(&services, id).await.unwrap();
    }
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "sent once");
    assert!(taken[0].from.contains("<help@biseda.test>") && taken[0].to.contains(email.as_str()), "{taken:?}");
    let data = &taken[0].data;
    for part in [
        "From: Biseda <help@biseda.test>",
        &format!("Message-ID: <{id}@biseda.test>"),
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
    ] {
        assert!(data.contains(part), "{part} in {data}");
    }
    assert!(!data.contains("Hoxha"), "whoever signs up with another's address sends no words of their own: {data}");
    assert!(taken[0].path().starts_with("/verify/"), "{}", taken[0].path());
    assert_eq!(state(&services, id).await, (MailStatus::Sent, 1, None, false));
}

#[tokio::test]
async fn the_queue_sends_what_was_written_and_tries_again() {
    let server = smtp::start().await;
    let services = server.used_by(&services_over(testing::own_database(Arc::new(SystemClock)).await));
    server.answer(&["451 4.3.0 later"]);
    let runner = Runner::start(&services).await.unwrap();
    let (somebody, _) = sign_up(&services).await;
    for _ in 0..150 {
        if !server.taken().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    runner.stop().await;
    assert_eq!(server.taken().len(), 1);
    let id = mails_to(&services, &somebody.me.email).await[0];
    assert_eq!(state(&services, id).await, (MailStatus::Sent, 2, None, false));
}

#[tokio::test]
async fn a_mail_that_cannot_be_taken_now_is_tried_again() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (somebody, _) = sign_up(&services).await;
    let id = mails_to(&services, &somebody.me.email).await[0];
    server.answer(&["451 4.3.0 the disk is full"]);
    run(&services, id).await.expect_err("the queue is to try again");
    let (status, attempts, error, has_text) = state(&services, id).await;
    assert_eq!((status, attempts, has_text), (MailStatus::Queued, 1, true));
    assert!(error.as_deref().is_some_and(|words| words.contains("the disk is full")), "{error:?}");

    // Nobody listens there.
    let away = Services {
        mailer: domain::mails::Mailer::smtp("smtp://127.0.0.1:1", "a@b.al", "b.al").unwrap(),
        ..services.clone()
    };
    run(&away, id).await.expect_err("the queue is to try again");
    // Refused because of how we sign in: the operator can set that right.
    server.answer_recipients(&["530 5.7.0 authentication required"]);
    run(&services, id).await.expect_err("the queue is to try again");
    run(&services, id).await.unwrap();
    assert_eq!(state(&services, id).await, (MailStatus::Sent, 4, None, false));
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_not_tried_again() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (somebody, _) = sign_up(&services).await;
    let id = mails_to(&services, &somebody.me.email).await[0];
    server.answer_recipients(&["550 5.1.1 no such person"]);
    for _ in 0..2 {
        run(&services, id).await.expect("nothing is left to do");
    }
    let (status, attempts, error, _) = state(&services, id).await;
    assert_eq!((status, attempts), (MailStatus::Failed, 1));
    assert!(error.as_deref().is_some_and(|words| words.contains("no such person")), "{error:?}");
    assert_eq!(server.taken().len(), 0);
    mails::resend(&services, &operator(&services).await.operator, id).await.unwrap();
    run(&services, id).await.unwrap();
    assert_eq!(state(&services, id).await.0, MailStatus::Sent);
}

#[tokio::test]
async fn a_mail_that_another_worker_has_sent_meanwhile_stays_sent() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (somebody, _) = sign_up(&services).await;
    let id = mails_to(&services, &somebody.me.email).await[0];
    let mut other = services.db.system().begin().await.unwrap();
    let sent = sqlx::query("update mails set status = 'sent', body = null where id = $1").bind(id.0);
    sent.execute(&mut *other).await.unwrap();
    server.answer(&["451 4.3.0 later"]);
    let late = async {
        run(&services, id).await.expect_err("what the server said");
    };
    let meanwhile = async {
        while !server.has_answered() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        other.commit().await.unwrap();
    };
    tokio::join!(late, meanwhile);
    assert_eq!(state(&services, id).await.0, MailStatus::Sent);
}

#[tokio::test]
async fn what_a_mail_server_says_stays_on_one_line() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (somebody, _) = sign_up(&services).await;
    let id = mails_to(&services, &somebody.me.email).await[0];
    // A line ends in CRLF: either alone stands within it.
    for reply in ["451 4.3.0 later\nERROR forged", "451 4.3.0 later\rERROR forged", "451 4.3.0 later\u{1b}ERROR forged"]
    {
        server.answer(&[reply]);
        let told = run(&services, id).await.expect_err("the queue is to try again").to_string();
        let (.., error, _) = state(&services, id).await;
        for words in [told, error.expect("a reason")] {
            assert!(words.contains("later ERROR forged") && !words.contains(char::is_control), "{words:?}");
        }
    }
}

#[tokio::test]
async fn without_a_mail_server_mails_are_kept_for_platform_admins_alone() {
    // On a database of its own: the list holds the newest of all organizations.
    let services = services_over(testing::own_database(Arc::new(SystemClock)).await);
    let (somebody, _) = sign_up(&services).await;
    let me = &somebody.me;
    let id = mails_to(&services, &me.email).await[0];
    let (status, attempts, _, has_text) = state(&services, id).await;
    assert_eq!((status, attempts, has_text), (MailStatus::Kept, 0, true));
    let admin = operator(&services).await.operator;
    let listed = mails::list(&services, &admin, Some(MailStatus::Kept)).await.unwrap();
    assert!(listed.iter().any(|mail| mail.id == id && mail.kind == "verification"));
    // Nobody else can ask: the verbs take an operator, which a plain owner is not.
    for refused in [
        Operator::of(&services, &somebody, ClientInfo::default()).await.map(|_| ()),
        mails::resend(&services, &admin, id).await,
    ] {
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    // The text is not to be read in the table.
    let raw: Vec<u8> = sqlx::query_scalar("select body from mails where id = $1")
        .bind(id.0)
        .fetch_one(services.db.system().pool())
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&raw).contains("biseda.test"));
}

#[tokio::test]
async fn a_mail_exists_only_with_what_it_tells_of() {
    let (services, _) = services().await;
    let (somebody, _) = sign_up(&services).await;
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let choice = "member".parse().unwrap();
    let mut cx = services.db.begin(somebody.me.organization.id, somebody.actor()).await.unwrap();
    domain::invitations::create(&services, &mut cx, &email, choice).await.unwrap();
    drop(cx);
    assert!(mails_to(&services, &email).await.is_empty());
}
