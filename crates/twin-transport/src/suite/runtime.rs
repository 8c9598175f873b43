//! What every [`Runtime`](crate::Runtime) does: [`runtime_suite!`](crate::runtime_suite).
