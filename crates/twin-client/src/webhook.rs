//! The webhook: the platform posts the answers of direct dialogs to an address of one's own.
//!
//! ```no_run
//! # #[cfg(feature = "native")]
//! # async fn show(client: twin_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use twin_client::{api::BaseUrl, webhook::WebhookSettings};
//!
//! let public = BaseUrl::parse("https://shop.example")?;
//! let settings = WebhookSettings::new(&public, "/twin/answers", "a-long-secret-of-ones-own")?;
//! let hook = client.webhook(settings);
//! // `hook.service` is a tower service: give it to hyper, or to axum's `route_service`.
//! let (dialog, _) = client.bot("bot").start().await?;
//! let answer = dialog.ask_by_webhook("What does it cost?", &hook.answers).await?;
//! # drop(answer);
//! # Ok(())
//! # }
//! ```
//!
//! # What is known of the platform's side, and what is made of it
//!
//! The platform posts a dialog, with the `callbackData` of the question, to the address that came
//! with the question. Nothing is documented of signatures, of repeats, or of the reply that is
//! expected. So:
//!
//! - The address holds a secret, `?key=..`, which is compared in constant time. Whoever does not
//!   know it learns nothing: 404.
//! - The answer is 200, at once, before anyone has looked at the post.
//! - An answer finds its question by an unguessable token in `callbackData`, which wraps the
//!   question's own.
//! - A post that comes again, byte for byte, with such a token is a repeat and is dropped. One
//!   without a token may be a second, equal answer: it is handed on and
//!   [marked](Post::is_repeated).
//! - Where more posts wait than may, the answer is 503 with `Retry-After`. A platform that repeats
//!   then loses nothing; one that does not has lost a post, and knows. A 200 would lose it and say
//!   otherwise.

mod answers;
mod post;
mod refusal;
mod seen;
mod service;
mod settings;
mod token;

pub(crate) use self::answers::Awaited;
pub use self::{
    answers::Answers,
    post::{Post, Posts},
    refusal::Refusal,
    service::WebhookService,
    settings::WebhookSettings,
};
use crate::Client;

/// A webhook: the service that takes posts in, and where they go.
#[derive(Debug)]
#[non_exhaustive]
pub struct Webhook {
    /// Takes posts in, for a server to run. Cheap to clone.
    pub service: WebhookService,
    /// For questions whose answers are to come here.
    pub answers: Answers,
    /// What comes and answers no question that waits. When it is dropped, such posts are taken in
    /// and forgotten.
    pub posts: Posts,
}

impl Webhook {
    pub(crate) fn new(client: &Client, settings: WebhookSettings) -> Self {
        let answers = Answers::new(settings.url());
        let (queue, posts) = post::queue(settings.waiting);
        let service = WebhookService::new(client.shared(), settings, answers.clone(), queue);
        Self {
            service,
            answers,
            posts,
        }
    }
}
