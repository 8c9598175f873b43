//! hyper and its pool: the same bytes go out, and what comes is read to its end.

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use twin_client::{
    MessageDraft,
    api::{BaseUrl, Endpoint as _, chats::SendMessage},
};

use crate::{SESSION, TEXT};

/// Connections that send at once.
pub(crate) fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector
}

pub(crate) struct Client {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
    body: Bytes,
}

impl Client {
    pub(crate) fn new(url: &str) -> Result<Self> {
        let base: BaseUrl = format!("{url}/api/chats/v1").parse()?;
        let call = SendMessage::new(SESSION.into(), MessageDraft::new(TEXT));
        let (head, body) = call.encode(&base)?.into_parts();
        Ok(Self {
            client: legacy::Client::builder(TokioExecutor::new()).build(connector()),
            uri: head.uri,
            body,
        })
    }

    pub(crate) async fn send(&self) -> Result<()> {
        let request = Request::post(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "bare")
            .body(Full::new(self.body.clone()))?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success(), "{}", response.status());
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(!body.is_empty(), "an empty answer");
        Ok(())
    }
}
