//! The task that owns a link: its machine, its socket, its timer.
//!
//! It tells the machine what happens, in this order when several things are ready: orders, what the
//! socket has, the clock. So an overdue timer never beats an answer that is already here; and while
//! its readers are too slow, it does not read, and the machine's clock stands still for it.

mod frame;
mod members;
mod notice;
mod report;

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::mpsc;
use twin_protocol::{
    centrifuge::{self, Machine},
    link::{Action, Command, Input, Moment, Outbox, Output, SocketId, SocketInput},
};
use twin_transport::BoxFuture;

use self::{frame::Frame, members::Members, report::Parting};
use crate::{
    client::Shared,
    live::{Budget, connection::Connection, pool::Order},
};

/// Drives a link until it is closed.
pub(super) async fn run(
    shared: Arc<Shared>,
    number: u64,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let mut driver = Driver::new(shared, number);
    while !driver.closed {
        let news = poll_fn(|context| driver.poll(context, &mut orders)).await;
        driver.hear(news);
    }
    // Whoever was put on this link at the last moment learns that it is closed.
    orders.close();
    while let Ok(order) = orders.try_recv() {
        driver.hear(News::Order(order));
    }
    poll_fn(|context| driver.connection.poll_closed(context)).await;
}

struct Driver {
    shared: Arc<Shared>,
    number: u64,
    machine: Machine,
    out: Outbox,
    connection: Connection,
    budget: Arc<Budget>,
    members: Members,
    parting: Parting,
    timer: Option<Timer>,
    /// Whether the socket is not read because readers are too slow.
    paused: bool,
    closed: bool,
}

struct Timer {
    at: Moment,
    sleep: BoxFuture<'static, ()>,
}

/// What a driver waits for.
enum News {
    Elapsed,
    Order(Order),
    Room,
    Socket(SocketId, SocketInput),
}

impl Driver {
    fn new(shared: Arc<Shared>, number: u64) -> Self {
        let mut config = centrifuge::Config::default();
        config.backoff = shared.config.backoff;
        config.connect_timeout = shared.config.connect_timeout;
        config.user_id = shared.config.user_id.clone();
        Self {
            machine: Machine::new(config, shared.seed()),
            budget: Budget::new(shared.config.buffer_per_link),
            shared,
            number,
            out: Outbox::new(),
            connection: Connection::default(),
            members: Members::default(),
            parting: Parting::default(),
            timer: None,
            paused: false,
            closed: false,
        }
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.shared.runtime.now())
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
        orders: &mut mpsc::UnboundedReceiver<Order>,
    ) -> Poll<News> {
        if let Poll::Ready(order) = orders.poll_recv(context) {
            // The pool forgets a link only after it has told it to close.
            return Poll::Ready(News::Order(order.unwrap_or(Order::Command(Command::Close))));
        }
        let reading = !self.budget.is_full();
        let news = self.connection.poll_news(context, &self.shared, reading);
        if let Poll::Ready((socket, input)) = news {
            return Poll::Ready(News::Socket(socket, input));
        }
        if !reading && self.connection.is_open() {
            if !std::mem::replace(&mut self.paused, true) {
                self.shared.counters.pauses.count();
                tracing::debug!(target: "twin::link", link = self.number, "waiting for slow readers");
            }
            return self.budget.poll_room(context).map(|()| News::Room);
        }
        self.paused = false;
        self.poll_time(context)
    }

    /// Ready once the machine's deadline is over. The clock decides; the timer only wakes.
    fn poll_time(&mut self, context: &mut Context<'_>) -> Poll<News> {
        let Some(deadline) = self.machine.deadline() else {
            return Poll::Pending;
        };
        loop {
            let now = self.now();
            if deadline <= now {
                self.timer = None;
                return Poll::Ready(News::Elapsed);
            }
            // Deadlines move with every message: a timer that is early is kept, and set anew when
            // it wakes.
            let timer = match &mut self.timer {
                Some(timer) if timer.at <= deadline => timer,
                timer => timer.insert(Timer {
                    at: deadline,
                    sleep: self.shared.runtime.sleep(deadline - now),
                }),
            };
            if timer.sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.timer = None;
        }
    }

    /// Tells the machine, and carries out what it says to that.
    fn hear(&mut self, news: News) {
        let now = self.now();
        let mut frame = 0;
        let input = match news {
            News::Room => return,
            News::Elapsed => Input::Elapsed,
            News::Order(Order::Command(command)) => Input::Command(command),
            News::Order(Order::Join(join, inbox)) => {
                self.members.add(&join, inbox);
                Input::Command(Command::Join(join))
            }
            News::Socket(id, input) => {
                if let SocketInput::Text(text) = &input {
                    frame = text.len();
                }
                Input::Socket(id, input)
            }
        };
        let mut out = std::mem::take(&mut self.out);
        self.machine.handle(now, input, &mut out);
        let mut frame = Frame::new(&self.budget, frame);
        while let Some(output) = out.pop() {
            match output {
                Output::Action(action) => self.act(action),
                Output::Notice(notice) => notice::log(&self.shared, self.number, &notice),
                Output::Report(report) => self.pass_on(report, &mut frame),
            }
        }
        self.out = out;
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Dial(socket) => self.connection.dial(&self.shared, socket),
            Action::HangUp { socket, code } => {
                self.connection.hang_up(&self.shared, socket, code);
            }
            Action::Send(socket, text) => self.connection.send(socket, text),
            // A machine that wants what its driver cannot do must be told apart from one that waits.
            other => tracing::error!(target: "twin::link", ?other, "an action that is not known"),
        }
    }
}
