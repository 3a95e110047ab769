use std::convert::Infallible;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{Error, Held, agents, agents::answer::Progress, hold};
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tokio_util::task::AbortOnDropHandle;
use types::{
    agent::{Agent, AgentInput, PlaygroundAnswer, PlaygroundTurn},
    id::AgentId,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, merged, query::Paging};
use crate::{
    Api, ApiError,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).routes(routes!(test))
}

/// List the agents by name
#[utoipa::path(get, path = "/ai-agents", tag = "AI agents", params(Paging),
    responses((status = 200, body = Many<Agent>)), security(("api_key" = ["agents:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Agent>> {
    let agents = agents::list(&mut caller.begin().await?).await?;
    Ok(Many::part(agents, query.page, query.limit))
}

/// Create an agent
///
/// The provider's key is encrypted at rest and never shown again.
#[utoipa::path(post, path = "/ai-agents", tag = "AI agents", request_body = AgentInput,
    responses((status = 201, body = One<Agent>)), security(("api_key" = ["agents:read", "agents:write"])))]
async fn create(post: Post<AgentInput>) -> Outcome {
    let services = post.caller.api.services.clone();
    let (mut cx, input, work) = post.begin().await?;
    let agent = agents::create(&services, &mut cx, input).await?;
    work.created(cx, agent).await
}

/// Get an agent
#[utoipa::path(get, path = "/ai-agents/{id}", tag = "AI agents", params(("id" = AgentId, Path)),
    responses((status = 200, body = One<Agent>)), security(("api_key" = ["agents:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<AgentId>) -> ApiResult<Data<Agent>> {
    Ok(Data(agents::get(&mut caller.begin().await?, id).await?))
}

/// Change an agent
///
/// The stored key is kept unless `api_key` is given; an empty one removes it. The sources stay the same unless `source_ids`
/// is given; if that is empty, the agent answers from all of them.
#[utoipa::path(patch, path = "/ai-agents/{id}", tag = "AI agents", params(("id" = AgentId, Path)),
    request_body = AgentInput, responses((status = 200, body = One<Agent>)),
    security(("api_key" = ["agents:read", "agents:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<AgentId>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<Agent>> {
    let mut cx = caller.begin().await?;
    hold(&mut cx, Held::Agent(id)).await?;
    let input = merged(&AgentInput::from(agents::get(&mut cx, id).await?), patch)?;
    let agent = agents::update(&caller.api.services, &mut cx, id, input).await?;
    caller.commit(cx).await?;
    Ok(Data(agent))
}

/// Delete an agent
///
/// Conversations that it was answering wait for a person from then on.
#[utoipa::path(delete, path = "/ai-agents/{id}", tag = "AI agents", params(("id" = AgentId, Path)),
    responses((status = 204)), security(("api_key" = ["agents:write"])))]
async fn delete(caller: Caller, ApiPath(id): ApiPath<AgentId>) -> ApiResult<StatusCode> {
    let mut cx = caller.begin().await?;
    agents::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct TestQuestion {
    /// A question as a customer would write it.
    message: String,
    /// The conversation so far, oldest first.
    #[serde(default)]
    history: Vec<PlaygroundTurn>,
}

/// Ask an agent a question, and get its answer with a trace
///
/// Nothing is stored in a conversation. The trace includes passages and the prompt only with the permission
/// `knowledge:read`. With `Accept: text/event-stream`, the answer is sent as it is written: events `text` with `{"text"}`,
/// each with the whole text so far, then one event `answer` with the same object as without streaming, or `error`. Streams
/// are not kept for an Idempotency-Key.
#[utoipa::path(post, path = "/ai-agents/{id}/test", tag = "AI agents", request_body = TestQuestion,
    params(("id" = AgentId, Path)),
    responses((status = 200, content((One<PlaygroundAnswer> = "application/json"), (String = "text/event-stream")))),
    security(("api_key" = ["agents:read", "agents:write"])))]
async fn test(ApiPath(id): ApiPath<AgentId>, headers: HeaderMap, post: Post<TestQuestion>) -> Outcome {
    let wants_stream =
        headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/event-stream"));
    if wants_stream {
        return Ok(streamed(id, post).await?);
    }
    post.recall().await?;
    let caller = &post.caller;
    let turns = turns(&post.input);
    let (organization, actor) = (caller.organization, caller.actor.clone());
    let answer = agents::playground(&caller.api.services, organization, actor, id, turns).await?;
    let (cx, _, work) = post.begin().await?;
    work.ok(cx, answer).await
}

fn turns(question: &TestQuestion) -> Vec<PlaygroundTurn> {
    let last = PlaygroundTurn { is_user: true, content: question.message.clone() };
    question.history.iter().cloned().chain([last]).collect()
}

async fn streamed(id: AgentId, post: Post<TestQuestion>) -> ApiResult<Response> {
    let Post { caller, input, .. } = post;
    // Who may not ask, or asks nobody, is told so by the status.
    agents::may_try(&mut caller.begin().await?, id).await?;
    // Who reads slowly gets the newest text: each holds those before it.
    let (sender, texts) = watch::channel(String::new());
    let work = tokio::spawn(async move {
        let mut teller = Teller(sender);
        let (services, turns) = (&caller.api.services, turns(&input));
        let asked =
            agents::playground_watched(services, caller.organization, caller.actor.clone(), id, turns, &mut teller);
        match asked.await {
            Ok(answer) => event("answer", &answer),
            Err(error) => failed(error),
        }
    });
    Ok(Sse::new(events(texts, AbortOnDropHandle::new(work))).keep_alive(KeepAlive::default()).into_response())
}

/// The events, as long as somebody listens: then the work, which gives the last one, stops too.
fn events(
    texts: watch::Receiver<String>,
    work: AbortOnDropHandle<Event>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let growing = WatchStream::from_changes(texts).map(|text| event("text", &json!({"text": text})));
    let last = stream::once(async move { work.await.unwrap_or_else(|error| failed(Error::Internal(error.into()))) });
    growing.chain(last).map(Ok)
}

/// Tells how an answer grows.
struct Teller(watch::Sender<String>);

impl Progress for Teller {
    fn text(&mut self, so_far: &str) {
        self.0.send_replace(so_far.to_owned());
    }
}

fn failed(error: Error) -> Event {
    event("error", &ApiError::from(error).told())
}

fn event<T: Serialize>(name: &str, data: &T) -> Event {
    Event::default().event(name).json_data(data).unwrap_or_else(|_| Event::default().event("error"))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn who_reads_slowly_gets_the_newest_text_and_always_the_end() {
        for ends_well in [true, false] {
            let (sender, texts) = watch::channel(String::new());
            let mut teller = Teller(sender);
            let work = tokio::spawn(async move {
                for length in 1..=1000 {
                    teller.text(&"y".repeat(length));
                }
                assert!(ends_well);
                event("answer", &"whole")
            });
            while !work.is_finished() {
                tokio::task::yield_now().await;
            }
            let answer = Sse::new(events(texts, AbortOnDropHandle::new(work))).into_response();
            let bytes = to_bytes(answer.into_body(), 10_000).await.unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let [newest, last, ""] = text.split("\n\n").collect::<Vec<_>>()[..] else { panic!("{text}") };
            assert_eq!(newest.matches('y').count(), 1000);
            assert!(last.starts_with(if ends_well { "event: answer" } else { "event: error" }), "{last}");
        }
    }
}
