//! Both protocols against a provider that behaves as scripted.

use std::time::Duration;

use futures::StreamExt;
use llm::{
    ChatEvent, ChatMessage, ChatRequest, ChatRole, Embedder, Error, Models, ProviderConfig, ProviderKind, Providers,
    RemoteConfig, RemoteEmbedder, SecretString, Timeouts,
    testing::{Behaviour, FakeEmbedder, FakeProvider},
};

const KINDS: [ProviderKind; 2] = [ProviderKind::Openai, ProviderKind::Anthropic];
const TEXT: &str = "Returns are free for thirty days.";

fn client() -> outbound::Client {
    let allowed_networks = outbound::parse_networks("127.0.0.0/8").expect("a client");
    outbound::Client::new(outbound::Policy { allowed_networks, ..Default::default() }).expect("a client")
}

fn short() -> Timeouts {
    let ms = Duration::from_millis;
    Timeouts { first_token: ms(300), between_tokens: ms(200), total: ms(2000) }
}

fn request(kind: ProviderKind, base_url: String) -> ChatRequest {
    let message = |role, content: &str| ChatMessage { role, content: content.into() };
    ChatRequest {
        provider: ProviderConfig { kind, base_url, api_key: SecretString::from("sk-test") },
        model: "m".into(),
        temperature: 0.2,
        max_tokens: 100,
        messages: vec![message(ChatRole::System, "Be brief."), message(ChatRole::User, "How long?")],
    }
}

/// Text until the end, and how it ended.
async fn ask(server: &FakeProvider, kind: ProviderKind) -> (String, Result<Vec<ChatEvent>, Error>) {
    let mut text = String::new();
    let mut others = Vec::new();
    let mut stream = match Providers::new(client(), short()).stream(request(kind, server.base_url())).await {
        Ok(stream) => stream,
        Err(error) => return (text, Err(error)),
    };
    while let Some(event) = stream.next().await {
        match event {
            Ok(ChatEvent::Delta(piece)) => text.push_str(&piece),
            Ok(other) => others.push(other),
            Err(error) => return (text, Err(error)),
        }
    }
    (text, Ok(others))
}

#[tokio::test]
async fn an_answer_streams_with_its_usage_and_its_end() {
    for kind in KINDS {
        let server = FakeProvider::start(Behaviour::Answer(TEXT.into())).await.unwrap();
        let (text, others) = ask(&server, kind).await;
        assert_eq!(text, TEXT);
        let others = others.unwrap();
        assert!(others.contains(&ChatEvent::Usage { input: 11, output: 7 }), "{kind:?} {others:?}");
        assert!(matches!(others.last(), Some(ChatEvent::Done { .. })));
    }
}

#[tokio::test]
async fn a_key_travels_in_the_header_of_its_protocol() {
    let server = FakeProvider::start(Behaviour::Answer(TEXT.into())).await.unwrap();
    for kind in KINDS {
        ask(&server, kind).await.1.unwrap();
    }
    let requests = server.requests();
    assert_eq!(requests[0].headers["authorization"], "Bearer sk-test");
    assert_eq!(requests[0].body["messages"][0]["role"], "system");
    assert_eq!(requests[1].headers["x-api-key"], "sk-test");
    assert_eq!(requests[1].headers["anthropic-version"], "2023-06-01");
    assert_eq!(requests[1].body["system"], "Be brief.");
    assert_eq!(requests[1].body["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    for kind in KINDS {
        let server = FakeProvider::start(Behaviour::Whole(TEXT.into())).await.unwrap();
        assert_eq!(ask(&server, kind).await.0, TEXT);
    }
}

#[tokio::test]
async fn half_an_answer_is_truncated() {
    for kind in KINDS {
        for behaviour in [Behaviour::Truncated(TEXT.into()), Behaviour::Unfinished(TEXT.into())] {
            let server = FakeProvider::start(behaviour).await.unwrap();
            let (text, end) = ask(&server, kind).await;
            assert!(!text.is_empty() && matches!(end, Err(Error::Truncated)), "{kind:?} {text:?} {end:?}");
        }
    }
}

#[tokio::test]
async fn failures_say_what_to_do() {
    for kind in KINDS {
        let server = FakeProvider::start(Behaviour::Status(503)).await.unwrap();
        assert!(matches!(ask(&server, kind).await.1, Err(Error::Retryable { .. })));
        server.then(Behaviour::Status(401)).then(Behaviour::Status(404));
        assert!(matches!(ask(&server, kind).await.1, Err(Error::Unauthorized(_))));
        assert!(matches!(ask(&server, kind).await.1, Err(Error::BadRequest(_))));
        server.then(Behaviour::RateLimited { retry_after: 7 });
        let limited = ask(&server, kind).await.1.unwrap_err();
        assert_eq!(limited.retry_after(), Some(Duration::from_secs(7)));
        server.then(Behaviour::Page).then(Behaviour::NoJson);
        assert!(matches!(ask(&server, kind).await.1, Err(Error::InvalidResponse(_))));
        assert!(matches!(ask(&server, kind).await.1, Err(Error::InvalidResponse(_))));
    }
}

#[tokio::test]
async fn waiting_has_an_end_before_the_first_word_and_between_words() {
    for kind in KINDS {
        let server = FakeProvider::start(Behaviour::Hang).await.unwrap();
        assert!(matches!(ask(&server, kind).await.1, Err(Error::Retryable { .. })));

        let second = Duration::from_secs(1);
        server.otherwise(Behaviour::Slow { first: Duration::ZERO, between: second, text: TEXT.into() });
        let (_, end) = ask(&server, kind).await;
        assert!(matches!(end, Err(Error::Retryable { .. })), "{end:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_retryable_and_a_private_address_is_not() {
    let server = FakeProvider::start(Behaviour::Hang).await.unwrap();
    let base = server.base_url();
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let stream = |client, base: &str| {
        let providers = Providers::new(client, short());
        let request = request(ProviderKind::Openai, base.into());
        async move { providers.stream(request).await.map(|_| ()) }
    };
    assert!(matches!(stream(client(), &base).await, Err(Error::Retryable { .. })));
    let strict = outbound::Client::new(outbound::Policy::default()).unwrap();
    assert!(matches!(stream(strict, &base).await, Err(Error::BadRequest(_))));
}

#[tokio::test]
async fn a_parameter_that_the_server_refuses_is_left_out() {
    for (kind, parameter) in [
        (ProviderKind::Openai, "temperature"),
        (ProviderKind::Openai, "stream_options"),
        (ProviderKind::Openai, "max_tokens"),
        (ProviderKind::Anthropic, "temperature"),
    ] {
        let server = FakeProvider::start(Behaviour::Refuse { parameter, text: TEXT.into() }).await.unwrap();
        let (text, end) = ask(&server, kind).await;
        assert_eq!(text, TEXT, "{parameter}: {end:?}");
    }
}

#[tokio::test]
async fn embeddings_come_in_order_and_survive_a_bad_moment() {
    let server = FakeProvider::start(Behaviour::Answer(String::new())).await.unwrap();
    server.then(Behaviour::RateLimited { retry_after: 0 });
    let config = |dimension| RemoteConfig {
        base_url: server.base_url(),
        api_key: SecretString::from("sk-test"),
        model: "e".into(),
        dimension,
    };
    let texts: Vec<String> = (0..150).map(|index| format!("text number{index}")).collect();
    let vectors = RemoteEmbedder::new(client(), config(384), short()).embed(&texts).await.unwrap();
    assert_eq!(vectors.len(), 150);
    let expected = FakeEmbedder::vector(&texts[70]);
    assert!(vectors[70].iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5));
    let wrong = RemoteEmbedder::new(client(), config(1536), short()).embed(&texts).await.unwrap_err();
    assert!(wrong.to_string().contains("1536 are configured"), "{wrong}");
}
