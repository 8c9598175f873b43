//! What one writes by hand over hyper: the address is made, the message encoded, the answer decoded, and the
//! whole has a time.

use std::time::Duration;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{SESSION, TEXT, bare};

/// As long as the SDK's.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    base: String,
}

#[derive(Serialize)]
struct Message {
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    id: String,
    created_at: String,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            client: legacy::Client::builder(TokioExecutor::new()).build(bare::connector()),
            base: format!("{url}/api/chats/v1"),
        }
    }

    pub(crate) async fn send(&self) -> Result<()> {
        let message = Message {
            body: TEXT.to_owned(),
        };
        let body = serde_json::to_vec(&message)?;
        let request = Request::post(format!("{}/sessions/{SESSION}/messages", self.base))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "typed")
            .body(Full::new(body.into()))?;
        let answer = async {
            let response = self.client.request(request).await?;
            ensure!(response.status().is_success(), "{}", response.status());
            Ok(response.into_body().collect().await?.to_bytes())
        };
        let sent: Sent = serde_json::from_slice(&timeout(PATIENCE, answer).await??)?;
        ensure!(
            !sent.id.is_empty() && !sent.created_at.is_empty(),
            "an empty answer"
        );
        Ok(())
    }
}
