//! `twin emulator`: the platform on this machine, until stopped.

use twin_client::LinkUrl;
use twin_emulator::{Bot, CentrifugoApi, Emulator};

use super::{Run, emulator_failed, program};
use crate::{
    args::{BotChoice, EmulatorArgs},
    blocking::blocking,
    failure::{End, Failure},
    render::{Audience, Renderer},
};

pub(super) async fn run(
    args: &EmulatorArgs,
    centrifugo: Option<&LinkUrl>,
    run: &Run,
) -> Result<(), End> {
    let failed = |error| End::from(emulator_failed(&error));
    let bot = match &args.bot {
        BotChoice::Demo => Bot::demo(),
        BotChoice::Echo => Bot::echo(),
        BotChoice::File(file) => {
            let file = file.clone();
            let read = run.stop.or(blocking(|| Ok(Bot::from_file(file)))).await?;
            let read = read.map_err(|error| Failure::of_io("cannot read the script", &error))?;
            read.map_err(failed)?
        }
    };
    let mut emulator = Emulator::builder().listen(args.listen).bot(bot);
    if let (Some(url), Some(key)) = (&args.centrifugo_api, &args.centrifugo_key) {
        emulator = emulator.centrifugo_api(api(url, key, centrifugo)?);
    }
    let emulator = emulator.start().await.map_err(failed)?;
    let renderer = Renderer::new(run.format, Audience::One);
    let ready = renderer.ready(emulator.addresses(), &program());
    let printed = run.output.line(ready).await;
    if printed.is_ok() {
        run.stop.requested().await;
    }
    emulator.stop().await;
    printed
}

/// A real Centrifugo, whose clients find its WebSocket at `centrifugo`, or beside its API.
fn api(url: &str, key: &str, centrifugo: Option<&LinkUrl>) -> Result<CentrifugoApi, End> {
    let api = CentrifugoApi::new(url, key);
    let api = api.map_err(|error| End::Usage(format!("--centrifugo-api: {error}")))?;
    Ok(match centrifugo {
        Some(centrifugo) => api.websocket(centrifugo.as_str()),
        None => api,
    })
}
