//! The calls that take or give files: `uploadFiles` and `downloadFile`.

use std::io::{self, IsTerminal as _};

use bytes::Bytes;
use futures_util::stream;
use tokio::io::AsyncReadExt as _;
use twin_client::{Error, FileSource, api::iam::UploadFiles};
use twin_protocol::api::ServerMultipartEndpoint as _;

use super::{
    operation::{Form, Operation},
    request::{self, Given},
};
use crate::{
    args::{ApiArgs, Args, DownloadArgs, Format},
    command::{Run, client, download, transfer::Bar, upload},
    failure::{End, Failure},
    render::plain,
};

/// What is read from stdin at once, in bytes.
const CHUNK: usize = 64 << 10;

/// `uploadFiles`: all files in one request.
pub(super) async fn upload(
    operation: &Operation,
    given: &[Given],
    args: &Args,
    run: &Run,
) -> Result<(), End> {
    request::check(operation, given).map_err(End::Usage)?;
    let (files, fields): (Vec<_>, Vec<_>) =
        given.iter().partition(|one| one.field.form == Form::File);
    let mut call = UploadFiles::new();
    for Given { field, value } in fields {
        let set = call.set_field(field.name, value);
        set.map_err(|error| End::Usage(plain::line(&error.to_string())))?;
    }
    let config = run.config(args).await?;
    let iam = config.endpoints.iam.clone();
    let mut form = client(config)?.files().form_of(call);
    let names: Vec<_> = files.iter().map(|one| shown(&one.value)).collect();
    let names = names.join(", ");
    let failed = |error: Error| upload::failed(&names, &iam, &error);
    for file in files {
        form = form.file(run.stop.or(source(&file.value)).await?.map_err(failed)?);
    }
    let bar = Bar::new(&names, args);
    let sent = run.stop.or(form.on_progress(bar.watch()).send()).await?;
    drop(bar);
    let kept = sent.map_err(failed)?;
    let answer = serde_json::to_vec(&kept).expect("what came as JSON is JSON");
    super::print(operation, &answer, run).await
}

/// `downloadFile`: the bytes, to a file as `twin download` does it, or to stdout.
pub(super) async fn download(
    operation: &Operation,
    given: &[Given],
    api: &ApiArgs,
    args: &Args,
    run: &Run,
) -> Result<(), End> {
    request::check(operation, given).map_err(End::Usage)?;
    let file = given.iter().map(|one| one.value.clone()).collect();
    if let Some(output) = &api.output {
        let wanted = DownloadArgs {
            file,
            output: Some(output.clone()),
            overwrite: api.overwrite,
        };
        return download::run(&wanted, args, run).await;
    }
    let why = match run.format {
        Format::Json => Some("a file is no line of JSON"),
        Format::Text if io::stdout().is_terminal() => Some("a file could command the terminal"),
        Format::Text => None,
    };
    if let Some(why) = why {
        let text = format!("{why}: say where it goes with --output, or pass stdout on");
        return Err(End::Usage(text));
    }
    let config = run.config(args).await?;
    let iam = config.endpoints.iam.clone();
    let files = client(config)?.files();
    let what = format!("cannot download file {}", plain::line(&file));
    let failed = |error: Error| Failure::of_call(&what, &iam, &error);
    let download = run.stop.or(files.download(file.as_str())).await?;
    let download = download.map_err(failed)?;
    let bar = Bar::new(&download.file_name().unwrap_or_else(|| file.clone()), args);
    let mut download = download.on_progress(bar.watch());
    while let Some(chunk) = run.stop.or(download.chunk()).await?.map_err(failed)? {
        run.output.bytes(chunk.into()).await?;
    }
    Ok(())
}

/// The file that a value names: `@FILE`, or `@-` for stdin.
async fn source(value: &str) -> Result<FileSource, Error> {
    match value.strip_prefix('@') {
        Some("-") => {
            let chunks = stream::try_unfold(tokio::io::stdin(), |mut stdin| async {
                let mut chunk = vec![0; CHUNK];
                let length = stdin.read(&mut chunk).await?;
                chunk.truncate(length);
                Ok((length > 0).then(|| (Bytes::from(chunk), stdin)))
            });
            Ok(FileSource::stream("stdin", chunks, None))
        }
        path => FileSource::open(path.unwrap_or(value)).await,
    }
}

/// A value as it is told.
fn shown(value: &str) -> String {
    match value.strip_prefix('@') {
        Some("-") => "stdin".to_owned(),
        path => plain::line(path.unwrap_or(value)),
    }
}
