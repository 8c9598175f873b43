//! The conversation itself: what is typed goes out, what happens is shown.

use std::io;

use futures_util::{
    StreamExt as _,
    future::{BoxFuture, FutureExt as _},
    stream::FuturesOrdered,
};
use twin_client::{
    Delivery, Endpoints, ErrorKind, Event, LinkState, SendOutcome, Session, SessionEnd,
};

use super::line::Line;
use crate::{
    args::CHAT_LINES,
    command::{
        Run, demo,
        follow::{Following, Happening},
        history,
        input::{Input, Piece},
        listen,
    },
    failure::{End, Failure},
    quick_replies,
    render::{Renderer, Unsent},
};

/// While so many messages are on their way, nothing more is read of stdin.
const ON_THEIR_WAY: usize = 100;

/// A conversation.
pub(super) struct Talk<'a> {
    session: Session,
    endpoints: &'a Endpoints,
    /// Where its live events come from.
    live_address: &'a str,
    renderer: Renderer,
    run: &'a Run,
    /// The quick replies that can be chosen from.
    offered: Vec<String>,
    sending: FuturesOrdered<BoxFuture<'static, (String, SendOutcome)>>,
    /// Whether the first attempt to connect is over: before that nobody can have seen what to answer.
    begun: bool,
    /// A line that waits for that.
    held: Option<Piece>,
    closed: bool,
    /// Whether the last message of the conversation has come.
    over: bool,
}

/// Whether there is more to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Leave,
    Stay,
}

impl<'a> Talk<'a> {
    pub(super) fn new(
        session: Session,
        (endpoints, live_address): (&'a Endpoints, &'a str),
        renderer: Renderer,
        run: &'a Run,
    ) -> Self {
        Self {
            session,
            endpoints,
            live_address,
            renderer,
            run,
            offered: Vec::new(),
            sending: FuturesOrdered::new(),
            begun: false,
            held: None,
            closed: false,
            over: false,
        }
    }

    /// Whether the platform has closed the session.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn into_renderer(self) -> Renderer {
        self.renderer
    }

    /// Talks until the session or the input is over, or the program is asked to stop. `echo` shows
    /// what is said, where a terminal has not shown it already.
    pub(super) async fn hold(
        &mut self,
        following: &mut Following,
        mut input: Input,
        echo: bool,
    ) -> Result<(), End> {
        let mut listening = true;
        while listening || !self.sending.is_empty() {
            if let Some(line) = self.held.take_if(|_| self.begun) {
                self.take(&line, echo).await?;
            }
            tokio::select! {
                biased;
                () = self.run.stop.requested() => return Err(End::Stopped),
                Some((body, outcome)) = self.sending.next() => self.settle(&body, outcome).await?,
                happening = following.next() => match happening {
                    Some(happening) => self.show(happening).await?,
                    None => return Ok(()),
                },
                line = input.next(), if listening && self.takes_lines() => {
                    listening = self.hear(line, echo).await? == Next::Stay;
                }
            }
        }
        Ok(())
    }

    fn takes_lines(&self) -> bool {
        self.held.is_none() && self.sending.len() < ON_THEIR_WAY
    }

    async fn show(&mut self, happening: Happening) -> Result<(), End> {
        match happening {
            Happening::Link(change) => {
                self.begun |= !matches!(change.state, LinkState::Connecting { .. });
                self.run.print(self.renderer.link(&change)).await
            }
            Happening::Delivery(delivery) => {
                self.look_for_answers(&delivery);
                self.over |= demo::is_last(&delivery);
                self.run.print(self.renderer.delivery(&delivery)).await
            }
            // Over Socket.IO a session that is closed is told of by the end of the connection alone.
            Happening::Ended(_, Some(SessionEnd::LinkClosed(_))) if self.over => {
                self.closed = true;
                Ok(())
            }
            Happening::Ended(session, Some(end)) => {
                self.closed |= end == SessionEnd::Closed;
                Ok(listen::check(
                    session.id().as_str(),
                    end,
                    self.live_address,
                )?)
            }
            Happening::Ended(_, None) => Ok(()),
        }
    }

    fn look_for_answers(&mut self, delivery: &Delivery) {
        let Delivery::Event(event) = delivery else {
            return;
        };
        if let Event::MessageCreated(message) = &event.event {
            let offered = quick_replies::offered(&message.answers, message.keyboard.as_ref());
            if !offered.is_empty() {
                self.offered = offered.into_iter().map(str::to_owned).collect();
            }
        }
    }

    async fn hear(&mut self, line: Option<io::Result<Piece>>, echo: bool) -> Result<Next, End> {
        let line = match line {
            Some(Ok(line)) => line,
            Some(Err(error)) => return Err(Failure::of_io("cannot read stdin", &error).into()),
            None => return Ok(Next::Leave),
        };
        match self.meant(&line) {
            Line::Quit => return Ok(Next::Leave),
            Line::Close | Line::History | Line::Say(_) if !self.begun => self.held = Some(line),
            _ => self.take(&line, echo).await?,
        }
        Ok(Next::Stay)
    }

    /// What a line means; a piece of one is a message, whatever the cut has left in it.
    fn meant<'b>(&'b self, line: &'b Piece) -> Line<'b> {
        match line.is_whole {
            true => Line::read(&line.text, &self.offered),
            false => Line::piece(&line.text),
        }
    }

    /// Does what a line asks for, but to leave.
    async fn take(&mut self, line: &Piece, echo: bool) -> Result<(), End> {
        match self.meant(line) {
            Line::Nothing | Line::Quit => {}
            Line::Help => self.run.print(self.renderer.help(CHAT_LINES)).await?,
            Line::History => self.history().await?,
            Line::Close => self.close().await?,
            Line::Say(text) => {
                let text = text.to_owned();
                if echo {
                    self.run.print(self.renderer.said(&text)).await?;
                }
                self.say(text);
            }
            Line::Unknown(word) => {
                let text = format!("there is no {word}; /help lists what there is");
                self.notice(Failure::new(ErrorKind::InvalidInput, text))
                    .await?;
            }
        }
        Ok(())
    }

    fn say(&mut self, text: String) {
        self.offered.clear();
        let sending = self.session.send(text.as_str());
        let settled = async move { (text, sending.await) };
        self.sending.push_back(settled.boxed());
    }

    async fn settle(&mut self, body: &str, outcome: SendOutcome) -> Result<(), End> {
        let session = self.session.id().as_str();
        let line = match &outcome {
            SendOutcome::Sent(message) => self.renderer.sent(session, body, message),
            SendOutcome::NotSent(error) | SendOutcome::Unknown(error) => {
                Some(self.renderer.unsent(&Unsent {
                    session,
                    body,
                    certain: matches!(outcome, SendOutcome::NotSent(_)),
                    error,
                }))
            }
        };
        self.run.print(line).await
    }

    async fn history(&mut self) -> Result<(), End> {
        match history::print(
            &self.session,
            &self.endpoints.chats,
            &mut self.renderer,
            self.run,
        )
        .await
        {
            Err(End::Failed(failure)) if failure.kind != ErrorKind::Io => {
                self.notice(failure).await
            }
            printed => printed,
        }
    }

    async fn close(&mut self) -> Result<(), End> {
        match self.run.stop.or(self.session.close(None)).await? {
            Ok(()) => Ok(()),
            Err(error) => {
                let what = "cannot close the session";
                let failure = Failure::of_call(what, &self.endpoints.chats, &error);
                self.notice(failure).await
            }
        }
    }

    async fn notice(&mut self, failure: Failure) -> Result<(), End> {
        self.run.print(Some(self.renderer.notice(&failure))).await
    }
}
