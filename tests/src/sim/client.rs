//! What simulations of the whole client share, whichever the link: its transports in memory, its
//! readers, the platform's REST side, and what a user is owed.
//!
//! Everything that reaches the client or its user is written into one journal as it happens, so that
//! what a frame entitles a user to is known before the user is told of it.

mod desk;
mod journal;
mod judge;
mod platform;
mod reader;
mod sockets;

pub(super) use self::{
    desk::{Asked, Desk},
    journal::{Entry, Journal, Reading},
    judge::Judge,
    platform::{Answered, Platform, Trouble, date, respond},
    reader::{Pace, read},
    sockets::{Sockets, number_of},
};
