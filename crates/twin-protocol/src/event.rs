//! What happens in a chat, as the live channels tell it.
use crate::raw::RawJson;
/// To come.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// x
    pub payload: RawJson,
}
