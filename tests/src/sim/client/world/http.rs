//! The way between the client's requests and the platform.

use http::{Response, StatusCode};
use serde_json::json;
use twin_transport::{Body, ErrorKind, Reached};

use super::{Event, Link, World};
use crate::sim::client::{Answered, Asked, Trouble, respond};

/// How a request ends.
#[derive(Debug)]
pub(in crate::sim) enum Answering {
    Failure(ErrorKind, Reached),
    Response(Response<Body>),
}

impl Answering {
    pub(super) fn to(self, asked: Asked) {
        match self {
            Self::Failure(kind, reached) => asked.fail(kind, reached),
            Self::Response(response) => asked.answer(response),
        }
    }
}

impl<L: Link> World<'_, L> {
    pub(super) fn ask(&mut self, asked: Asked) {
        let request = &asked.request;
        self.trace.add(self.clock.now, || {
            format!("? {} {}", request.method(), request.uri())
        });
        let Some(asked) = L::take_asked(self, asked) else {
            return;
        };
        let trouble = self.http.filter(|(_, until)| self.clock.now < *until);
        let trouble = if self.link.is_down(self.clock.now) {
            Some(Trouble::Unreachable)
        } else {
            trouble.map(|(trouble, _)| trouble)
        };
        let at = self.clock.now + self.clock.latency();
        let never_arrives = match trouble {
            Some(Trouble::Unreachable) => {
                Some(Answering::Failure(ErrorKind::Unreachable, Reached::No))
            }
            // What the platform has not heard of is as broken as what it has.
            Some(Trouble::Broken) if self.clock.random.bool() => {
                Some(Answering::Failure(ErrorKind::Lost, Reached::Unknown))
            }
            Some(Trouble::Answered(status)) if status < 500 || self.clock.random.bool() => {
                Some(self.answered(status))
            }
            _ => None,
        };
        self.clock.at(
            at,
            match never_arrives {
                Some(answering) => Event::Answer(asked, answering),
                None => Event::AtPlatform(asked, trouble),
            },
        );
    }

    /// The platform hears of a request, and does what it asks, whatever becomes of the answer.
    pub(super) fn at_platform(&mut self, asked: Asked, trouble: Option<Trouble>) {
        let (done, response) = self.platform.hear(self.clock.now, &asked.request);
        if let Answered::Started { session } = done {
            self.begin(&session);
        }
        let answering = match trouble {
            Some(Trouble::Answered(status)) => self.answered(status),
            Some(Trouble::Broken) => Answering::Failure(ErrorKind::Lost, Reached::Unknown),
            // It waits for ever.
            Some(Trouble::Silent) => return drop(asked),
            _ => Answering::Response(response),
        };
        let at = self.clock.now + self.clock.latency();
        self.clock.at(at, Event::Answer(asked, answering));
    }

    fn answered(&self, status: u16) -> Answering {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        Answering::Response(respond(self.clock.now, status, &json!({"error": "no"})))
    }
}
