use std::{
    io::{Read, Write},
    net::TcpStream,
};

use db::embedded::Embedded;
use nix::sys::signal::{Signal, kill};

use crate::support::{Browser, METRICS_TOKEN, Program, folder, run, server_pid, until};

#[tokio::test]
async fn it_starts_with_nothing_configured_and_leaves_nothing_behind() {
    let folder = folder();
    let data = folder.path().join("data");
    let mut program = Program::ready(&data, "serve", &[]).await;
    let log = program.log();
    assert!(log.contains(&format!("ready: http://localhost:{}", program.address.port())), "{log}");
    assert!(!log.contains("CREATE"), "a log, not the text of migrations: {log}");
    assert_eq!(program.get("/health/live").await, (200, "live".into()));
    assert_eq!(program.get("/health/ready").await, (200, "ready".into()));
    assert_eq!(program.get("/").await.0, 200);
    // Not even for this machine, from which a proxy comes, too.
    assert_eq!(program.get("/metrics").await.0, 403);

    let address = program.address.to_string();
    let same_address = run(&data, &["serve"], &[("BISEDA_LISTEN", &address)]).await;
    assert!(!same_address.success && same_address.stderr.contains("setting listen"), "{}", same_address.stderr);
    assert!(same_address.stderr.contains("another biseda runs on the data folder"), "{}", same_address.stderr);
    let same_folder = run(&data, &["serve"], &[("BISEDA_LISTEN", "127.0.0.1:0")]).await;
    let words = format!("another biseda (process {}) runs on the data folder", program.pid());
    assert!(!same_folder.success && same_folder.stderr.contains(&words), "{}", same_folder.stderr);
    assert!(same_folder.stderr.contains("BISEDA_DATA_DIR"), "{}", same_folder.stderr);
    assert!(program.is_running());

    // A request that is half sent when the program is told to stop.
    let mut half = TcpStream::connect(program.address).unwrap();
    let body = r#"{"channel_key":"none"}"#;
    write!(
        half,
        "POST /widget/api/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{}",
        body.len(),
        &body[..5]
    )
    .unwrap();
    // Its head has been read when a whole request after it is answered.
    assert_eq!(program.get("/health/live").await.0, 200);
    let server = server_pid(&data.join("postgres")).unwrap();
    program.signal(Signal::SIGTERM);
    until("the beginning of the stop", || std::future::ready(program.log().contains("stopping").then_some(()))).await;
    half.write_all(&body.as_bytes()[5..]).unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "what was begun is finished: {answer}");
    assert!(program.ended().await.success(), "{}", program.log());
    assert!(kill(server, None).is_err(), "no database is left running");
    assert!(Embedded::of_running(&data).is_none());
    assert!(TcpStream::connect(program.address).is_err());
}

#[tokio::test]
async fn it_can_be_stopped_while_it_starts() {
    let folder = folder();
    let data = folder.path().join("data");
    // A database that takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://biseda:secret@{}/biseda", silent.local_addr().unwrap());
    let mut program = Program::start(&data, "serve", &[("DATABASE_URL", &url)]);
    let _held = silent.accept().await.unwrap();
    program.signal(Signal::SIGTERM);
    assert!(program.ended().await.success(), "{}", program.log());

    // The embedded one, which has just been started.
    let mut program = Program::start(&data, "serve", &[]);
    let server = until("a server", || std::future::ready(server_pid(&data.join("postgres")))).await;
    program.signal(Signal::SIGTERM);
    assert!(program.ended().await.success(), "{}", program.log());
    assert!(kill(server, None).is_err(), "no database is left running: {}", program.log());
    Program::ready(&data, "serve", &[]).await.stop().await;
}

#[tokio::test]
async fn counters_that_alerts_watch_begin_at_zero() {
    let folder = folder();
    let program = Program::ready(&folder.path().join("data"), "serve", &[METRICS_TOKEN]).await;
    let figures = program.figures().await;
    for series in [
        "biseda_connections_refused_total",
        "biseda_jobs_total{kind=\"reply_as_agent\",result=\"failed\"}",
        "biseda_mails_total{result=\"failed\"}",
        "biseda_mails_total{result=\"queued\"}",
        "biseda_webhook_attempts_total{result=\"failed\"}",
    ] {
        assert!(figures.lines().any(|line| line == format!("{series} 0")), "{series} in {figures}");
    }
    let rules = std::fs::read_to_string("deploy/alerts.yml").unwrap();
    let words = rules.split(|c: char| !c.is_ascii_lowercase() && c != '_');
    let counters: Vec<_> = words.filter(|word| word.starts_with("biseda_") && word.ends_with("_total")).collect();
    assert!(counters.len() > 5, "{counters:?}");
    for counter in counters {
        assert!(figures.lines().any(|line| line.starts_with(counter)), "{counter} in {figures}");
    }
    program.stop().await;
}

#[tokio::test]
async fn a_killed_program_goes_on_at_the_next_start() {
    let folder = folder();
    let data = folder.path().join("data");
    let program = Program::ready(&data, "serve", &[]).await;
    Browser::at(&program).sign_up("Alba Coffee", "olta@example.com").await;
    let orphan = server_pid(&data.join("postgres")).unwrap();
    // Forgotten, not dropped: the database that it leaves running is part of the story.
    program.signal(Signal::SIGKILL);
    let mut killed = std::mem::ManuallyDrop::new(program);
    killed.ended().await;
    assert!(kill(orphan, None).is_ok());

    let program = Program::ready(&data, "serve", &[]).await;
    assert_ne!(server_pid(&data.join("postgres")), Some(orphan));
    let browser = Browser::at(&program);
    assert_eq!(browser.log_in("olta@example.com", "correct horse battery").await.location, "/app");
    assert!(browser.get("/app").await.text.contains("Alba Coffee"));
    program.stop().await;
}
