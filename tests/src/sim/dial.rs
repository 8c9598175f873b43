//! How dials go for a while.

use fastrand::Rng;

#[derive(Clone, Copy, Debug)]
pub(super) enum Dial {
    Refused(u16),
    Silent,
    TimedOut,
    Unreachable,
}

impl Dial {
    /// Something that passes.
    pub(super) fn draw(random: &mut Rng) -> Self {
        match random.u8(0..5) {
            0 => Self::Refused(503),
            1 => Self::Silent,
            2 => Self::TimedOut,
            _ => Self::Unreachable,
        }
    }
}
