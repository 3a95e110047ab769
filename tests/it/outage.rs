use std::time::Duration;

use db::sqlx;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Browser, Gate, METRICS_TOKEN, Postgres, Program, Provider, Proxy, folder, pairs, until};

#[tokio::test]
async fn ten_seconds_without_a_database_lose_nothing() {
    let folder = folder();
    let mut postgres = Postgres::start().await;
    let mut proxy = Proxy::to(postgres.port()).await;
    let provider = Provider::start(&Gate::default()).await;
    let (url, embeddings) = (postgres.url_through(proxy.port()), provider.settings());
    let mut settings = pairs(&embeddings);
    settings.extend([("DATABASE_URL", url.as_str()), METRICS_TOKEN]);
    let data = folder.path().join("data");
    let mut web = Program::ready(&data, "web", &settings).await;
    let mut worker = Program::ready(&data, "worker", &settings).await;
    let owner = Browser::at(&web);
    owner.sign_up("Alba Coffee", "olta@example.com").await;
    let visitor = Browser::visitor(&web, &postgres.pool().await).await;
    let mut socket = visitor.socket().await;
    visitor.says("before", "When do you open?").await.ok();
    socket.answers(1).await;

    proxy.close();
    postgres.stop().await;
    let stopped = std::time::Instant::now();
    let (said, page, ready, public) = tokio::join!(
        visitor.says("during", "Do you sell beans?"),
        owner.get("/app"),
        web.get("/health/ready"),
        web.get("/login")
    );
    assert_eq!(said.status, 503, "{}", said.text);
    let error: Value = serde_json::from_str::<Value>(&said.text).unwrap()["error"].take();
    assert_eq!(error["code"], "unavailable");
    assert!(error["message"].as_str().unwrap().contains("try again"), "{error}");
    assert!(error["request_id"].is_string());
    assert_eq!(page.status, 503, "the member is not sent to the sign-in page: {}", page.location);
    assert!(page.text.contains("not available right now") || page.text.contains("try again"), "{}", page.text);
    assert_eq!(ready.0, 503);
    assert!(web.figures().await.contains("biseda_database_up 0"));
    assert_eq!(web.get("/health/live").await.0, 200);
    assert_eq!(public.0, 200, "what needs no database is there");
    tokio::time::sleep(Duration::from_secs(10).saturating_sub(stopped.elapsed())).await;

    postgres.start_again().await;
    proxy.open(postgres.port()).await;
    // The browser sends it again until it is taken, under the same id.
    until("an accepted message", async || {
        (visitor.says("during", "Do you sell beans?").await.status == 200).then_some(())
    })
    .await;
    visitor.says("during", "Do you sell beans?").await.ok();
    // On the socket that was open all the time, by the worker that ran all the time.
    socket.answers(2).await;
    let thread = visitor.thread().await;
    let authors: Vec<&str> = thread.iter().map(|(author, _)| author.as_str()).collect();
    assert_eq!(authors[..3], ["contact", "agent", "contact"], "{thread:?}");
    assert_eq!(authors.iter().filter(|author| **author == "contact").count(), 2, "{thread:?}");
    assert_eq!(owner.get("/app").await.status, 200);
    assert_eq!(web.get("/health/ready").await.0, 200);
    assert!(web.figures().await.contains("biseda_database_up 1"));
    assert!(web.is_running() && worker.is_running());
    worker.stop().await;
    web.stop().await;
    postgres.stop().await;
}

#[tokio::test]
async fn a_file_whose_commit_was_not_confirmed_is_whole() {
    let folder = folder();
    let mut postgres = Postgres::start().await;
    let proxy = Proxy::to(postgres.port()).await;
    let data = folder.path().join("data");
    let web = Program::ready(&data, "web", &[("DATABASE_URL", &postgres.url_through(proxy.port()))]).await;
    Browser::at(&web).sign_up("Alba Coffee", "olta@example.com").await;
    let pool = postgres.pool().await;
    let visitor = Browser::visitor(&web, &pool).await;
    // Nothing else commits from here on.
    until("published events and sealed logs", async || {
        let waits: bool =
            sqlx::query_scalar("select exists (select from event_outbox) or exists (select from audit_outbox)")
                .fetch_one(&pool)
                .await
                .unwrap();
        (!waits).then_some(())
    })
    .await;
    proxy.lose_commit();
    let answer = visitor.uploads("hours.txt", "Nine to five.").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let (organization, id): (Uuid, Uuid) =
        sqlx::query_as("select organization_id, id from attachments").fetch_one(&pool).await.unwrap();
    let file = data.join("files").join(organization.to_string()).join(id.to_string());
    assert_eq!(std::fs::read_to_string(file).unwrap(), "Nine to five.");
    pool.close().await;
    web.stop().await;
    postgres.stop().await;
}
