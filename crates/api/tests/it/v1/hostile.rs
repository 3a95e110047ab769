//! Queries, headers and messages that no program sends.

use std::{
    cell::{Cell, RefCell},
    net::Ipv4Addr,
};

use axum::{
    body::Body,
    http::{HeaderValue, Request, Uri, header},
};
use serde_json::json;
use tokio::runtime::Runtime;

use super::client::{Auth, Program};
use crate::support::{HOST, World, world};

/// Keys are limited to a number of requests: so many are asked with one.
const PER_KEY: usize = 100;

/// A world whose cases come one after the other, without an end of a test's own.
struct Bench {
    runtime: Runtime,
    world: World,
    key: RefCell<(usize, String)>,
    /// Each request comes from an address of its own, as those are limited, too.
    asked: Cell<u32>,
}

impl Bench {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let world = runtime.block_on(world());
        Self { runtime, world, key: RefCell::new((PER_KEY, String::new())), asked: Cell::default() }
    }

    /// Whose requests are within the limit.
    fn key(&self) -> String {
        let mut key = self.key.borrow_mut();
        if key.0 == PER_KEY {
            let Auth::Key(token) = self.runtime.block_on(Program::new(&self.world)).auth else { panic!("a key") };
            *key = (0, token);
        }
        key.0 += 1;
        key.1.clone()
    }

    fn ask(&self, mut request: Request<Body>) -> crate::support::Answer {
        self.asked.set(self.asked.get() + 1);
        request.extensions_mut().insert(api::ClientIp(Ipv4Addr::from_bits(0xc600_0000 + self.asked.get()).into()));
        let told = format!("{} {} {:?}", request.method(), request.uri(), request.headers());
        let answer = self.runtime.block_on(self.world.ask(request));
        assert!(answer.status.as_u16() < 500 && answer.status != 429, "{told}: {}", answer.text);
        answer
    }
}

/// The query as a client has to write it for a server to read it at all.
fn address(path: &str, query: &str) -> Option<Uri> {
    let written: String = query
        .bytes()
        .map(|byte| match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}#".contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("{path}?{written}").parse().ok()
}

#[test]
fn queries_take_hostile_bytes() {
    const LISTS: &[&str] = &[
        "/api/v1/contacts",
        "/api/v1/conversations",
        "/api/v1/audit-logs",
        "/api/v1/members",
        "/api/v1/channels",
        "/api/v1/ai-agents",
        "/api/v1/knowledge-sources",
        "/api/v1/webhook-subscriptions",
        "/api/v1/teams",
    ];
    let bench = Bench::new();
    let examples = [
        "status=open&assigned=mine&priority=high&sort=-created_at&page=2&limit=25&q=ana%20b",
        "cursor=&limit=100&fields=id,name&tag=vip&unread=true&contact_id=00000000-0000-0000-0000-000000000000",
        "action=contact&from=2026-01-01T00:00:00Z&until=9999-12-31T23:59:59Z&cursor=42&actor_id=7",
    ];
    let words = [
        "page=9223372036854775807",
        "limit=-1",
        "limit=0",
        "cursor=",
        "9223372036854775808",
        "%00",
        "%ff",
        "%",
        "&",
        "=",
        "sort=",
        "-262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:60Z",
        "q=%25_%5C",
        "fields=,",
        "[]",
        "[a][b]=1",
        "true",
        "null",
    ];
    let mut at = 0;
    fuzz::few_text(60, &examples, &words, |query| {
        at += 1;
        let Some(address) = address(LISTS[at % LISTS.len()], query) else { return };
        let request = Request::get(address).header(header::HOST, HOST);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", bench.key()));
        let answer = bench.ask(request.body(Body::empty()).unwrap());
        // A list, bounded, or what is wrong with the question.
        match answer.status.as_u16() {
            200 => assert!(answer.body(200)["data"].as_array().unwrap().len() <= 100),
            status => assert_eq!(answer.body(status)["success"], false),
        }
    });
}

#[test]
fn headers_of_programs_take_hostile_bytes() {
    let bench = Bench::new();
    let key = bench.key();
    let examples: [&[u8]; 5] =
        [b"order-4711", b"\"0a1b\", W/\"x\"", b"en-GB,sq;q=0.9", b"application/json", key.as_bytes()];
    let words = ["Bearer ", "bsd_", "\t", ",", ";q=", "\"", "*", "\u{80}", "=", "biseda_session=", "bytes=0-", "-"];
    fuzz::few_bytes(60, &examples, &words, |value| {
        let Some(value) = HeaderValue::from_bytes(value).ok() else { return };
        let token = format!("Bearer {}", bench.key());
        let post =
            || Request::post("/api/v1/contacts").header(header::HOST, HOST).header(header::AUTHORIZATION, &token);
        let body = || Body::from(r#"{"name":"Ana"}"#);
        let request = post().header(header::CONTENT_TYPE, "application/json").header("idempotency-key", value.clone());
        let first = bench.ask(request.body(body()).unwrap());
        if first.status == 201 {
            // The same bytes are the same key.
            let again =
                post().header(header::CONTENT_TYPE, "application/json").header("idempotency-key", value.clone());
            assert_eq!(bench.ask(again.body(body()).unwrap()).text, first.text);
        }
        bench.ask(post().header(header::CONTENT_TYPE, value.clone()).body(body()).unwrap());
        let get = Request::get("/api/v1/me").header(header::HOST, HOST);
        let read = get.header(header::AUTHORIZATION, &token).header(header::IF_NONE_MATCH, value.clone());
        let read = read.header(header::RANGE, value.clone()).header(header::USER_AGENT, value.clone());
        bench.ask(read.header(header::ACCEPT_ENCODING, value.clone()).body(Body::empty()).unwrap());
        // Nobody gets in who does not say the whole key.
        let is_key = value.to_str().is_ok_and(|value| {
            value
                .split_once(' ')
                .is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token.trim() == key)
        });
        let get = Request::get("/api/v1/channels").header(header::HOST, HOST);
        let answer = bench.ask(get.header(header::AUTHORIZATION, value.clone()).body(Body::empty()).unwrap());
        assert_eq!(answer.status == 200, is_key, "{}", answer.text);
        let get = Request::get("/api/v1/channels").header(header::HOST, HOST).header(header::COOKIE, value);
        bench.ask(get.body(Body::empty()).unwrap()).refused(401);
    });
}

#[test]
fn messages_of_other_agents_take_hostile_bytes() {
    let bench = Bench::new();
    let message =
        |method: &str, params| json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let nil = uuid::Uuid::nil();
    let examples = [
        message(
            "initialize",
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}),
        ),
        message("tools/call", json!({"name": "search_contacts", "arguments": {"query": "ana", "limit": 5}})),
        message(
            "tools/call",
            json!({"name": "reply", "arguments": {"conversation_id": nil, "content": "Hi", "client_id": "x"}}),
        ),
        message("tools/call", json!({"name": "read_messages", "arguments": {"conversation_id": nil, "before_seq": 1}})),
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#.to_owned(),
    ];
    let words = [
        "null",
        "{}",
        "[]",
        "[[",
        "\"id\":",
        "-1",
        "1e999",
        "18446744073709551615",
        "\\u0000",
        "\\ud800",
        "\"method\":",
        "tools/list",
        "ping",
        "resources/read",
        "\"arguments\":",
        "\"2.0\"",
        "},{",
    ];
    let examples: Vec<&[u8]> = examples.iter().map(|example| example.as_bytes()).collect();
    fuzz::few_bytes(60, &examples, &words, |body| {
        let request = Request::post("/mcp").header(header::HOST, HOST).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::ACCEPT, "application/json, text/event-stream");
        let request = request.header("mcp-protocol-version", "2025-06-18");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", bench.key()));
        let answer = bench.ask(request.body(Body::from(body.to_vec())).unwrap());
        // Tools are told what is wrong with their arguments, never what is wrong with us.
        assert!(!answer.text.contains("\"internal\"") && !answer.text.contains("\\\"internal\\\""), "{}", answer.text);
    });
}
