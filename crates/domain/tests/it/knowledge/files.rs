//! Texts and files as sources.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::body::Bytes;
use domain::{
    Actor, Error, Services,
    jobs::{self, Job},
    knowledge::{self, KnowledgeSettings},
};
use types::knowledge::{CrawlSettings, CreateTextSource, Source, SourceStatus};

use super::{add_site, locations, run, run_with, search, sync_again, sync_again_with};
use crate::{
    site::{Answer, Site},
    support::{World, delete_source, invalid_fields, two_organizations},
};

#[tokio::test]
async fn texts_and_files_are_read() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let input = CreateTextSource { name: "Opening hours".into(), content: "# Hours\n\nWe open at **nine**.".into() };
    let source = knowledge::create_text(&mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let source = run(&world, &source).await;
    assert_eq!((source.status, source.chunk_count), (SourceStatus::Ready, 1));
    assert_eq!(search(&world, "when do you open").await, ["We open at nine."]);
    assert_eq!(sync_again(&world, source.id).await.sync.unwrap().pages_unchanged, 1);

    let file = upload(&world, "../../prices.csv", "text/csv", b"Item,Price\nTea,2\nCoffee,3\n").await.unwrap();
    assert_eq!(file.location, "prices.csv");
    let path = world.services.settings.files_dir.join(format!("{}/knowledge/{}", world.a.id, file.id));
    assert!(path.exists());
    let file = run(&world, &file).await;
    assert_eq!(file.status, SourceStatus::Ready);
    assert_eq!(search(&world, "price of coffee").await[0], "Item: Tea\nPrice: 2\n\nItem: Coffee\nPrice: 3");
    delete_source(&world.services, world.cx_a().await, file.id).await.unwrap();
    jobs::run(&world.services, Job::Tick).await.unwrap();
    assert!(!path.exists() && search(&world, "price of coffee").await.iter().all(|text| !text.contains("Coffee")));
}

async fn upload(world: &World, name: &str, media_type: &str, bytes: &[u8]) -> domain::Result<Source> {
    let pieces: Vec<_> =
        bytes.chunks(1024 * 1024).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    let stream = futures::stream::iter(pieces);
    knowledge::create_file(&world.services, world.a.id, world.a.owner.clone(), "", name, media_type, stream).await
}

#[tokio::test]
async fn files_that_are_refused_leave_nothing() {
    let world = two_organizations().await;
    assert_eq!(invalid_fields(upload(&world, "a.pdf", "application/pdf", b"\x89PNG\r\n\x1a\n\0").await), ["file"]);
    assert_eq!(invalid_fields(upload(&world, "a.txt", "text/plain", b"").await), ["file"]);
    let large = vec![b'x'; 51 * 1024 * 1024];
    assert!(matches!(upload(&world, "a.txt", "text/plain", &large).await, Err(Error::TooLarge(_))));
    let folder = world.services.settings.files_dir.join(format!("{}/knowledge", world.a.id));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    assert!(knowledge::list(&mut world.cx_a().await).await.unwrap().is_empty());
}

/// Services whose reader of documents is a script.
fn with_reader(services: &Services, name: &str, script: &str) -> Services {
    use std::os::unix::fs::PermissionsExt;
    let folder = &services.settings.files_dir;
    std::fs::create_dir_all(folder).unwrap();
    let program = folder.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut services = services.clone();
    let mut settings = (*services.settings).clone();
    let extract_timeout = Duration::from_secs(2);
    settings.knowledge = KnowledgeSettings { extract_program: Some(program), extract_timeout, ..settings.knowledge };
    services.settings = Arc::new(settings);
    services
}

#[tokio::test]
async fn a_fault_of_the_installation_takes_no_document_with_it() {
    let world = two_organizations().await;
    let site = Site::new().await;
    site.page("/x/", "Start", "The first page.", &["manual.pdf"]);
    site.set("/x/manual.pdf", Answer::Bytes("application/pdf", b"%PDF-1.7 something".to_vec()));
    let script = r#"echo '{"title":"Manual","blocks":[{"kind":"text","text":"Press the green button.","page":3}]}'"#;
    let good = with_reader(&world.services, "good", script);
    let source = run_with(&good, &world, &add_site(&world, site.url("/x/"), CrawlSettings::default()).await).await;
    let gone = with_reader(&world.services, "gone", "");
    std::fs::remove_file(gone.settings.knowledge.extract_program.as_ref().unwrap()).unwrap();
    let slow = with_reader(&world.services, "slow", "exec sleep 60");
    let killed = with_reader(&world.services, "killed", "kill -9 $$");
    let unreadable = with_reader(&world.services, "unreadable", r#"echo '{"error":"encrypted"}'; exit 1"#);
    let mute = with_reader(&world.services, "mute", "echo 'there is no memory' >&2; exit 1");
    let both = &["/x/", "/x/manual.pdf"][..];
    for (name, services, left) in [
        ("good", good, both),
        ("gone", gone, both),
        ("slow", slow, both),
        ("killed", killed, both),
        ("mute", mute, both),
        ("unreadable", unreadable, &both[..1]),
    ] {
        sync_again_with(&services, &world, source.id).await;
        assert_eq!(locations(&world, &site, source.id).await, left, "{name}");
    }
}

#[tokio::test]
async fn pdf_files_are_read_by_another_process_that_may_fail() {
    let world = two_organizations().await;
    let json =
        r#"{"title":"Manual","language":"en","blocks":[{"kind":"text","text":"Press the green button.","page":3}]}"#;
    let scripts = [
        (
            "good",
            format!(
                "test \"$1\" = extract && head -c5 \"$2\" >/dev/null && test \"$3\" = --media-type && echo '{json}'"
            ),
            None,
        ),
        ("words", r#"echo '{"error":"encrypted"}'; exit 1"#.into(), Some("password")),
        ("mute", "echo 'there is no memory' >&2; exit 1".into(), Some("fault of this installation")),
        ("crash", "kill -9 $$".into(), Some("damaged")),
        ("rubbish", "echo '{'".into(), Some("damaged")),
        ("slow", "exec sleep 60".into(), Some("longer than 2 seconds")),
        // Every test has this; the program has its secrets there.
        (
            "spy",
            r#"echo "{\"error\":\"broken\",\"words\":\"it knows '$CARGO_MANIFEST_DIR'\"}"; exit 1"#.into(),
            Some("it knows ''"),
        ),
    ];
    for (name, script, reason) in scripts {
        let services = with_reader(&world.services, name, &script);
        let file = upload(&world, "manual.pdf", "application/pdf", b"%PDF-1.7 something").await.unwrap();
        let file = run_with(&services, &world, &file).await;
        match reason {
            None => assert_eq!((file.status, file.chunk_count), (SourceStatus::Ready, 1)),
            Some(reason) => {
                let why = file.failure_reason.unwrap();
                assert!(file.status == SourceStatus::Failed && why.contains(reason), "{name}: {why}");
            }
        }
    }
    let found = knowledge::search(&world.services, world.a.id, Actor::System, "green button", 5, &[]).await.unwrap();
    assert_eq!((found[0].page, found[0].title.as_str()), (Some(3), "Manual"));
}

#[tokio::test]
async fn large_files_of_every_kind_are_read_by_another_process() {
    let world = two_organizations().await;
    let services = with_reader(&world.services, "full", r#"echo '{"error":"too_large","words":"42 pages"}'; exit 1"#);
    for (name, media_type, line) in [
        ("a.csv", "text/csv", "Tea,2\n"),
        ("a.txt", "text/plain", "Tea costs two.\n"),
        ("a.html", "text/html", "<p>Tea costs two."),
        ("a.md", "text/markdown", "Tea costs *two*.\n"),
    ] {
        let large =
            upload(&world, name, media_type, line.repeat(256 * 1024 / line.len() + 1).as_bytes()).await.unwrap();
        let why = run_with(&services, &world, &large).await.failure_reason.unwrap();
        assert!(why.contains("too large: 42 pages"), "{name}: {why}");
        let small = upload(&world, name, media_type, line.repeat(3).as_bytes()).await.unwrap();
        assert_eq!(run_with(&services, &world, &small).await.status, SourceStatus::Ready, "{name}");
    }
}

#[tokio::test]
async fn two_documents_are_read_at_a_time_and_the_others_lose_nothing_by_waiting() {
    let world = two_organizations().await;
    let folder = world.services.settings.files_dir.join("at-once");
    std::fs::create_dir_all(&folder).unwrap();
    let json = r#"{"title":"Manual","blocks":[{"kind":"text","text":"Press the green button.","page":3}]}"#;
    let folder = folder.display();
    let script = format!(
        "echo > {folder}/$$.runs; ls {folder}/*.runs | wc -l >> {folder}/counts; sleep 0.9; rm {folder}/$$.runs; echo '{json}'"
    );
    let services = with_reader(&world.services, "counting", &script);
    let mut files = Vec::new();
    for number in 0..6 {
        files.push(upload(&world, &format!("{number}.pdf"), "application/pdf", b"%PDF-1.7 something").await.unwrap());
    }
    // The last two wait for almost as long as a document may take.
    let read = futures::future::join_all(files.iter().map(|file| run_with(&services, &world, file))).await;
    for file in read {
        assert_eq!(file.status, SourceStatus::Ready, "{:?}", file.failure_reason);
    }
    let counts = std::fs::read_to_string(format!("{folder}/counts")).unwrap();
    let counts: Vec<u32> = counts.lines().map(|line| line.trim().parse().unwrap()).collect();
    assert_eq!((counts.len(), counts.iter().max()), (6, Some(&2)), "{counts:?}");
}
