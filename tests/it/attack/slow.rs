//! Who sends or takes next to nothing, and who comes too often at once.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Service, status};
use crate::support::{METRICS_TOKEN, folder, http, until};

/// Waits for the program's own limits, beside the other tests: a minute.
#[tokio::test]
async fn who_takes_no_answer_holds_nothing_for_ever() {
    let folder = folder();
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    // More than lies between two programs on its way.
    let large = site.join("pkg/large.js");
    std::fs::File::create(&large).unwrap().set_len(1 << 28).unwrap();
    let service = Service::start_in(folder, &[("BISEDA_SITE_ROOT", site.to_str().unwrap())]).await;
    let holds = || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", service.program.pid())).unwrap();
        files.flatten().filter(|file| std::fs::read_link(file.path()).is_ok_and(|of| of == large)).count()
    };
    let mut readers = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(service.program.address).await.unwrap();
        stream.write_all(b"GET /pkg/large.js HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        readers.push(stream);
    }
    until("files that are being sent", async || (holds() == readers.len()).then_some(())).await;
    // Without a limit it would hold them for as long as the readers like.
    let let_go = async {
        while holds() > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(150), let_go).await.is_ok(), "{} are held", holds());
    // Open until here.
    drop(readers);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed_and_later_ones_taken() {
    let settings = [("BISEDA_MAX_CONNECTIONS", "4"), METRICS_TOKEN];
    let service = Service::start(&settings).await;
    let mut kept = Vec::new();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(service.program.address).await.unwrap();
        // What was closed is seen by who reads.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let mut answer = [0; 12];
        if stream.read_exact(&mut answer).await.is_ok() {
            assert_eq!(&answer, b"HTTP/1.1 200");
            kept.push(stream);
        }
    }
    // That of the test's own client may be among the four.
    assert!((3..=4).contains(&kept.len()), "{} of 12 were taken", kept.len());
    // Whoever runs the program would end it if it did not answer this.
    assert_eq!(service.program.get("/health/live").await, (200, "live".into()));
    drop(kept);
    let refused: u32 = until("a place", async || {
        let asked = http().get(service.program.url("/metrics")).bearer_auth(METRICS_TOKEN.1).send().await.ok()?;
        let figures = asked.text().await.ok()?;
        figures.lines().find_map(|line| line.strip_prefix("biseda_connections_refused_total ")?.parse().ok())
    })
    .await;
    assert!(refused >= 8, "{refused}");
}

/// Waits for the program's own limits, beside the other tests: seventy-five seconds.
#[tokio::test]
async fn heads_and_bodies_that_drip_are_cut_off() {
    let service = Service::start(&[]).await;
    let drip = async |begin: &[u8], drop: &[u8]| {
        let mut stream = TcpStream::connect(service.program.address).await.unwrap();
        stream.write_all(begin).await.unwrap();
        let (mut read, mut write) = stream.split();
        let mut answer = Vec::new();
        let dripping = async {
            while write.write_all(drop).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        // Without a limit it would drip for ever.
        let ended = tokio::time::timeout(Duration::from_secs(150), async {
            tokio::select! {
                _ = read.read_to_end(&mut answer) => {}
                () = dripping => {}
            }
        });
        assert!(ended.await.is_ok(), "{} goes on", begin.escape_ascii());
        String::from_utf8_lossy(&answer).into_owned()
    };
    let head = b"POST /rpc/x HTTP/1.1\r\nhost: x\r\n";
    let body = b"POST /widget/api/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        content-length: 10000\r\nconnection: close\r\n\r\n{";
    let (head, body) = tokio::join!(drip(head, b"a"), drip(body, b" "));
    assert!(head.is_empty() || status(&head) == 408, "{head}");
    assert_eq!(status(&body), 503, "{body}");
}
