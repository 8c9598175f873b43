//! What a user of the link, or of the client, asks for.

#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    Emit,
    /// A session that is started now, and has said so much by the time that it is joined.
    JoinFresh(usize, u64),
    JoinNow(usize),
    Leave(usize),
    Renew,
    Resume,
    Suspend,
}

impl Wish {
    /// Which session it is about.
    pub(super) const fn session(self) -> Option<usize> {
        match self {
            Self::JoinFresh(session, _) | Self::JoinNow(session) | Self::Leave(session) => {
                Some(session)
            }
            Self::Emit | Self::Renew | Self::Resume | Self::Suspend => None,
        }
    }
}
