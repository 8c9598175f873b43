//! `twin login`: tokens for e-mail and password, kept for later commands.

use twin_client::{ErrorKind, Secret, Tokens, api::iam::Login};

use super::{Run, client, password};
use crate::{
    args::{Args, LoginArgs},
    failure::{End, Failure},
    render::{Audience, LoggedIn, Renderer},
    settings::{
        Settings,
        login::{Account, LoginFile},
    },
};

pub(super) async fn run(login: &LoginArgs, args: &Args, run: &Run) -> Result<(), End> {
    let file = LoginFile::of(args.connection.login_file.as_deref())?;
    let settings = run
        .stop
        .or(Settings::read_for_login(&args.connection))
        .await??;
    let emulator = run.stop.or(settings.find()).await??;
    let instance = emulator.as_ref().and_then(|found| found.instance.clone());
    let config = settings.config(emulator, &run.renewals).await;
    let endpoints = config.endpoints.clone();
    let client = client(config)?;
    let password = password::read(login, run).await?;
    let call = call(login, password);
    let email = crate::render::plain::line(&login.email);
    let what = format!("cannot log in as {email}");
    let answer = run.stop.or(client.call(call)).await?;
    let answer = answer.map_err(|error| {
        let mut failure = Failure::of_call(&what, &endpoints.iam, &error);
        if error.kind() == ErrorKind::Unauthorized {
            failure.text =
                format!("{what}: the platform refuses the e-mail address or the password");
        }
        failure
    })?;
    let tokens = Tokens::try_from(answer)
        .map_err(|error| Failure::told(&what, ErrorKind::Protocol, None, &error.to_string()))?;
    let _turn = run.stop.or(file.turn()).await??;
    let account = Account::new(&login.email, &endpoints);
    file.store(&account, instance.as_deref(), &tokens).await?;
    let logged_in = LoggedIn {
        email: &login.email,
        iam: &endpoints.iam,
        expires: tokens.expires.as_ref(),
        file: &file.shown(),
    };
    let line = Renderer::new(run.format, Audience::One).logged_in(&logged_in);
    run.output.line(line).await
}

fn call(login: &LoginArgs, password: Secret) -> Login {
    let mut call = Login::new(login.email.as_str(), password);
    call.ttl = login.ttl;
    call.company_id = login.company_id;
    call
}
