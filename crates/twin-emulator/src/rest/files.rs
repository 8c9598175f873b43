//! Files: uploads and downloads of the identity service.

use std::sync::Arc;

use axum::body::Body;
use tokio::time::Instant;
use twin_protocol::{
    api::{
        ContentHead, Item,
        iam::{DownloadFile, UploadFiles},
    },
    model,
};

use super::{
    Rest,
    call::{Caller, ServeContent, ServeForm},
    error::Failure,
    form::Upload,
    wire,
};
use crate::{
    files,
    platform::{Attachment, File, FileContent},
};

impl ServeForm for UploadFiles {
    async fn serve(
        self,
        rest: Arc<Rest>,
        caller: Caller,
        uploads: Vec<Upload>,
    ) -> Result<Vec<Item<model::File>>, Failure> {
        // Beyond what an instant can hold a file stays for ever.
        let expires = self.ttl.and_then(|ttl| Instant::now().checked_add(ttl));
        let mut kept = Vec::new();
        for upload in uploads {
            let (name, content_type) = (&upload.name, &upload.content_type);
            let mut attachment = Attachment::new("".into(), name, content_type, upload.size);
            attachment.is_private = self.is_private.unwrap_or(false);
            attachment.path = self.path.clone().unwrap_or_default();
            attachment.owner.clone_from(&caller.user);
            let file = rest.platform.keep_file(File {
                attachment,
                content: FileContent::Disk(Arc::new(upload.path)),
                sha256: Some(upload.sha256),
                expires,
            });
            kept.push(Item::new(wire::file(&file.attachment))?);
        }
        Ok(kept)
    }
}

impl ServeContent for DownloadFile {
    async fn open(self, rest: Arc<Rest>, _: Caller) -> Result<(ContentHead, Body), Failure> {
        let not_found = || Failure::not_found("File not found.");
        let file = rest.platform.file(self.file_id.as_str());
        let file = file.ok_or_else(not_found)?;
        let body = files::body(&file).await.map_err(|_| not_found())?;
        let mut head = ContentHead::default();
        head.content_type = Some(file.attachment.content_type);
        head.file_name = Some(file.attachment.name);
        head.length = Some(file.attachment.size);
        Ok((head, body))
    }
}
