//! `files.md`. Its files are on the reader's machine, so this is only compiled.
#![allow(dead_code, reason = "see above")]

use twin_client::{Client, Existing, FileSource, MessageDraft, Session};

use crate::Done;

async fn send_a_file_with_a_message(client: Client, session: Session) -> Done {
    let file = client
        .files()
        .upload(FileSource::open("cat.png").await?)
        .await?;
    let message = MessageDraft::new("Look at her!").with_attachment(file.id);
    session.send(message).await.sent()?;
    Ok(())
}

async fn download(client: Client, file_id: &str) -> Done {
    let download = client.files().download(file_id).await?;
    let name = download.file_name().unwrap_or_else(|| "file".into());
    download
        .limit(100 << 20)
        .save(&name, Existing::Keep)
        .await?;
    Ok(())
}
