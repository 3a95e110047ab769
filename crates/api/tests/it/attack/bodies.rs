//! Bodies: values of other types, forms that are none, files that are something else, and thousands of changed ones.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::visitors;
use futures::executor::block_on;
use serde_json::{Value, json};
use types::widget::StartSession;

use crate::support::{Answer, HOST, World, world};

/// Each from an address of its own, so that the limits of addresses do not answer in place of what is asked.
async fn post(world: &World, path: &str, token: &str, kind: &str, body: Vec<u8>) -> Answer {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let address = Ipv4Addr::from_bits(0xc600_0000 + ASKED.fetch_add(1, Ordering::Relaxed));
    let request = Request::post(format!("/widget/api/{path}"))
        .extension(api::ClientIp(address.into()))
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, kind)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = world.ask(request.body(Body::from(body)).unwrap()).await;
    assert_ne!(answer.status, 429, "{path} was not asked");
    answer
}

/// A new visitor, who has not asked anything yet.
async fn visitor(world: &World) -> String {
    let start = StartSession { channel_key: world.a.channel.public_key.clone(), ..StartSession::default() };
    visitors::start(&world.services, start).await.unwrap().token
}

/// What each endpoint of visitors takes, as their browsers send it.
fn examples(key: &str) -> [(&'static str, Value); 6] {
    [
        ("session", json!({"channel_key": key, "token": "v1.e30.e30", "language": "sq"})),
        (
            "identify",
            json!({"user_id": "7", "signature": "00", "name": "Ana", "email": "ana@example.com",
                            "phone": "+355 69 123 4567", "attributes": {"plan": "gold", "seats": 3, "paid": true}}),
        ),
        ("messages", json!({"content": "Hello", "client_id": "c-1", "attachments": [], "page_url": "https://x.test/"})),
        ("read", json!({"conversation_id": uuid::Uuid::nil(), "seq": 1})),
        ("email", json!({"email": "ana@example.com"})),
        ("person", json!({})),
    ]
}

#[tokio::test]
async fn values_of_other_types_are_refused_with_the_field_and_never_our_fault() {
    let world = world().await;
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("x".repeat(20_000)),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"$gt": ""}),
        json!({"toString": 1, "__proto__": {"admin": true}}),
        json!("' or 1=1 --"),
        json!("\u{0}"),
        json!("\u{202e}\u{feff}"),
        json!(["a", "b"]),
        json!(u64::MAX),
        json!("../../etc/passwd"),
    ];
    let mut asked = 0;
    for (path, example) in examples(&world.a.channel.public_key) {
        for name in example.as_object().unwrap().keys() {
            for value in &values {
                let mut body = example.clone();
                body[name] = value.clone();
                let token = visitor(&world).await;
                let answer = post(&world, path, &token, "application/json", body.to_string().into_bytes()).await;
                assert!(answer.status.as_u16() < 500, "{path} with {name} = {value}: {}", answer.text);
                asked += 1;
            }
        }
    }
    assert!(asked > 200);
    let token = visitor(&world).await;
    // One field twice: the parser must not take one for the check and the other for the work.
    let twice = br#"{"email":"ana@example.com","email":"<img/src=x>@example.com"}"#.to_vec();
    post(&world, "email", &token, "application/json", twice).await.refused(422);
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
    {
        post(&world, "email", &token, kind, br#"{"email":"ana@example.com"}"#.to_vec()).await.refused(422);
    }
}

/// Runs in a thread of its own, as the cases come one after the other without an end of the test's own.
#[test]
fn endpoints_of_visitors_take_hostile_bytes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _inside = runtime.enter();
    let world = block_on(world());
    let form = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\ncontent-type: text/plain\r\n\r\nHello\r\n--x--\r\n";
    let examples: Vec<_> = examples(&world.a.channel.public_key)
        .into_iter()
        .map(|(path, body)| (path, "application/json", body.to_string().into_bytes()))
        .chain([("uploads", "multipart/form-data; boundary=x", form.to_vec())])
        .collect();
    let words = ["null", "\"\"", "{}", "[[", "\\u0000", "\\ud800", "1e999", "--x", "filename*=UTF-8''%00", "\r\n\r\n"];
    for (path, kind, example) in examples {
        fuzz::few_bytes(60, &[&example], &words, |body| {
            let token = block_on(visitor(&world));
            let answer = block_on(post(&world, path, &token, kind, body.to_vec()));
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        });
    }
}

async fn upload(world: &World, token: &str, name: &str, bytes: &[u8]) -> Answer {
    let head = format!(
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\n"
    );
    let form = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    post(world, "uploads", token, "multipart/form-data; boundary=x", form).await
}

#[tokio::test]
async fn a_file_is_what_its_bytes_are_and_stays_where_it_belongs() {
    let world = world().await;
    for (name, bytes, media) in [
        ("a.png", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "text/plain"),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "text/plain"),
        ("a.png.html", b"GIF89a<script>alert(1)</script>", "image/gif"),
        ("../../../../tmp/a.txt", b"up", "text/plain"),
        ("..\\\\..\\\\a.txt", b"up", "text/plain"),
        ("a.txt%00.png", b"nul", "text/plain"),
        ("invoice\u{202e}fdp.exe", b"%PDF-1.7", "application/pdf"),
        ("CON", b"name", "text/plain"),
        ("", b"name", "text/plain"),
    ] {
        // A visitor for each, since one may have few files that wait.
        let token = visitor(&world).await;
        let file = upload(&world, &token, name, bytes).await.ok();
        assert_eq!(file["media_type"], media, "{name}");
        let kept = file["file_name"].as_str().unwrap();
        assert!(!kept.is_empty() && !kept.contains(['/', '\\', '\u{202e}', '\0']), "{kept:?}");
        let shown = world.get(file["url"].as_str().unwrap(), &[]).await;
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
        let disposition = shown.header("content-disposition");
        assert_eq!(disposition.starts_with("inline"), media == "image/gif", "{disposition}");
    }
    let folder = &world.services.settings.files_dir;
    let entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(entries, [world.a.id.to_string().as_str()], "files stay in the folder of their organization");
    let token = visitor(&world).await;
    for program in
        [&b"MZ\x90\0\x03\0\0\0"[..], b"\x7fELF\x02\x01\x01\0", b"\xca\xfe\xba\xbe\0\0\0\x34", b"\0asm\x01\0\0\0"]
    {
        upload(&world, &token, "picture.png", program).await.refused(422);
    }
}
