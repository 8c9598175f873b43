//! The platform's REST calls: one type a call, with its encoding and its decoding, and no HTTP
//! client anywhere.
//!
//! A call is a struct of its parameters. [`Endpoint::encode`] makes the request,
//! [`Endpoint::decode`] reads the response; whoever sends it adds the `Authorization` header where
//! [`Endpoint::auth`] asks for it. With feature `server` the other direction is there too:
//! `ServerEndpoint` reads requests and makes responses, for emulators and mocks.
//!
//! # How replies are read
//!
//! One rule for every call:
//!
//! - A field that nobody knows is ignored.
//! - A field that may be lacking is `None`, or an empty list or map, where it is absent or `null`.
//! - A field that must be there and is not, or any field of another type than its own, makes what it
//!   stands in unreadable: the reply, with [`DecodeErrorKind::Body`] and the field's name; or the
//!   [`Item`] of a list, and then only this item, which keeps its JSON.
//! - An object is read by the names of its fields. A list in its place is of another type, also where
//!   its values would fit the fields one by one.
//! - Lists that are the reply itself have such items, in a [`Page`] or alone, and so have the messages
//!   within a reply. A [`Page`] has a count or items; what has neither, `{}` and `[]` too, is unreadable. Lists deeper within, of attachments or answers, are part of what they stand in.
//! - Numbers as text, texts as numbers, `1` for true and `[]` for an empty map are read as what they
//!   mean where the specification says so.
//!
//! The calls themselves are generated from `docs/spec/twin.openapi.yaml`; what is beside them here
//! is written by hand and knows of no particular call.

mod base_url;
pub mod bot;
pub mod chats;
mod content;
mod endpoint;
mod error;
mod error_reply;
pub mod iam;
mod page;
mod request;
mod response;
#[cfg(feature = "server")]
pub(crate) mod server;

pub use self::{
    base_url::{BaseUrl, BaseUrlError},
    content::{Content, ContentHead},
    endpoint::{Auth, Endpoint, MultipartEndpoint, Service},
    error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind},
    error_reply::ErrorReply,
    page::{Item, Page},
};
#[cfg(feature = "server")]
pub use self::{
    endpoint::{ServerEndpoint, ServerMultipartEndpoint},
    error::RequestError,
};
