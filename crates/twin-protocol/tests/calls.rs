//! Every call in both directions: what a client writes a server reads as the same, and the other way
//! round; what is wrong is refused by name.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "what a test builds is right")]

#[path = "calls/any.rs"]
mod any;
#[path = "calls/by_name.rs"]
mod by_name;
#[path = "calls/every.rs"]
mod every;
#[path = "calls/printed.rs"]
mod printed;
#[path = "calls/refused.rs"]
mod refused;
#[path = "calls/same.rs"]
mod same;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use twin_protocol::api::{BaseUrl, Endpoint, RequestError, ServerEndpoint};

fn base() -> BaseUrl {
    BaseUrl::parse("http://127.0.0.1:1/api/v1").unwrap()
}

/// What a server reads of the request that a client makes of `call`.
fn through_the_wire<E: ServerEndpoint>(call: &E) -> Result<E, RequestError> {
    let request = call.encode(&base()).expect("the call can be written");
    let path = request
        .uri()
        .path()
        .strip_prefix("/api/v1")
        .expect("below the base")
        .to_owned();
    E::decode_request(&path, &request)
}

/// The address of a request, below the base, and its body.
fn written<E: Endpoint>(call: &E) -> (String, Value) {
    let request = call.encode(&base()).unwrap();
    let address = request.uri().path_and_query().unwrap().as_str().to_owned();
    let body = match request.body().is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(request.body()).unwrap(),
    };
    (address.strip_prefix("/api/v1").unwrap().to_owned(), body)
}

/// A request with this address below the base, and this body.
fn request(address: &str, body: &str) -> (String, Request<Bytes>) {
    let path = address.split('?').next().unwrap().to_owned();
    let request = Request::builder()
        .uri(format!("http://127.0.0.1:1/api/v1{address}"))
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    (path, request)
}

fn response(status: u16, body: &str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}
