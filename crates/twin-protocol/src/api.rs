//! The platform's REST calls: one type a call, with its encoding and its decoding, and no HTTP
//! client anywhere.
//!
//! A call is a struct of its parameters. [`Endpoint::encode`] makes the request,
//! [`Endpoint::decode`] reads the response; whoever sends it adds the `Authorization` header where
//! [`Endpoint::auth`] asks for it. With feature `server` the other direction is there too:
//! `ServerEndpoint` reads requests and makes responses, for emulators and mocks.
//!
//! The calls themselves are generated from `docs/spec/twin.openapi.yaml`; what is beside them here
//! is written by hand and knows of no particular call.

mod base_url;
pub mod chats;
mod endpoint;
mod error;
mod error_reply;
mod page;
mod request;
mod response;
#[cfg(feature = "server")]
pub(crate) mod server;

pub use self::{
    base_url::{BaseUrl, BaseUrlError},
    endpoint::{Auth, Endpoint, Service},
    error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind},
    error_reply::ErrorReply,
    page::{Item, Page},
};
#[cfg(feature = "server")]
pub use self::{endpoint::ServerEndpoint, error::RequestError};
