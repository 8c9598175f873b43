//! The tokens of a client: who has one, when it is renewed, and who waits for it.

mod changes;
mod expiry;
mod iam;
mod keeper;
mod renewal;

pub(crate) use self::keeper::{Bearer, Keeper};
pub use self::{changes::TokenChanges, iam::Iam};
