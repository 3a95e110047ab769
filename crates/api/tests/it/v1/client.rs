//! Programs and members that ask the REST API.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::api_keys;
use serde_json::Value;
use types::{api_key::CreateApiKey, permission::Permission};

use crate::support::{Answer, HOST, Tenant, World};

/// What a request brings to say who asks.
#[derive(Debug, Clone)]
pub enum Auth {
    Nobody,
    Key(String),
    /// A browser on our own pages.
    Session(String),
}

impl World {
    /// A key of an organization's owner.
    pub async fn key(&self, tenant: &Tenant, scopes: &[Permission]) -> Auth {
        let mut cx = self.cx(tenant).await;
        let input = CreateApiKey { name: "Shop".into(), scopes: scopes.to_vec(), expires_at: None };
        let made = api_keys::create(&mut cx, input).await.expect("a key");
        self.services.commit(cx).await.expect("committed");
        Auth::Key(made.token)
    }

    /// A request to the REST API, with further headers.
    pub async fn call(
        &self,
        auth: &Auth,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let method: Method = method.to_uppercase().parse().expect("a method");
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        request = match auth {
            Auth::Nobody => request.header("sec-fetch-site", "same-origin"),
            Auth::Key(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Auth::Session(token) => request
                .header(header::COOKIE, format!("biseda_session={token}"))
                .header("sec-fetch-site", "same-origin"),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.ask(request.body(body).expect("a request")).await
    }
}

/// A program with a key.
pub struct Program<'a> {
    pub world: &'a World,
    pub auth: Auth,
}

impl<'a> Program<'a> {
    /// One that may do everything in the first organization.
    pub async fn new(world: &'a World) -> Self {
        Self { world, auth: world.key(&world.a, Permission::ALL).await }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.world.call(&self.auth, "GET", &at(path), None, &[]).await
    }

    /// The refusal of what a key may no more: who asked a moment ago may be answered a little longer.
    pub async fn refused_soon(&self, path: &str, status: u16) -> Value {
        for _ in 0..50 {
            let answer = self.get(path).await;
            if answer.status == status {
                return answer.refused(status);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{path} is still answered");
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.world.call(&self.auth, "POST", &at(path), Some(&body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.world.call(&self.auth, "PATCH", &at(path), Some(&body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.world.call(&self.auth, "DELETE", &at(path), None, &[]).await
    }
}

fn at(path: &str) -> String {
    format!("/api/v1/{path}")
}

impl Answer {
    /// The whole body of an answer with this status.
    #[track_caller]
    pub fn body(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// The data of something that was made.
    #[track_caller]
    pub fn created(&self) -> Value {
        self.body(201)["data"].take()
    }
}
