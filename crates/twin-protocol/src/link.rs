//! What both live links share: the vocabulary in which a state machine talks to its driver.
//!
//! A machine has two methods, `handle(now, input, &mut out)` and `deadline()`. The driver owns the
//! socket, the clock and the timer; it feeds an [`Input`] for everything that happens, in the order
//! in which it happened, and carries out what the [`Outbox`] then holds, in that order. Nothing in
//! here knows which protocol is spoken.

mod action;
pub(crate) mod advice;
mod backoff;
mod command;
mod dial;
mod emit;
mod exchange;
mod input;
mod moment;
mod notice;
mod outbox;
mod reason;
mod report;
mod token;

pub use self::{
    action::Action,
    backoff::{Backoff, BackoffConfig},
    command::{Command, Join, JoinStart},
    dial::{DialFailure, DialFailureKind, SocketId},
    emit::{
        AckId, Acknowledgement, Argument, Emit, EmitId, EmitOutcome, NotSent, Respond, WhenDown,
    },
    exchange::{ExchangeId, Query},
    input::{CloseFrame, ExchangeInput, Input, SocketInput},
    moment::Moment,
    notice::Notice,
    outbox::{Outbox, Output},
    reason::{EndKind, EndReason},
    report::{Gap, GapReason, LinkEvent, LinkState, Position, Report, SessionEnd},
    token::{TokenId, TokenInput},
};
