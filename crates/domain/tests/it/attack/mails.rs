//! Names that try to write a mail's headers and markup. Forms take no line breaks; these names came in by another way.

use domain::{
    invitations,
    jobs::{self, Job},
};
use types::member::{Role, RoleChoice};

use crate::{
    mails::{mails_to, sign_up},
    smtp,
    support::services,
};

const NAME: &str =
    "Alba\r\nBcc: x@evil.example\nX-Evil: 1\r\n\r\n<script>alert(1)</script><img src=https://evil.example/p>";

#[tokio::test]
async fn a_name_writes_neither_headers_nor_markup_of_a_mail() {
    let (services, _) = services().await;
    let server = smtp::start().await;
    let services = server.used_by(&services);
    let (owner, _) = sign_up(&services).await;
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let mut cx = services.db.begin(owner.me.organization.id, owner.actor()).await.unwrap();
    for update in [
        "update organizations set name = $2 where id = $1",
        "update users set name = $2 where id in (select user_id from members where organization_id = $1)",
    ] {
        sqlx::query(update).bind(owner.me.organization.id.0).bind(NAME).execute(cx.conn()).await.unwrap();
    }
    let plain = RoleChoice { role: Role::Member, custom: None };
    invitations::create(&services, &mut cx, &email, plain).await.unwrap();
    services.commit(cx).await.unwrap();
    jobs::run(&services, Job::SendMail { mail_id: mails_to(&services, &email).await[0] }).await.unwrap();

    let taken = server.taken();
    let mail = taken.iter().find(|mail| mail.to.contains(&email)).expect("sent");
    let (head, body) = mail.data.split_once("\r\n\r\n").expect("a head");
    let names: Vec<&str> =
        head.lines().filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
    for forged in ["Bcc", "X-Evil", "bcc"] {
        assert!(!names.contains(&forged), "{head}");
    }
    let body = body.replace("=\r\n", "").replace("=3D", "=");
    let html = body.split("text/html").nth(1).expect("an HTML part");
    assert!(html.contains("&lt;script"), "the name is there: {html}");
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
}
