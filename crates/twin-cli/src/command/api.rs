//! `twin api`: any call of the platform, by its name in the specification.
//!
//! Fields are put into a request as a client would write it, and the call is read from that request as
//! a server would read it: what is wrong with it is said before anything is sent.

mod files;
mod operation;
mod operations;
mod request;
mod value;

use bytes::Bytes;
use http::{Method, Request, Response};
use twin_client::{
    Client, Reached,
    api::{
        Auth, BaseUrl, DecodeError, EncodeError, Endpoint, Service,
        iam::{DownloadFile, UploadFiles},
    },
};
use twin_protocol::api::ServerEndpoint;

use self::{
    operation::{Form, Operation},
    operations::{OPERATIONS, with_call},
    request::{Asked, Given, assemble},
};
use super::{Run, client};
use crate::{
    args::{ApiArgs, Args},
    failure::{End, Failure},
    render::{Audience, Renderer, plain},
};

pub(super) async fn run(api: &ApiArgs, args: &Args, run: &Run) -> Result<(), End> {
    let renderer = Renderer::new(run.format, Audience::One);
    let Some(name) = &api.operation else {
        for operation in OPERATIONS {
            let line = renderer.operation(operation.name, operation.about);
            run.output.line(line).await?;
        }
        return Ok(());
    };
    let Some(operation) = Operation::find(name) else {
        let name = plain::line(name);
        return Err(End::Usage(format!(
            "there is no call `{name}`; `twin api` names them all"
        )));
    };
    if api.fields_only {
        for field in operation.fields {
            let line = renderer.field(
                field.name,
                field.form.as_str(),
                field.is_required,
                field.about,
            );
            run.output.line(line).await?;
        }
        return Ok(());
    }
    let given = read(operation, &api.fields, run).await?;
    match operation.name {
        DownloadFile::OPERATION => return files::download(operation, &given, api, args, run).await,
        _ if api.output.is_some() => {
            let text = "--output is for `downloadFile`; other answers go to stdout";
            return Err(End::Usage(text.to_owned()));
        }
        UploadFiles::OPERATION => return files::upload(operation, &given, args, run).await,
        _ => {}
    }
    let asked = assemble(operation, &given).map_err(End::Usage)?;
    let config = run.config(args).await?;
    let client = client(config.clone())?;
    let caller = Caller {
        client: &client,
        config: &config,
        run,
    };
    let answered = with_call!(operation.name, make, &caller, asked);
    let answered = answered.expect("all other calls take and give JSON")?;
    print(operation, &answered, run).await
}

/// Prints an answer, where there is one.
async fn print(operation: &Operation, body: &[u8], run: &Run) -> Result<(), End> {
    // Where nothing is expected it may be anything.
    let body = String::from_utf8_lossy(body);
    let renderer = Renderer::new(run.format, Audience::One);
    run.print(renderer.answer(operation.name, &body)).await
}

/// The fields that were given, with their values.
async fn read(operation: &Operation, words: &[String], run: &Run) -> Result<Vec<Given>, End> {
    let mut given: Vec<Given> = Vec::new();
    let mut stdin_is_taken = false;
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(End::Usage(format!(
                "fields are given as FIELD=VALUE, and number {} has no `=`",
                given.len() + 1
            )));
        };
        let Some(field) = operation.field(name) else {
            let known: Vec<_> = operation.fields.iter().map(|field| field.name).collect();
            let known = match known.is_empty() {
                true => "takes no fields".to_owned(),
                false => format!("takes {}", known.join(", ")),
            };
            let name = plain::line(name);
            return Err(End::Usage(format!(
                "`{}` has no field `{name}`; it {known}",
                operation.name
            )));
        };
        let is_given = given.iter().any(|one| one.field.name == field.name);
        if is_given && field.form != Form::File {
            return Err(End::Usage(format!("`{name}` is given twice")));
        }
        if value == "@-" && std::mem::replace(&mut stdin_is_taken, true) {
            let text = format!("stdin is taken already, and `{name}` would find nothing there");
            return Err(End::Usage(text));
        }
        let value = run.stop.or(value::read(field, value)).await??;
        given.push(Given { field, value });
    }
    Ok(given)
}

/// By whom calls are made.
struct Caller<'a> {
    client: &'a Client,
    config: &'a twin_client::Config,
    run: &'a Run,
}

/// Makes a call, and gives the body of the answer as it came.
async fn make<E: ServerEndpoint>(caller: &Caller<'_>, asked: Asked) -> Result<Bytes, End> {
    let call = E::decode_request(&asked.path, &asked.request)
        .map_err(|error| End::Usage(plain::line(&error.to_string())))?;
    let base = caller.config.endpoints.base(call.service()).cloned();
    let auth = call.auth();
    let answer = caller
        .run
        .stop
        .or(caller.client.call(Verbatim(call)))
        .await?;
    answer.map_err(|error| {
        let name = E::OPERATION;
        let what = match error.reached() {
            Reached::Unknown if !E::IDEMPOTENT => {
                format!("it is not known whether the platform has done `{name}`")
            }
            _ => format!("cannot do `{name}`"),
        };
        let failure = match base {
            Some(base) => Failure::of_call(&what, &base, &error),
            None => Failure::of_client(&what, &error),
        };
        match auth {
            Auth::Bearer => failure.into(),
            _ => failure.of_no_token().into(),
        }
    })
}

/// A call whose answer is kept as it came, once it has been read.
struct Verbatim<E>(E);

impl<E: Endpoint> Endpoint for Verbatim<E> {
    const OPERATION: &'static str = E::OPERATION;
    const SERVICE: Service = E::SERVICE;
    const AUTH: Auth = E::AUTH;
    const METHOD: Method = E::METHOD;
    const PATH: &'static str = E::PATH;
    const IDEMPOTENT: bool = E::IDEMPOTENT;
    type Response = Bytes;

    fn service(&self) -> Service {
        self.0.service()
    }

    fn auth(&self) -> Auth {
        self.0.auth()
    }

    fn encode(&self, base: &BaseUrl) -> Result<Request<Bytes>, EncodeError> {
        self.0.encode(base)
    }

    fn decode(response: Response<Bytes>) -> Result<Bytes, DecodeError> {
        let body = response.body().clone();
        E::decode(response)?;
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn takes_and_gives_json<E: ServerEndpoint>(name: &str) {
        assert_eq!(E::OPERATION, name);
    }

    #[tokio::test]
    async fn every_call_can_be_made() {
        for operation in OPERATIONS {
            let name = operation.name;
            let is_of_files = [DownloadFile::OPERATION, UploadFiles::OPERATION].contains(&name);
            let with_json = with_call!(name, takes_and_gives_json, name);
            assert_eq!(with_json.is_none(), is_of_files, "{name}");
        }
    }
}
