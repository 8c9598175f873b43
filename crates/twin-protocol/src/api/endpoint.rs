//! What every call has.

use bytes::Bytes;
use http::{Method, Request, Response};

#[cfg(feature = "server")]
use crate::api::RequestError;
use crate::api::{BaseUrl, DecodeError, EncodeError};

/// A call of the platform: a value of the type is one request.
pub trait Endpoint {
    /// Its name in the specification, as `sendMessage`.
    const OPERATION: &'static str;
    /// The service that answers it.
    const SERVICE: Service;
    /// How it is authorized.
    const AUTH: Auth;
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path below the service's address, with names in braces: `/sessions/{sessionId}`.
    const PATH: &'static str;
    /// Whether sending it twice does no more than sending it once. Only then may it be repeated
    /// when it is not known whether the first attempt arrived.
    const IDEMPOTENT: bool;
    /// What a successful response says.
    type Response;

    /// The service that answers this very request: [`SERVICE`](Self::SERVICE), unless one of its
    /// parameters chooses another.
    fn service(&self) -> Service {
        Self::SERVICE
    }

    /// How this very request is authorized: [`AUTH`](Self::AUTH), unless one of its parameters
    /// chooses otherwise.
    fn auth(&self) -> Auth {
        Self::AUTH
    }

    /// The request, with an absolute URI below `base`. It has no `Authorization` header, but for
    /// [`Auth::Bare`]: whoever sends it adds one where [`auth`](Self::auth) says so.
    ///
    /// # Errors
    ///
    /// When an id cannot stand in a path (it is empty, `.` or `..`) or a token in a header, the URI
    /// is too long, or the body cannot be written as JSON.
    fn encode(&self, base: &BaseUrl) -> Result<Request<Bytes>, EncodeError>;

    /// Reads the response.
    ///
    /// # Errors
    ///
    /// When its status is not a success, or its body is not what a success promises.
    fn decode(response: Response<Bytes>) -> Result<Self::Response, DecodeError>;
}

/// The other direction of an [`Endpoint`], for a server.
#[cfg(feature = "server")]
pub trait ServerEndpoint: Endpoint + Sized {
    /// Reads a request whose path below the service's address is `path`, percent-encoded as it
    /// came. Its method is not looked at: that is the router's to do.
    ///
    /// # Errors
    ///
    /// When a parameter or a field is missing, is not of its type, or exceeds its limits.
    fn decode_request(path: &str, request: &Request<Bytes>) -> Result<Self, RequestError>;

    /// The response of a success.
    ///
    /// # Errors
    ///
    /// When the body cannot be written as JSON.
    fn encode_response(response: &Self::Response) -> Result<Response<Bytes>, EncodeError>;
}

/// A call whose body is a form with files.
///
/// [`encode`](Endpoint::encode) makes the head of the request alone: whoever sends it makes the body,
/// `multipart/form-data` of these [`fields`](Self::fields) and then of the files, each in a part
/// named [`FILES`](Self::FILES), and sets the `Content-Type` with the boundary.
pub trait MultipartEndpoint: Endpoint {
    /// The name of the parts that are files. There may be several.
    const FILES: &'static str;

    /// The other parts, names and values, in order.
    fn fields(&self) -> Vec<(&'static str, String)>;
}

/// The other direction of a [`MultipartEndpoint`], for a server.
/// [`decode_request`](ServerEndpoint::decode_request) reads the head; the fields follow one by one, as
/// they come.
#[cfg(feature = "server")]
pub trait ServerMultipartEndpoint: MultipartEndpoint + ServerEndpoint {
    /// Takes a part that is not a file. A name that the call does not have is ignored.
    ///
    /// # Errors
    ///
    /// When the value is not of the field's type.
    fn set_field(&mut self, name: &str, value: &str) -> Result<(), RequestError>;
}

/// A service of the platform: each has an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Direct dialogs with bots.
    Bot,
    /// Chats, sessions and messages: the public API.
    Chats,
    /// Identity: login, users, files.
    Iam,
    /// Chats and sessions through the gateway of the web widget, which asks for no token.
    Widget,
}

/// How a call is authorized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// By the header `Authorization: <token>`, without a scheme. The token is part of the call, and
    /// the request brings the header itself.
    Bare,
    /// By the header `Authorization: Bearer <token>`.
    Bearer,
    /// Not at all.
    None,
}
