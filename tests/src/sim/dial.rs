//! How dials go for a while.

#[derive(Clone, Copy, Debug)]
pub(super) enum Dial {
    Refused(u16),
    Silent,
    TimedOut,
    Unreachable,
}
