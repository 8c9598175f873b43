//! `twin emulator`: the platform on this machine, until stopped.

use twin_emulator::{Bot, Emulator};

use super::{Run, emulator_failed, program};
use crate::{
    args::{BotChoice, EmulatorArgs},
    failure::End,
    render::{Audience, Renderer},
};

pub(super) async fn run(args: &EmulatorArgs, run: &Run) -> Result<(), End> {
    let failed = |error| End::from(emulator_failed(&error));
    let bot = match &args.bot {
        BotChoice::Demo => Bot::demo(),
        BotChoice::Echo => Bot::echo(),
        BotChoice::File(file) => {
            let file = file.clone();
            // Reading may block: the file may be a pipe.
            let read = tokio::task::spawn_blocking(move || Bot::from_file(file));
            match run.stop.or(read).await? {
                Ok(bot) => bot.map_err(failed)?,
                Err(_) => return Err(End::Stopped),
            }
        }
    };
    let emulator = Emulator::builder().listen(args.listen).bot(bot);
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
