//! The guard against a local server that does what it should not.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

use std::{io::Write, net::SocketAddr, time::Duration};

use outbound::{Client, Error, Get, Policy, parse_networks};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server of one kind of answer per path.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, address));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, address: SocketAddr) {
    let mut request = vec![0; 8192];
    let read = stream.read(&mut request).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..read]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
    let redirect =
        |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let ok = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: Text/HTML; charset=\"UTF-8\"\r\netag: \"1\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let head = match path.as_str() {
        "/to-metadata" => redirect("http://169.254.169.254/latest/meta-data/"),
        "/to-file" => redirect("file:///etc/passwd"),
        "/to-hello" => redirect("/hello"),
        "/hop/0" => redirect("/hello"),
        "/loop" => redirect(&format!("http://{address}/loop")),
        "/endless" => "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".into(),
        "/huge" => "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".into(),
        "/drip" => "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n".into(),
        "/broken" => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into(),
        "/bomb" => "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n".into(),
        "/robots.txt" => ok("User-agent: *\nDisallow: /secret\nCrawl-delay: 2\nSitemap: http://x.test/s.xml\n"),
        hop if hop.starts_with("/hop/") => {
            redirect(&format!("/hop/{}", hop.trim_start_matches("/hop/").parse::<u32>().unwrap() - 1))
        }
        _ if request.to_lowercase().contains("if-none-match: \"1\"") => {
            "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".into()
        }
        _ => ok("<p>hello"),
    };
    let _ = stream.write_all(head.as_bytes()).await;
    match path.as_str() {
        "/endless" => while stream.write_all(&[b'x'; 65536]).await.is_ok() {},
        "/drip" => {
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        "/bomb" => {
            let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            for _ in 0..8 {
                bomb.write_all(&vec![0; 1024 * 1024]).unwrap();
            }
            let _ = stream.write_all(&bomb.finish().unwrap()).await;
        }
        _ => {}
    }
}

fn client(allowed: &str) -> Client {
    Client::new(Policy {
        allowed_networks: parse_networks(allowed).unwrap(),
        total_timeout: Duration::from_secs(10),
        max_bytes: 2 * 1024 * 1024,
        ..Policy::default()
    })
    .unwrap()
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let port = server().await.port();
    let client = client("");
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.1",
        "①②⑦.0.0.1",
    ] {
        let error = client.get(&format!("http://{host}:{port}/hello"), Get::default()).await.unwrap_err();
        assert!(matches!(error, Error::Private(_)), "{host}: {error:?}");
    }
    for url in
        ["ftp://x.test/", "file:///etc/passwd", "http://user:pass@x.test/", "http://", "nonsense", "data:text/html,x"]
    {
        assert!(matches!(client.get(url, Get::default()).await, Err(Error::InvalidUrl(_))), "{url}");
    }
}

/// An address that is checked leads to no private host, however it is written: a number is judged here, a name where it is
/// resolved.
#[test]
fn addresses_take_hostile_bytes() {
    let client = client("");
    let examples = [
        "http://127.0.0.1:80/x",
        "https://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254",
        "http://8.8.8.8/",
        "https://example.com/a?b#c",
        "http://user:pass@x.test/",
        "http://[64:ff9b::7f00:1]/",
    ];
    let words = [
        "http://", "https:", "//", "\\", "@", "#", "?", "[", "]", "::", "%31", "0x", "127.1", "\t", "\n", "\u{3002}",
        "\u{ff10}",
    ];
    fuzz::text(&examples, &words, |text| {
        let Ok(url) = client.check(text) else { return };
        assert!(matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none());
        let host = url.host_str().unwrap().trim_matches(['[', ']']);
        if let Ok(address) = host.trim_end_matches('.').parse() {
            assert!(outbound::is_public(address), "{url}");
        }
    });
}

#[test]
fn robots_take_hostile_bytes() {
    let examples: [&[u8]; 2] = [
        b"User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 2\nSitemap: http://x.test/s.xml\n",
        b"\xef\xbb\xbfuser-agent: Biseda\r\ndisallow:\r\n",
    ];
    let long = format!("https://x.test/{}?{}", "a/".repeat(500), "%2F".repeat(300));
    let pages = ["https://x.test/a?b#c", "https://x.test/", &long].map(|page| client("").check(page).unwrap());
    let words = ["*", "$", "%2F", "%", "User-agent:", "Disallow: /", "Allow:", "Crawl-delay: 1e99", "\r", "\n"];
    fuzz::bytes(&examples, &words, |file| {
        let robots = outbound::Robots::parse("Biseda", file);
        for page in &pages {
            robots.allows(page);
        }
        assert!(robots.allows(&pages[1].join("/robots.txt").unwrap()));
        assert!(robots.delay().is_none_or(|delay| delay <= Duration::from_secs(3600)));
    });
}

#[tokio::test]
async fn allowed_networks_are_reached_and_facts_come_back() {
    let at = server().await;
    let client = client("127.0.0.0/8");
    let fetched = client.get(&format!("http://{at}/to-hello#part"), Get::default()).await.unwrap();
    assert_eq!(
        (fetched.status, fetched.media_type.as_str(), fetched.charset.as_deref()),
        (200, "text/html", Some("utf-8"))
    );
    assert_eq!(fetched.final_url.path(), "/hello");
    assert_eq!(fetched.bytes, b"<p>hello");
    let again = Get { etag: fetched.etag.as_deref(), ..Get::default() };
    let again = client.get(&format!("http://{at}/hello"), again).await.unwrap();
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

/// The check alone lets every name pass. Those whose answers change between check and use (rebinding): `src/rebinding.rs`.
#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected_to() {
    let port = server().await.port();
    let client = client("");
    let url = format!("http://localhost:{port}/hello");
    assert!(client.check(&url).is_ok(), "nothing is known of a name before it is resolved");
    for _ in 0..3 {
        assert!(matches!(client.get(&url, Get::default()).await, Err(Error::Private(_))));
        let request = client.request(outbound::reqwest::Method::POST, &url).unwrap();
        assert!(request.send().await.is_err(), "every way of asking goes through the guard");
    }
}

/// A proxy would connect to whatever it is told. Surroundings belong to a process: the test above runs in one of its own.
#[test]
fn surroundings_that_name_a_proxy_do_not_lead_past_the_guard() {
    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "allowed_networks_are_reached_and_facts_come_back"])
        .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn redirects_are_checked_and_counted() {
    let at = server().await;
    let client = client("127.0.0.0/8");
    let get = async |path: &str| client.get(&format!("http://{at}{path}"), Get::default()).await.unwrap_err();
    assert!(matches!(get("/to-metadata").await, Error::Private(_)));
    assert!(matches!(get("/to-file").await, Error::InvalidUrl(_)));
    assert!(matches!(get("/loop").await, Error::TooManyRedirects(5)));
    assert!(matches!(get("/hop/5").await, Error::TooManyRedirects(5)));
    let five = client.get(&format!("http://{at}/hop/4"), Get::default()).await.unwrap();
    assert_eq!(five.final_url.path(), "/hello");
    let nowhere = Get { may_redirect: Some(&|_| false), ..Get::default() };
    let refused = client.get(&format!("http://{at}/to-hello"), nowhere).await;
    assert!(matches!(refused, Err(Error::RedirectRefused(_))));
}

#[tokio::test]
async fn bodies_without_end_are_cut_off() {
    let at = server().await;
    let client = client("127.0.0.0/8");
    let get = async |path: &str| client.get(&format!("http://{at}{path}"), Get::default()).await.unwrap_err();
    assert!(matches!(get("/endless").await, Error::TooLarge { .. }));
    assert!(matches!(get("/huge").await, Error::TooLarge { .. }));
    assert!(matches!(get("/bomb").await, Error::TooLarge { .. }));
    assert!(matches!(get("/broken").await, Error::Broken { .. }));
    // It would go on for more than an hour.
    let drip = tokio::time::timeout(Duration::from_secs(60), get("/drip")).await.expect("given up");
    assert!(matches!(drip, Error::Timeout(_)));
}

#[tokio::test]
async fn nobody_there() {
    let client = client("127.0.0.0/8");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client.get(&format!("http://{free}/"), Get::default()).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }) && error.is_temporary(), "{error:?}");
    let error = client.get("http://no-such-name.invalid/", Get::default()).await.unwrap_err();
    assert!(matches!(error, Error::NoAddress(_)), "{error:?}");
}

#[tokio::test]
async fn robots_are_read() {
    let at = server().await;
    let url = client("").check("https://x.test/").unwrap();
    assert!(client("127.0.0.0/8").robots(&url).await.is_err());
    let page = client("127.0.0.0/8").check(&format!("http://{at}/docs/a?b=1#c")).unwrap();
    let robots = client("127.0.0.0/8").robots(&page).await.unwrap();
    assert!(robots.allows(&page) && !robots.allows(&page.join("/secret/x").unwrap()));
    assert_eq!(robots.delay(), Some(Duration::from_secs(2)));
    assert_eq!(robots.sitemaps(), ["http://x.test/s.xml"]);
}

#[tokio::test]
async fn posts_are_guarded_too() {
    let at = server().await;
    let post = async |client: Client, path: &str| {
        client.post_json_stream(&format!("http://{at}{path}"), Default::default(), "{}", Duration::from_secs(2)).await
    };
    assert!(matches!(post(client(""), "/hello").await, Err(Error::Private(_))));
    assert_eq!(post(client("127.0.0.0/8"), "/hello").await.unwrap().text().await.unwrap(), "<p>hello");
    // What the headers hold is for this server only.
    assert_eq!(post(client("127.0.0.0/8"), "/to-hello").await.unwrap().status(), 302);
}
