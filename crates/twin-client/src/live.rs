//! Live connections: which link carries which session, and who drives them.
//!
//! The [`Pool`] decides which link carries a session, and over which of the platform's channels.
//! Each link has one [`driver`] task, which owns the state machine, the socket, the requests and the
//! timer; handles send it orders. What a link brings goes to
//! the inboxes of its sessions, what belongs to none to the [`UnassignedOutlet`], and what becomes
//! of the links themselves to the [`LinkBoard`]. Nothing here knows what an event means.

mod board;
mod budget;
mod connection;
mod cookies;
mod dial;
mod driver;
mod exchanges;
mod machine;
mod pool;
mod route;
mod unassigned;

pub(crate) use self::{
    board::LinkBoard,
    budget::{Budget, Charge, Freight},
    pool::{Openings, Pool},
    unassigned::UnassignedOutlet,
};
pub use self::{
    board::{LinkChange, LinkChanges},
    unassigned::Unassigned,
};
