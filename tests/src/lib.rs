//! What the tests of the whole share: fuzz targets, and what else no single crate can hold.
//!
//! This package depends on every crate of the SDK and is depended on by none.

pub mod conformance;
pub mod differential;
pub mod fuzz;
pub mod peer;
pub mod protobuf;
pub mod proxy;
pub mod replay;
pub mod sim;
pub mod tool;
pub mod transcript;
