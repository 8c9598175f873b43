//! What becomes of a session that is read too slowly.

/// What becomes of a session that is read too slowly, where other sessions share its link. A session
/// that has a link to itself always holds it up: the server feels that, and nobody else does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlowReaders {
    /// It falls behind, and holds up nobody: what comes for it is not kept until all that waits has
    /// been read. Then it is told of a gap ([`GapReason::Overflow`]), filled from the list of
    /// messages where that can be had.
    ///
    /// [`GapReason::Overflow`]: crate::GapReason::Overflow
    #[default]
    FallBehind,
    /// It holds up its link, and with it the other sessions there. For programs that read all their
    /// sessions at one place: such a place is slow for all of them.
    HoldUp,
}
