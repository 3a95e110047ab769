//! Requests that no browser sends: paths that lead out, heads and bodies that are none, one guess after the other.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use outbound::reqwest::header;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use super::{Service, status};
use crate::support::{Browser, METRICS_TOKEN, Program, folder, functions, http, until};

/// Stands in files that nobody may read.
const PRIVATE: &str = "private words of nobody's";

/// A site two folders deep, with a private file beside its files, one above, and those of the data folder.
fn site_in(folder: &Path) -> PathBuf {
    let site = folder.join("built/site");
    for inner in ["built/site/pkg", "built/site/fonts", "built/site/widget/assets", "data/files"] {
        std::fs::create_dir_all(folder.join(inner)).unwrap();
    }
    std::fs::write(site.join("pkg/x.js"), "public words").unwrap();
    for private in [
        "built/site/.stamp",
        "built/site/pkg/.stamp",
        "built/beside.txt",
        "beside.txt",
        "data/beside.txt",
        "data/files/beside.txt",
    ] {
        std::fs::write(folder.join(private), PRIVATE).unwrap();
    }
    site
}

#[tokio::test]
async fn no_path_leads_out_of_what_is_public() {
    let folder = folder();
    let site = site_in(folder.path());
    let service = Service::start_in(folder, &[("BISEDA_SITE_ROOT", site.to_str().unwrap())]).await;
    let key = std::fs::read_to_string(service.program.data.join("secret.key")).unwrap();
    assert!(key.trim().len() >= 40, "{key:?}");
    let public = service.get_raw("/pkg/x.js").await;
    assert!(status(&public) == 200 && public.ends_with("public words"), "what is public is served: {public}");

    let up = ["..", "%2e%2e", ".%2e", "..%2f..", "..%5c", "%252e%252e", "..;", "%c0%ae%c0%ae", "....//"];
    let ends = ["beside.txt", "data/beside.txt", "data/files/beside.txt", "data/secret.key"];
    let mut paths: Vec<String> = Vec::new();
    let mut leading = BTreeSet::new();
    for up in up {
        for start in ["", "/pkg", "/fonts", "/widget/assets", "/files", "/widget/api/files"] {
            for end in ends {
                for count in 1..=8 {
                    let path = format!("{start}/{}{end}", format!("{up}/").repeat(count));
                    if site.join(&path[1..]).is_file() {
                        leading.insert((start, end));
                    }
                    paths.push(path);
                }
            }
        }
    }
    // To a server that only puts its folder before them, they lead to every private file from all four folders.
    assert_eq!(leading.len(), 4 * ends.len(), "{leading:?}");
    paths.extend(up.map(|up| format!("/{}etc/passwd", format!("{up}/").repeat(8))));
    paths.extend(["//etc/passwd", "/etc/passwd%00.js", "/%00", "/.git/config", "/.env"].map(String::from));
    paths.extend(
        ["/.stamp", "/%2estamp", "/pkg/.stamp", "/pkg/%2estamp", "/pkg/x.js/../.stamp", "/pkg/x.js%2f..%2f.stamp"]
            .map(String::from),
    );
    paths.extend(
        ["http://x/../../etc/passwd", "/widget/%2e%2e%2f%2e%2e%2fapp", "/?/../../etc/passwd"].map(String::from),
    );
    for path in paths {
        let answer = service.get_raw(&path).await;
        let tells = [PRIVATE, key.trim(), "root:"].iter().any(|private| answer.contains(private));
        assert!(!tells && status(&answer) < 500, "{path}: {answer}");
    }
}

#[tokio::test]
async fn heads_and_bodies_that_are_none_are_refused_and_nothing_of_them_runs() {
    let service = Service::start(&[("BISEDA_LOG_FORMAT", "json")]).await;
    let json = "content-type: application/json";
    // Two lengths, a length that is none, a name with a space: what one program reads as one request, another reads as two.
    for head in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: -1",
        "content-length: 1e3",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: xchunked",
        "transfer-encoding : chunked",
        "x-a: b\r\n folded: c\r\ncontent-length: zz",
        "x\0y: z",
    ] {
        let answer = service.post_raw("/widget/api/session", head, b"hello\r\nGET /smuggled HTTP/1.1\r\n\r\n").await;
        assert_eq!(status(&answer), 400, "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
    }
    // Each would be answered with 200 or 401: what is too much is refused as that, or cut off before its end.
    let too_much = |answer: &str, words: u16| answer.is_empty() || status(answer) == words;
    let (one, many) = ("a".repeat(2_000_000), (0..2000).map(|n| format!("x-{n}: 1\r\n")).collect::<String>());
    for head in [format!("x-long: {one}\r\n"), many] {
        let request = format!("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{head}\r\n");
        let answer = service.raw(request.as_bytes()).await;
        assert!(too_much(&answer, 431), "{answer}");
    }
    let form = "application/x-www-form-urlencoded";
    let sign_in = r#"{"email":"a@example.com","password":"guess guess"}"#;
    let session = r#"{"channel_key":"none"}"#;
    for (path, kind, body) in [
        ("/widget/api/session", "application/json", session),
        ("/rpc/log_in", form, "email=a%40example.com&password=guess+guess"),
        ("/api/v1/auth/login", "application/json", sign_in),
    ] {
        let path = match path.strip_prefix("/rpc/") {
            Some(name) => functions().into_iter().find(|function| function.name == name).unwrap().path,
            None => path.to_owned(),
        };
        let padding =
            |length: usize| if kind == form { "&x=".to_owned() + &"x".repeat(length) } else { " ".repeat(length) };
        let head = |body: &str| format!("content-type: {kind}\r\ncontent-length: {}", body.len());
        let good = service.post_raw(&path, &head(body), body.as_bytes()).await;
        assert!(!too_much(&good, 413), "{path}: {good}");
        let huge = format!("{body}{}", padding(5_000_000));
        let answer = service.post_raw(&path, &head(&huge), huge.as_bytes()).await;
        assert!(too_much(&answer, 413), "{path}: {answer}");
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        let chunks = chunk(body) + &chunk(&padding(60_000)).repeat(80) + "0\r\n\r\n";
        let head = format!("content-type: {kind}\r\ntransfer-encoding: chunked");
        let answer = service.post_raw(&path, &head, chunks.as_bytes()).await;
        // A server function has begun to read it, and finds half a form.
        let words = if kind == form { 409 } else { 413 };
        assert!(too_much(&answer, words), "{path} in pieces: {answer}");
    }
    for body in ["[".repeat(100_000), "{\"a\":".repeat(20_000), format!("\"{}", "\\u0000".repeat(10_000))] {
        let head = format!("{json}\r\ncontent-length: {}", body.len());
        for path in ["/widget/api/session", "/api/v1/auth/login"] {
            let answer = service.post_raw(path, &head, body.as_bytes()).await;
            assert!((400..500).contains(&status(&answer)), "{path}: {answer}");
        }
    }

    // What comes in does not go out as a header or as a line of the log.
    for path in ["/login?next=/app%0d%0aset-cookie:%20x=y", "/app%0d%0aset-cookie:%20x=y", "/nothing%0aERROR%20forged"]
    {
        let answer = service.get_raw(path).await;
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(!head.contains("\nset-cookie: x=y"), "{path}: {head}");
    }
    let answer = service.raw(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-request-id: forged\"} {\"level\":\"ERROR\"\r\nconnection: close\r\n\r\n").await;
    assert!(!answer.contains("forged"), "{answer}");
    let form =
        [("email", "a\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n@example.com"), ("password", "x\r\nforged")];
    Browser::at(&service.program).send_form("/login", "log_in", &form).await;
    for line in service.program.log().lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("a line of its own: {line}"));
        assert_ne!(line["level"], "ERROR", "{line}");
        assert_ne!(line["message"], "forged");
    }
}

/// A line of a log of its own, were it let into one, which then wipes the screen of who reads it.
const FORGED: &str = "2031-01-01T00:00:00.000000Z ERROR forged\u{1b}[2J\u{7}";

/// A mail server that turns everybody away with these words.
async fn busy_mail_server(words: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            socket.write_all(words.as_bytes()).await.ok();
        }
    });
    address
}

#[tokio::test]
async fn words_of_others_begin_no_line_of_a_log_that_people_read() {
    // The form that a log has unless another is chosen, which escapes only some of what it writes. A line of SMTP ends in CRLF.
    let mail_server = busy_mail_server(format!("421 4.3.2 busy\n{FORGED}\r\n")).await;
    let settings = [("BISEDA_SMTP_URL", mail_server.as_str()), ("BISEDA_MAIL_FROM", "help@example.com")];
    let service = Service::start(&settings).await;

    // The answer of a device that is none: the log tells why it was refused.
    let post = async |name: &str, cookie: &str, fields: &[(&str, &str)]| {
        let path = functions().into_iter().find(|function| function.name == name).unwrap().path;
        let request = http().post(service.program.url(&path)).header("sec-fetch-site", "same-origin");
        request.header(header::COOKIE, cookie).form(fields).send().await.unwrap()
    };
    let asked = post("ask_passkey", "", &[]).await;
    let cookie = asked.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let device = json!({"type": format!("none\n{FORGED}")}).to_string();
    let answered = post("answer_passkey", &cookie, &[("answer", &device), ("second_step", "false")]).await;
    assert_eq!(answered.status(), 422);

    // Signing up asks for a mail. When it is tried again, all has been said of the first time.
    Browser::at(&service.program).sign_up("Drini Books", "owner@example.com").await;
    let url = service.postgres.url();
    let settings = [settings.as_slice(), &[("DATABASE_URL", url.as_str())]].concat();
    let worker = Program::ready(&service.program.data, "worker", &settings).await;
    until("two tries", async || (worker.log().matches("a job failed").count() >= 2).then_some(())).await;

    for log in [service.program.log(), worker.log()] {
        assert!(log.contains("ERROR forged"), "these words are told: {log}");
        let forged = log.lines().find(|line| line.starts_with("2031"));
        assert!(forged.is_none() && !log.contains(['\r', '\u{1b}', '\u{7}']), "{log:?}");
    }
    worker.stop().await;
}

#[tokio::test]
async fn what_stands_before_the_word_of_a_trusted_proxy_is_not_believed() {
    let service = Service::start(&[("BISEDA_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let guess = async |number: usize, lines: &[String]| {
        let body = json!({"email": format!("{number}@example.com"), "password": "guess guess"});
        let request = http().post(service.program.url("/api/v1/auth/login")).header("sec-fetch-site", "same-origin");
        let request = lines.iter().fold(request, |request, line| request.header("x-forwarded-for", line));
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    // The proxy adds who asks to what it was sent: to the same line, or in one of its own.
    let mut slowed = 0;
    for number in 0..30 {
        let (forged, own) = (format!("203.0.113.{number}"), "198.51.100.7".to_owned());
        let lines = if number % 2 == 0 { vec![format!("{forged}, {own}")] } else { vec![forged, own] };
        slowed += usize::from(guess(number, &lines).await == 429);
    }
    assert!(slowed >= 10, "{slowed} of 30 were slowed down");
    // The proxy itself is believed: somebody else behind it is not held back by that.
    assert_eq!(guess(30, &["203.0.113.1, 198.51.100.8".to_owned()]).await, 401);
}

#[tokio::test]
async fn guesses_are_counted_whatever_address_they_claim_to_come_from() {
    let service = Service::start(&[METRICS_TOKEN]).await;
    let guess = async |number: usize| {
        let request = http()
            .post(service.program.url("/api/v1/auth/login"))
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("x-real-ip", format!("203.0.113.{number}"))
            .header("forwarded", format!("for=203.0.113.{number}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(json!({"email": format!("{number}@example.com"), "password": "guess guess"}).to_string());
        request.send().await.unwrap()
    };
    let mut answers = Vec::new();
    for number in 0..30 {
        answers.push(guess(number).await);
    }
    let slowed: Vec<_> = answers.iter().filter(|answer| answer.status() == 429).collect();
    assert!(slowed.len() >= 10, "{} of 30 were slowed down", slowed.len());
    assert!(slowed[0].headers().contains_key(header::RETRY_AFTER));

    // Whatever method somebody invents, it is counted as one: each name would be kept for ever.
    for number in 0..20 {
        service.raw(format!("FORGED{number} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await;
    }
    let metrics = service.program.figures().await;
    assert!(!metrics.contains("FORGED") && metrics.contains("method=\"other\""), "{metrics}");
    // Neither a page of elsewhere, in a browser of this machine, nor a proxy on it, which may say nothing of whom it asks for,
    // reads the figures.
    for head in
        ["host: evil.example", "host: localhost", "host: localhost\r\nauthorization: Bearer token-of-the-figure"]
    {
        let answer =
            service.raw(format!("GET /metrics HTTP/1.1\r\n{head}\r\nconnection: close\r\n\r\n").as_bytes()).await;
        assert_eq!(status(&answer), 403, "{head}: {answer}");
    }
}
