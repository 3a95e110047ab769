//! One web node after the other is restarted.

use nix::sys::signal::Signal;

use crate::support::{Browser, Gate, Postgres, Program, Provider, folder, pairs};

#[tokio::test]
async fn a_web_node_that_stops_sends_its_sockets_to_another() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let provider = Provider::start(&Gate::default()).await;
    let (url, embeddings) = (postgres.url(), provider.settings());
    let mut settings = pairs(&embeddings);
    settings.push(("DATABASE_URL", &url));
    let data = folder.path().join("data");
    let mut first = Program::ready(&data, "web", &settings).await;
    let second = Program::ready(&data, "web", &settings).await;
    let worker = Program::ready(&data, "worker", &settings).await;
    Browser::at(&first).sign_up("Alba Coffee", "olta@example.com").await;
    let visitor = Browser::visitor(&first, &postgres.pool().await).await;
    let mut socket = visitor.socket().await;
    visitor.says("first", "When do you open?").await.ok();
    socket.answers(1).await;

    first.signal(Signal::SIGTERM);
    assert_eq!(socket.closed().await, Some(1012), "told to come back at once, not cut off");
    assert!(first.ended().await.success(), "{}", first.log());
    // While the socket is away.
    let elsewhere = visitor.at_another(&second);
    elsewhere.says("second", "Do you sell beans?").await.ok();
    let mut socket = socket.resumed(&elsewhere).await;
    socket.answers(2).await;
    worker.stop().await;
    second.stop().await;
}
