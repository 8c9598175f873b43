//! `identity.md`

use twin_client::{Config, Credentials, Endpoints, PasswordLogin, api::chats::ListSessions};
use twin_emulator::Emulator;

use crate::Done;

#[tokio::test]
async fn who_you_are() -> Done {
    use twin_client::{Client, Config, Credentials, PasswordLogin};

    let mut config = Config::default();
    config.credentials = Credentials::provider(PasswordLogin::new("me@example.com", "password"));
    let client = Client::new(config)?;
    Ok(())
}

#[tokio::test]
async fn keeping_tokens_and_any_call() -> Done {
    let emulator = Emulator::start().await?;
    let mut config = Config::default();
    config.endpoints = Endpoints::emulator(&emulator.addresses().http)?;
    config.credentials = Credentials::provider(PasswordLogin::new("anna@example.com", "demo"));
    let client = twin_client::Client::new(config)?;
    let keeping = async {
        let mut changes = client.tokens();
        while let Some(tokens) = changes.next().await {
            // tokens.access, tokens.refresh, tokens.expires: to a place that only you can read.
        }
    };
    let calling = async {
        use twin_client::api::iam::GetCurrentUser;

        let me = client.call(GetCurrentUser::new()).await?;
        println!("{:?}", me.email);
        assert_eq!(me.email.as_deref(), Some("anna@example.com"));
        Done::Ok(())
    };
    tokio::select! {
        () = keeping => Err("the client has more tokens to come".into()),
        called = calling => called,
    }
}

#[tokio::test]
async fn lists() -> Done {
    let emulator = Emulator::start().await?;
    let client = crate::client(&emulator)?;
    let mut filter = ListSessions::new();
    filter.status = Some("OPEN".into());
    let mut sessions = client.sessions().list(filter);
    while let Some(session) = sessions.next().await? {
        if let Ok(session) = session.read() {
            println!("{}", session.id.as_str());
        }
    }
    Ok(())
}
