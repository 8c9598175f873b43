//! A publication that is made by hand.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{backend::EnvelopeForm, error::Error, live::Published};

/// A publication that is made by hand, beside the platform: any event, or any data at all.
///
/// As JSON for `POST /_emulator/publish`: `session` or `channel`, and `event` with `payload`, or
/// `data`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    pub(super) session: Option<String>,
    pub(super) channel: Option<String>,
    event: Option<String>,
    #[serde(default, deserialize_with = "present")]
    payload: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    data: Option<Box<RawValue>>,
}

impl Publication {
    /// An event of a session, in the envelope that is in force.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if `payload` is not one JSON value.
    pub fn event(session: &str, event: &str, payload: &str) -> Result<Self, Error> {
        Ok(Self {
            session: Some(session.to_owned()),
            channel: None,
            event: Some(event.to_owned()),
            payload: Some(raw(payload)?),
            data: None,
        })
    }

    /// Any data in the channel of a session, byte for byte.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if `data` is not one JSON value.
    pub fn data_for(session: &str, data: &str) -> Result<Self, Error> {
        Ok(Self {
            session: Some(session.to_owned()),
            channel: None,
            event: None,
            payload: None,
            data: Some(raw(data)?),
        })
    }

    /// The data to publish.
    pub(super) fn data(&self, form: EnvelopeForm) -> Result<Box<RawValue>, Error> {
        match (&self.event, &self.payload, &self.data) {
            (Some(event), Some(payload), None) => Ok(form.wrap(event, payload)),
            (None, None, Some(data)) => Ok(data.clone()),
            _ => Err(Error::refused(
                "name either `event` and `payload`, or `data`",
            )),
        }
    }
}

/// Where a publication that was made by hand stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublicationReceipt {
    /// Its channel.
    pub channel: String,
    /// Its offset there, from 1; 0 where the channel keeps no history.
    pub offset: u64,
    /// The epoch of its offset; empty where the channel keeps no history.
    pub epoch: String,
}

impl PublicationReceipt {
    pub(crate) fn new(channel: String, published: Published) -> Self {
        let Published { offset, epoch } = published;
        Self {
            channel,
            offset,
            epoch,
        }
    }
}

/// Reads `null` as a value: it is as good a payload as any.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::deserialize(deserializer).map(Some)
}

fn raw(json: &str) -> Result<Box<RawValue>, Error> {
    let raw: Result<Box<RawValue>, _> = serde_json::from_str(json);
    raw.map_err(|error| Error::refused(format_args!("not one JSON value: {error}")))
}
