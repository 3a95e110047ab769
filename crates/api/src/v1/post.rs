use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Cx, Error,
    idempotency::{self, Reserved},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::Caller;
use crate::{Api, ApiError, answer::One};

const KEY: &str = "idempotency-key";

/// A `POST`: who asks, what was sent, and the `Idempotency-Key` if there is one.
pub(super) struct Post<T> {
    pub(super) caller: Caller,
    pub(super) input: T,
    once: Option<Once>,
}

/// A request that may arrive twice.
#[derive(Clone)]
struct Once {
    key: String,
    /// Digest of method, address and body.
    fingerprint: Vec<u8>,
}

/// A request that says nothing but its address.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Why a handler stops early.
pub(super) enum Stop {
    Error(ApiError),
    /// The request was answered before; this was the answer.
    Again(Response),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(ApiError::from(error))
    }
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::Error(error) => error.into_response(),
            Self::Again(response) => response,
        }
    }
}

/// The request's work, begun.
pub(super) struct Work {
    caller: Caller,
    once: Option<Once>,
}

impl<T> Post<T> {
    /// Begins the transaction of the work.
    ///
    /// # Errors
    /// The first answer, when the request is a repetition; conflict when the key was used for something else.
    pub(super) async fn begin(self) -> Result<(Cx, T, Work), Stop> {
        let cx = reserved(&self.caller, self.once.as_ref()).await?;
        Ok((cx, self.input, Work { caller: self.caller, once: self.once }))
    }

    /// For work that no transaction may wait for, because it asks others over the network or ends in transactions of its
    /// own (who holds one and waits for another may wait for its like): what the answer was, if there was one. The work
    /// may be done twice, and [`Post::begin`] follows when it is done.
    ///
    /// # Errors
    /// As [`Post::begin`].
    pub(super) async fn recall(&self) -> Result<(), Stop> {
        reserved(&self.caller, self.once.as_ref()).await.map(drop)
    }

    /// The request's key with a digest of what is asked for, for work that keeps it in a transaction of its own.
    pub(super) fn once(&self) -> Option<idempotency::Once<'_>> {
        let once = self.once.as_ref()?;
        Some(idempotency::Once { key: &once.key, fingerprint: &once.fingerprint })
    }
}

/// A transaction in which the request's key is taken.
async fn reserved(caller: &Caller, once: Option<&Once>) -> Result<Cx, Stop> {
    let mut cx = caller.begin().await?;
    let Some(once) = once else { return Ok(cx) };
    match idempotency::reserve(&caller.api.services, &mut cx, &once.key, &once.fingerprint).await? {
        Reserved::New => Ok(cx),
        Reserved::Done { status, answer } => {
            let status = StatusCode::from_u16(status).map_err(anyhow::Error::from)?;
            let mut response = json(status, answer);
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            Err(Stop::Again(response))
        }
    }
}

impl Work {
    /// Keeps the answer for repetitions, commits, and answers.
    pub(super) async fn done<T: Serialize>(self, mut cx: Cx, status: StatusCode, data: T) -> Result<Response, Stop> {
        let answer = serde_json::to_vec(&One::of(data))?;
        let services = &self.caller.api.services;
        if let Some(once) = &self.once {
            idempotency::store(services, &mut cx, &once.key, status.as_u16(), &answer).await?;
        }
        db::hooks::step("request-written");
        self.caller.commit(cx).await?;
        db::hooks::step("request-committed");
        Ok(json(status, answer))
    }

    /// The same for something that was made.
    pub(super) async fn created<T: Serialize>(self, cx: Cx, data: T) -> Result<Response, Stop> {
        self.done(cx, StatusCode::CREATED, data).await
    }

    /// The same for something that was done.
    pub(super) async fn ok<T: Serialize>(self, cx: Cx, data: T) -> Result<Response, Stop> {
        self.done(cx, StatusCode::OK, data).await
    }
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl<T: DeserializeOwned> FromRequest<Api> for Post<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or(Error::Unauthenticated)?;
        let key = request.headers().get(KEY).map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        let asked = format!("{} {}\n", request.method(), request.uri());
        let body = Bytes::from_request(request, api).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the request is larger than allowed".into()),
            _ => Error::invalid("body", rejection.body_text()),
        })?;
        // Nothing is an object without fields, so that what takes no input needs no body.
        let text = if body.is_empty() { b"{}".as_slice() } else { &body };
        let input = serde_json::from_slice(text).map_err(|error| Error::invalid("body", error.to_string()))?;
        let once =
            key.map(|key| Once { key, fingerprint: Sha256::digest([asked.as_bytes(), &body].concat()).to_vec() });
        Ok(Self { caller, input, once })
    }
}
