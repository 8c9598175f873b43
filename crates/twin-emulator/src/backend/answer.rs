//! The questions of a live side and the answers to them.

use serde_json::value::RawValue;

use super::behaviour::Fault;
use crate::live::embedded::ErrorReply;

/// A connection that wants to be let in.
#[derive(Debug)]
pub(crate) struct ConnectRequest<'a> {
    /// The id of the connection.
    pub(crate) client: &'a str,
    /// What kind of client it says it is.
    pub(crate) name: &'a str,
    pub(crate) data: Option<&'a RawValue>,
}

/// A call of a connection.
#[derive(Debug)]
pub(crate) struct RpcRequest<'a> {
    /// The id of the connection.
    pub(crate) client: &'a str,
    pub(crate) method: &'a str,
    pub(crate) data: Option<&'a RawValue>,
}

/// An answer of the backend.
#[derive(Clone, Debug)]
pub(crate) enum Answer<T> {
    /// End the connection.
    Disconnect { code: u16, reason: String },
    /// Refuse.
    Error(Refusal),
    /// Do it.
    Result(T),
}

/// An error reply of the backend: codes from 400 to 1999 are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) is_temporary: bool,
}

impl Refusal {
    pub(super) fn new(code: u32, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            message,
            is_temporary: false,
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }
}

impl From<Refusal> for ErrorReply {
    fn from(refusal: Refusal) -> Self {
        let Refusal {
            code,
            message,
            is_temporary,
        } = refusal;
        Self {
            code,
            message,
            temporary: is_temporary,
        }
    }
}

impl Answer<Box<RawValue>> {
    /// What `joinSession` answers.
    pub(super) fn success(success: bool) -> Self {
        let answer = format!(r#"{{"success":{success}}}"#);
        Self::Result(RawValue::from_string(answer).expect("written as JSON"))
    }
}

impl<T> Answer<T> {
    /// The answer that a fault is, with `unsuccessful` where that is one.
    fn faulty(fault: Fault, unsuccessful: impl FnOnce() -> Self) -> Self {
        match fault {
            Fault::Disconnect { code, reason } => Self::Disconnect { code, reason },
            Fault::Error {
                code,
                message,
                temporary,
            } => Self::Error(Refusal {
                code,
                message,
                is_temporary: temporary,
            }),
            Fault::Unsuccessful => unsuccessful(),
        }
    }
}

impl From<Fault> for Answer<Box<RawValue>> {
    fn from(fault: Fault) -> Self {
        Self::faulty(fault, || Self::success(false))
    }
}

impl From<Fault> for Answer<Vec<String>> {
    fn from(fault: Fault) -> Self {
        Self::faulty(fault, || Self::Result(Vec::new()))
    }
}

impl From<Fault> for Answer<()> {
    fn from(fault: Fault) -> Self {
        Self::faulty(fault, || Self::Result(()))
    }
}
