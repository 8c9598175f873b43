//! The SDK's client: a typed request, a typed answer.

use anyhow::Result;
use twin_client::{Config, Endpoints, MessageDraft, api::chats::SendMessage};

use crate::{SESSION, TEXT};

pub(crate) struct Client(twin_client::Client);

impl Client {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let mut config = Config::default();
        config.endpoints = Endpoints::emulator(url)?;
        Ok(Self(twin_client::Client::new(config)?))
    }

    pub(crate) async fn send(&self) -> Result<()> {
        let call = SendMessage::new(SESSION.into(), MessageDraft::new(TEXT));
        self.0.call(call).await?;
        Ok(())
    }
}
