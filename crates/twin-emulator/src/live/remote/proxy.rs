//! What the server asks its backend, by HTTP POST of JSON (facts, 5.2).
//!
//! A request that is no such question is 400, which the server makes error 100 of.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, Router, body::Bytes, extract::State, routing::post};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    backend::{Answer, Backend, ConnectRequest, RpcRequest},
    rest,
};

/// The calls below `/centrifugo/proxy`.
pub(crate) fn calls(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/connect", post(connect))
        .route("/rpc", post(rpc))
        .route("/subscribe", post(subscribe))
        .fallback(rest::not_found)
        .method_not_allowed_fallback(rest::method_not_allowed)
        .with_state(backend)
}

/// A question: the fields that all have, and those of some.
#[derive(Deserialize)]
struct Question {
    client: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
}

/// An answer, in the words of the server.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<T> {
    Disconnect {
        code: u16,
        reason: String,
    },
    Error {
        code: u32,
        message: String,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        temporary: bool,
    },
    Result(T),
}

/// Who comes is nobody in particular, and gets these channels.
#[derive(Serialize)]
struct Connected {
    user: &'static str,
    subs: BTreeMap<String, Empty>,
}

#[derive(Serialize)]
struct Called {
    data: Box<RawValue>,
}

#[derive(Serialize)]
struct Empty {}

type Replied<T> = Result<Json<Reply<T>>, StatusCode>;

async fn connect(State(backend): State<Arc<Backend>>, body: Bytes) -> Replied<Connected> {
    let question = read(&body)?;
    let request = ConnectRequest {
        client: &question.client,
        name: &question.name,
        data: question.data.as_deref(),
    };
    reply(backend.connect(request).await, |channels| Connected {
        user: "",
        subs: channels.into_iter().map(|it| (it, Empty {})).collect(),
    })
}

async fn rpc(State(backend): State<Arc<Backend>>, body: Bytes) -> Replied<Called> {
    let question = read(&body)?;
    let request = RpcRequest {
        client: &question.client,
        method: &question.method,
        data: question.data.as_deref(),
    };
    reply(backend.rpc(request).await, |data| Called { data })
}

async fn subscribe(State(backend): State<Arc<Backend>>, body: Bytes) -> Replied<Empty> {
    let question = read(&body)?;
    let answer = backend.subscribe(&question.client, &question.channel);
    reply(answer, |()| Empty {})
}

fn read(body: &[u8]) -> Result<Question, StatusCode> {
    serde_json::from_slice(body).map_err(|error| {
        tracing::warn!(target: "twin::emulator", %error, "the live side asks what cannot be read");
        StatusCode::BAD_REQUEST
    })
}

fn reply<A, T>(answer: Answer<A>, result: impl FnOnce(A) -> T) -> Replied<T> {
    Ok(Json(match answer {
        Answer::Disconnect { code, reason } => Reply::Disconnect { code, reason },
        Answer::Error(refusal) => Reply::Error {
            code: refusal.code,
            message: refusal.message,
            temporary: refusal.is_temporary,
        },
        Answer::Result(granted) => Reply::Result(result(granted)),
    }))
}
