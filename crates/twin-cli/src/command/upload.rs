//! `twin upload`: files, each in a request of its own, and their ids.

use std::path::Path;

use twin_client::{
    Error, FileSource, Files, Reached,
    api::{BaseUrl, Item},
    model::File,
};

use super::{Run, client, transfer::Bar};
use crate::{
    args::{Args, UploadArgs},
    failure::{End, Failure},
    render::{Audience, Renderer},
};

pub(super) async fn run(upload: &UploadArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let iam = config.endpoints.iam.clone();
    let files = client(config)?.files();
    let renderer = Renderer::new(run.format, Audience::One);
    for path in &upload.files {
        let shown = path.display().to_string();
        let kept = run.stop.or(send(&files, path, upload, args)).await?;
        let kept = kept.map_err(|error| failed(&shown, &iam, &error))?;
        for file in &kept {
            run.output.line(renderer.uploaded(&shown, file)).await?;
        }
    }
    Ok(())
}

async fn send(
    files: &Files,
    path: &Path,
    upload: &UploadArgs,
    args: &Args,
) -> Result<Vec<Item<File>>, Error> {
    let source = FileSource::open(path).await?;
    let bar = Bar::new(source.name(), args);
    let mut form = files.form().file(source).on_progress(bar.watch());
    if upload.private {
        form = form.private();
    }
    if let Some(folder) = &upload.folder {
        form = form.folder(folder.as_str());
    }
    if let Some(time) = upload.keep_for {
        form = form.keep_for(time);
    }
    form.send().await
}

/// What became of the upload of what is called `shown`.
pub(super) fn failed(shown: &str, iam: &BaseUrl, error: &Error) -> Failure {
    let what = if is_undone(error) {
        format!("cannot upload {shown}")
    } else {
        format!("it is not known whether the platform has got {shown}")
    };
    Failure::of_call(&what, iam, error)
}

/// Whether the platform has certainly not kept the file.
fn is_undone(error: &Error) -> bool {
    match error.status() {
        Some(status) => status.is_client_error() && status.as_u16() != 408,
        None => error.reached() == Reached::No,
    }
}
