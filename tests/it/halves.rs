use crate::support::{Browser, Gate, METRICS_TOKEN, Postgres, Program, Provider, folder, pairs, until};

#[tokio::test]
async fn web_and_worker_share_the_work_on_one_database() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let provider = Provider::start(&Gate::default()).await;
    let (url, embeddings) = (postgres.url(), provider.settings());
    let mut settings = pairs(&embeddings);
    settings.extend([("DATABASE_URL", url.as_str()), METRICS_TOKEN]);
    let data = folder.path().join("data");
    // At the same moment, on an empty database: either may have to make the schema.
    let mut web = Program::start(&data, "web", &settings);
    let mut worker = Program::start(&data, "worker", &settings);
    tokio::join!(web.wait_ready(), worker.wait_ready());
    assert!(web.log().contains("working as biseda_app instead"), "an owner's address: {}", web.log());
    assert_eq!(worker.get("/login").await.0, 404, "a worker has no pages");

    let owner = Browser::at(&web);
    owner.sign_up("Alba Coffee", "olta@example.com").await;
    let visitor = Browser::visitor(&web, &postgres.pool().await).await;
    let mut socket = visitor.socket().await;
    visitor.says("first", "When do you open?").await.ok();
    // Written by the worker, told by the web process.
    let answer = socket.answers(1).await;
    assert!(answer.contains("could not find an answer"), "{answer}");
    let done = r#"biseda_jobs_total{kind="reply_as_agent",result="done"} 1"#;
    until("the worker's figures", async || worker.figures().await.contains(done).then_some(())).await;
    assert!(web.figures().await.contains(&done.replace(" 1", " 0")));

    // Without a worker the question waits, and the next one finds it.
    worker.stop().await;
    visitor.says("second", "Do you sell beans?").await.ok();
    let worker = Program::ready(&data, "worker", &settings).await;
    socket.answers(2).await;
    assert_eq!(visitor.thread().await.len(), 4);
    worker.stop().await;
    web.stop().await;
}
