//! What is removed by itself: old sessions, files whose rows are gone, uploads that nobody sent, what a crash left.

use std::{
    fs::{self, File},
    io,
    path::PathBuf,
    time::Duration,
};

use bytes::Bytes;
use chrono::TimeDelta;
use db::sqlx;
use domain::{
    Settings,
    accounts::{self, ClientInfo},
    agents, attachments, canned_responses, contacts, events,
    jobs::{self, Job},
    knowledge, messages, upkeep,
};
use futures::{Stream, stream};
use types::{organization::SignUp, widget::WidgetMessage};

use crate::{
    desk::{Desk, own_desk, widget_message},
    support::{assert_not_found, own_world},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and some pixels";

fn picture() -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::iter([Ok(Bytes::from_static(PNG))])
}

fn folder(desk: &Desk) -> PathBuf {
    desk.services.settings.files_dir.join(desk.world.a.id.to_string())
}

/// Lets a file look as if it had been there for long.
fn age(path: &PathBuf) {
    let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[tokio::test]
async fn a_contacts_files_go_with_the_contact_and_no_others() {
    let desk = own_desk().await;
    let mut paths = Vec::new();
    let mut people = Vec::new();
    for _ in 0..2 {
        let visitor = desk.visitor().await;
        let file = attachments::upload_as_visitor(&desk.services, &visitor, "a.png", picture()).await.unwrap();
        let message = WidgetMessage { attachments: vec![file.id], ..widget_message("", "c1") };
        let sent = messages::receive(&desk.services, &visitor, message).await.unwrap();
        people.push(desk.get(sent.conversation_id).await.summary.contact_id);
        paths.push(folder(&desk).join(file.id.to_string()));
    }
    let mut cx = desk.world.cx_b().await;
    assert_not_found(contacts::delete(&mut cx, people[0]).await);
    drop(cx);
    let mut cx = desk.cx().await;
    contacts::delete(&mut cx, people[0]).await.unwrap();
    drop(cx);
    jobs::run(&desk.services, Job::Tick).await.unwrap();
    assert!(paths[0].exists(), "what was rolled back keeps its files");

    let mut cx = desk.cx().await;
    contacts::delete(&mut cx, people[0]).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert!(paths[0].exists(), "the file goes after the commit");
    for _ in 0..2 {
        jobs::run(&desk.services, Job::Tick).await.unwrap();
    }
    assert!(!paths[0].exists());
    assert!(paths[1].exists());
}

#[tokio::test]
async fn uploads_whose_message_never_came_go_after_a_day() {
    let desk = own_desk().await;
    let visitor = desk.visitor().await;
    let upload = || attachments::upload_as_visitor(&desk.services, &visitor, "a.png", picture());
    let (forgotten, sent) = (upload().await.unwrap(), upload().await.unwrap());
    let message = WidgetMessage { attachments: vec![sent.id], ..widget_message("", "c1") };
    messages::receive(&desk.services, &visitor, message).await.unwrap();
    let path = |id: types::id::AttachmentId| folder(&desk).join(id.to_string());
    upkeep::run(&desk.services).await.unwrap();
    assert!(path(forgotten.id).exists(), "its message may still come");
    desk.world.clock.advance(TimeDelta::hours(25));
    for _ in 0..2 {
        upkeep::run(&desk.services).await.unwrap();
    }
    assert!(!path(forgotten.id).exists());
    assert!(path(sent.id).exists());
    let token = forgotten.url.split_once("?token=").unwrap().1;
    assert_not_found(attachments::open_for_visitor(&desk.services, forgotten.id, token).await);
}

#[tokio::test]
async fn what_a_crash_left_between_a_file_and_its_row_goes_when_it_is_old() {
    let desk = own_desk().await;
    let (visitor, conversation) = desk.conversation().await;
    let owner = desk.world.a.owner.clone();
    let kept = attachments::upload(&desk.services, desk.world.a.id, owner.clone(), conversation, "a.png", picture());
    let kept = folder(&desk).join(kept.await.unwrap().id.to_string());
    let text = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"Opening hours: nine to five."))]);
    let source = knowledge::create_file(&desk.services, desk.world.a.id, owner, "", "a.txt", "text/plain", text);
    let source = folder(&desk).join("knowledge").join(source.await.unwrap().id.to_string());
    let stray = |name: String| {
        let path = folder(&desk).join(name);
        fs::write(&path, "left over").unwrap();
        path
    };
    let id = || desk.services.db.new_id();
    let strays = [stray(id().to_string()), stray(format!("{}.part", id())), stray(format!("knowledge/{}", id()))];
    let (young, foreign) = (stray(id().to_string()), stray("notes.txt".into()));
    for path in strays.iter().chain([&kept, &source, &foreign]) {
        age(path);
    }
    upkeep::run(&desk.services).await.unwrap();
    assert!(strays.iter().all(|path| !path.exists()));
    for path in [&kept, &source, &young, &foreign] {
        assert!(path.exists(), "{}", path.display());
    }
    drop(visitor);
}

#[tokio::test]
async fn copies_of_documents_that_a_killed_process_read_are_removed() {
    let desk = own_desk().await;
    let reading = desk.services.settings.files_dir.join("reading");
    fs::create_dir_all(&reading).unwrap();
    let [old, young] = ["pdf", "docx"].map(|end| reading.join(format!("{}.{end}", desk.services.db.new_id())));
    for path in [&old, &young] {
        fs::write(path, "a contract").unwrap();
    }
    age(&old);
    upkeep::run(&desk.services).await.unwrap();
    assert!(!old.exists() && young.exists());
}

#[tokio::test]
async fn answers_that_are_no_longer_remembered_and_old_syncs_are_removed() {
    let desk = own_desk().await;
    let text = || stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"Opening hours: nine to five."))]);
    let owner = desk.world.a.owner.clone();
    let source = knowledge::create_file(&desk.services, desk.world.a.id, owner, "", "a.txt", "text/plain", text())
        .await
        .unwrap();
    let mut cx = desk.cx().await;
    for _ in 0..5 {
        let id = cx.new_id();
        let sync = "insert into knowledge_syncs (organization_id, id, source_id, status, started_at)
                    values ($1, $2, $3, 'completed', now() - interval '1 day')";
        sqlx::query(sync).bind(desk.world.a.id.0).bind(id).bind(source.id.0).execute(cx.conn()).await.unwrap();
        let page =
            "insert into knowledge_sync_pages (organization_id, sync_id, location, depth) values ($1, $2, '/', 0)";
        sqlx::query(page).bind(desk.world.a.id.0).bind(id).execute(cx.conn()).await.unwrap();
    }
    assert!(matches!(
        domain::idempotency::reserve(&desk.services, &mut cx, "k", b"one").await.unwrap(),
        domain::idempotency::Reserved::New
    ));
    domain::idempotency::store(&desk.services, &mut cx, "k", 200, b"a secret").await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let count = async |table: &str| {
        let count = format!("select count(*) from {table}");
        sqlx::query_scalar::<_, i64>(&count).fetch_one(desk.cx().await.conn()).await.unwrap()
    };
    upkeep::run(&desk.services).await.unwrap();
    assert_eq!((count("idempotency_keys").await, count("knowledge_syncs").await), (1, 3));
    assert_eq!(count("knowledge_sync_pages where location = '/'").await, 2, "their pages go along");
    desk.world.clock.advance(TimeDelta::hours(25));
    upkeep::run(&desk.services).await.unwrap();
    assert_eq!(count("idempotency_keys").await, 0);
}

#[tokio::test]
async fn files_stay_while_a_backup_reads() {
    let desk = own_desk().await;
    let visitor = desk.visitor().await;
    let file = attachments::upload_as_visitor(&desk.services, &visitor, "a.png", picture()).await.unwrap();
    let message = WidgetMessage { attachments: vec![file.id], ..widget_message("", "c1") };
    let sent = messages::receive(&desk.services, &visitor, message).await.unwrap();
    let contact = desk.get(sent.conversation_id).await.summary.contact_id;
    let stray = folder(&desk).join(desk.services.db.new_id().to_string());
    fs::write(&stray, "left over").unwrap();
    age(&stray);

    let mut backup = desk.services.db.system().pool().acquire().await.unwrap().detach();
    db::files::hold(&mut backup).await.unwrap();
    let mut cx = desk.cx().await;
    contacts::delete(&mut cx, contact).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    jobs::run(&desk.services, Job::Tick).await.unwrap();
    upkeep::run(&desk.services).await.unwrap();
    let path = folder(&desk).join(file.id.to_string());
    assert!(path.exists() && stray.exists());

    sqlx::Connection::close(backup).await.unwrap();
    upkeep::run(&desk.services).await.unwrap();
    assert!(!path.exists() && !stray.exists());
}

#[tokio::test]
async fn a_session_in_use_lasts_and_others_are_removed() {
    let world = own_world().await;
    let services = &world.services;
    let form = SignUp {
        organization_name: "Drini Books".into(),
        name: "Drita".into(),
        email: format!("{}@example.com", services.db.new_id().simple()),
        password: "correct horse battery".into(),
        locale: "en".into(),
    };
    let email = form.email.clone();
    let watching = accounts::sign_up(services, form, &ClientInfo::default()).await.unwrap().signed_in().unwrap().token;
    let idle = accounts::log_in(services, &email, "correct horse battery", &ClientInfo::default()).await.unwrap().token;
    // A live socket asks once a minute; once a day is enough to be seen here.
    for _ in 0..31 {
        world.clock.advance(TimeDelta::days(1));
        assert!(accounts::authenticate(services, &watching).await.unwrap().is_some());
    }
    let me = accounts::authenticate(services, &watching).await.unwrap().unwrap();
    let count = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from sessions where user_id = $1")
            .bind(me.me.user_id.0)
            .fetch_one(services.db.system().pool())
            .await
            .unwrap()
    };
    assert_eq!(count().await, 2);
    upkeep::run(services).await.unwrap();
    assert_eq!(count().await, 1);
    assert!(accounts::authenticate(services, &watching).await.unwrap().is_some());
    assert!(accounts::authenticate(services, &idle).await.unwrap().is_none());
}

#[tokio::test]
async fn a_contact_that_is_deleted_while_it_writes_is_gone_or_begins_anew() {
    let desk = crate::desk::desk().await;
    for _ in 0..10 {
        let (visitor, conversation) = desk.conversation().await;
        let contact = desk.get(conversation).await.summary.contact_id;
        let delete = async {
            let mut cx = desk.cx().await;
            contacts::delete(&mut cx, contact).await.unwrap();
            desk.services.commit(cx).await.unwrap();
        };
        let write = messages::receive(&desk.services, &visitor, widget_message("Hello again", "again"));
        let ((), written) = tokio::join!(delete, write);
        // Whichever came first: no lock that each waits for, and no message in a conversation that is gone.
        let written = written.unwrap();
        let shown = domain::visitors::conversation(&desk.services, &visitor).await.unwrap();
        assert!(shown.is_none_or(|shown| shown.id == written.conversation_id && shown.messages.len() == 1));
    }
}

#[tokio::test]
async fn a_part_of_the_upkeep_that_fails_does_not_end_the_rest() {
    let desk = own_desk().await;
    let mut services = desk.services.clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file where the folder should be");
    File::create(&file).unwrap();
    services.settings = Settings { files_dir: file, ..(*services.settings).clone() }.into();
    let mut cx = desk.cx().await;
    canned_responses::create(&mut cx, "hello", "Hello").await.unwrap();
    services.commit(cx).await.unwrap();
    while events::publish(&services).await.unwrap() > 0 {}
    desk.conversation().await;
    while events::publish(&services).await.unwrap() > 0 {}
    desk.world.clock.advance(TimeDelta::days(200));
    upkeep::run(&services).await.unwrap_err();
    let left: i64 = sqlx::query_scalar(
        "select count(*) from events where organization_id = $1 and resource_type = 'canned_response'",
    )
    .bind(desk.world.a.id.0)
    .fetch_one(desk.cx().await.conn())
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn deleted_agents_whose_job_was_given_up_go_with_the_upkeep() {
    let desk = Desk::over(own_world().await, true).await;
    let (_, conversation) = desk.conversation().await;
    let agent = desk.agent.unwrap();
    let mut cx = desk.cx().await;
    agents::delete(&mut cx, agent).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.get(conversation).await.summary.agent_id, Some(agent));
    upkeep::run(&desk.services).await.unwrap();
    assert_eq!(desk.get(conversation).await.summary.agent_id, None);
    let mut cx = desk.cx().await;
    let left = sqlx::query("select from agents where id = $1").bind(agent.0).fetch_optional(cx.conn()).await;
    assert!(left.unwrap().is_none());
}
