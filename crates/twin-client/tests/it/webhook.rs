//! The webhook: answers find their questions, posts are taken in once, and nothing grows for ever.

mod asking;
mod emulator;
mod service;

use bytes::Bytes;
use http::{Request, Response, header::CONTENT_TYPE};
use http_body_util::Full;
use serde_json::Value;
use tower_service::Service as _;
use twin_client::{
    api::BaseUrl,
    webhook::{WebhookService, WebhookSettings},
};

const SECRET: &str = "a-secret-nobody-guesses";

fn settings() -> WebhookSettings {
    let public = BaseUrl::parse("https://shop.example").unwrap();
    WebhookSettings::new(&public, "/answers", SECRET).unwrap()
}

/// A post of this, as the platform makes it.
fn post(json: &Value) -> Request<Full<Bytes>> {
    Request::post(format!("/answers?key={SECRET}"))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(json.to_string())))
        .unwrap()
}

/// The answer of the service.
async fn served<B>(service: &WebhookService, request: Request<B>) -> Response<Full<Bytes>>
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    service.clone().call(request).await.unwrap()
}
