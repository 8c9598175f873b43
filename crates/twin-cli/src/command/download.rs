//! `twin download`: a file of the platform, whole or not at all.

use std::{
    error::Error as _,
    io,
    path::{Path, PathBuf},
};

use twin_client::{Error, Existing};

use super::{Run, client, transfer::Bar};
use crate::{
    args::{Args, DownloadArgs},
    failure::{End, Failure},
    render::{Audience, Downloaded, Renderer},
};

pub(super) async fn run(wanted: &DownloadArgs, args: &Args, run: &Run) -> Result<(), End> {
    let config = run.config(args).await?;
    let iam = config.endpoints.iam.clone();
    let files = client(config)?.files();
    let id = wanted.file.as_str();
    let what = format!("cannot download file {id}");
    let download = run.stop.or(files.download(id)).await?;
    let download = download.map_err(|error| Failure::of_call(&what, &iam, &error))?;
    let head = download.head().clone();
    let name = download.file_name().unwrap_or_else(|| "download".into());
    let path = place(wanted.output.as_deref(), &name);
    let shown = path.display().to_string();
    let existing = if wanted.overwrite {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let bar = Bar::new(&name, args);
    let saving = download.on_progress(bar.watch()).save(&path, existing);
    let saved = run.stop.or(saving).await?;
    drop(bar);
    let size = saved.map_err(|error| failed(id, &shown, &error))?;
    let file = Downloaded {
        id,
        head: &head,
        size,
        path: &shown,
    };
    let renderer = Renderer::new(run.format, Audience::One);
    run.output.line(renderer.downloaded(&file)).await
}

/// Where the file goes.
fn place(output: Option<&Path>, name: &str) -> PathBuf {
    match output {
        None => name.into(),
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(file) => file.to_owned(),
    }
}

fn failed(id: &str, path: &str, error: &Error) -> Failure {
    let what = format!("cannot download file {id} to {path}");
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::AlreadyExists) => {
            let advice = "there is such a file; choose another name with --output, or replace it with --overwrite";
            Failure::new(error.kind(), format!("{what}: {advice}"))
        }
        _ => Failure::of_client(&what, error),
    }
}
