//! The task that owns a link: its machine, its socket, its timer.
//!
//! It tells the machine what happens, in this order when several things are ready: orders, what the
//! socket has, the clock. So an overdue timer never beats an answer that is already here; and while
//! a reader that may do so holds it up, it does not read, and the machine's clock stands still for it.
//! What it has to send still goes out: the reader may wait for that before it reads on.

mod emits;
mod frame;
mod members;
mod notice;
mod report;
mod tokens;

use std::{
    future::poll_fn,
    num::NonZeroUsize,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::oneshot;
use twin_protocol::link::{
    Action, Command, ExchangeId, ExchangeInput, Input, Moment, Outbox, Output, Query, SocketId,
    SocketInput, TokenId, TokenInput,
};
use twin_transport::{BoxFuture, Message};

use self::{emits::Emits, frame::Frame, members::Members, report::Parting, tokens::Tokens};
use crate::{
    client::Shared,
    config::SlowReaders,
    live::{
        Budget,
        connection::{self, Connection},
        cookies::Cookies,
        dial,
        exchanges::{Asked, Exchanges},
        machine::Machine,
        pool::{Order, Orders},
        route::Route,
    },
};

/// After so many bytes that were handed over, the readers have their turn: what was just read is
/// still at hand when they take it, and the memory that they leave serves for what comes next. A turn
/// costs a look at the system's events, so it is not given for each message.
const HANDFUL: usize = 16 << 10;

/// Drives a link until it is closed.
pub(super) async fn run(shared: Arc<Shared>, number: u64, route: Route, mut orders: Orders) {
    let mut driver = Driver::new(shared, number, route);
    while !driver.closed {
        let news = poll_fn(|context| driver.poll(context, &mut orders)).await;
        driver.hear(news);
        if driver.handed_over >= HANDFUL {
            driver.give_way().await;
        }
    }
    // Whoever was put on this link at the last moment learns that it is closed.
    orders.close();
    while let Ok(order) = orders.try_recv() {
        driver.hear(News::Order(*order));
    }
    driver.place_latecomers();
    let mut patience = driver.shared.runtime.sleep(connection::CLOSING);
    poll_fn(|context| driver.poll_farewell(context, &mut patience)).await;
}

struct Driver {
    shared: Arc<Shared>,
    number: u64,
    /// Where the link leads.
    route: Route,
    machine: Machine,
    out: Outbox,
    connection: Connection,
    exchanges: Exchanges,
    cookies: Cookies,
    emits: Emits,
    tokens: Tokens,
    /// Who waits for the connection to be closed.
    suspending: Vec<oneshot::Sender<()>>,
    budget: Arc<Budget>,
    members: Members,
    parting: Parting,
    timer: Option<Timer>,
    /// Whether the deadline is over, and the socket is asked once more before that counts.
    is_overdue: bool,
    /// How many bytes were handed over since the readers had their turn.
    handed_over: usize,
    /// Whether the socket is not read because readers are too slow.
    paused: bool,
    /// Whether it has been connected at any time.
    was_connected: bool,
    closed: bool,
}

struct Timer {
    at: Moment,
    sleep: BoxFuture<'static, ()>,
}

/// What a driver waits for.
enum News {
    Elapsed,
    Exchange(ExchangeId, ExchangeInput),
    Order(Order),
    Room,
    Socket(SocketId, SocketInput),
    Token(TokenId, TokenInput),
}

impl Driver {
    fn new(shared: Arc<Shared>, number: u64, route: Route) -> Self {
        Self {
            machine: Machine::new(&shared, &route),
            budget: Budget::new(shared.config.buffer_per_link),
            shared,
            route,
            number,
            out: Outbox::new(),
            connection: Connection::default(),
            exchanges: Exchanges::default(),
            cookies: Cookies::default(),
            emits: Emits::default(),
            tokens: Tokens::default(),
            suspending: Vec::new(),
            members: Members::default(),
            parting: Parting::default(),
            timer: None,
            is_overdue: false,
            handed_over: 0,
            paused: false,
            was_connected: false,
            closed: false,
        }
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.shared.runtime.now())
    }

    /// How many sessions share the link, where those that are read too slowly fall behind rather
    /// than hold it up.
    fn sharers(&self) -> Option<NonZeroUsize> {
        let fall_behind = self.shared.config.slow_readers == SlowReaders::FallBehind;
        NonZeroUsize::new(self.members.len()).filter(|count| fall_behind && count.get() > 1)
    }

    fn poll(&mut self, context: &mut Context<'_>, orders: &mut Orders) -> Poll<News> {
        // Looked at first, and waited for only where nothing else is there: waiting costs more.
        if let Ok(order) = orders.try_recv() {
            return Poll::Ready(News::Order(*order));
        }
        if let Poll::Ready(news) = self.poll_link(context) {
            return Poll::Ready(news);
        }
        // The pool forgets a link only after it has told it to close.
        let closed = Order::Command(Command::Close);
        let order = orders.poll_recv(context);
        order.map(|order| News::Order(order.map_or(closed, |order| *order)))
    }

    /// What comes of the link itself: its socket first, then the clock.
    fn poll_link(&mut self, context: &mut Context<'_>) -> Poll<News> {
        let reading = !self.budget.is_full() || self.sharers().is_some();
        let news = self.connection.poll_news(context, &self.shared, reading);
        if let Poll::Ready((socket, input)) = news {
            return Poll::Ready(News::Socket(socket, input));
        }
        let news = self
            .exchanges
            .poll_news(context, &self.shared, &mut self.cookies, reading);
        if let Poll::Ready((exchange, input)) = news {
            return Poll::Ready(News::Exchange(exchange, input));
        }
        if let Poll::Ready((token, input)) = self.tokens.poll_news(context) {
            return Poll::Ready(News::Token(token, input));
        }
        self.tell_suspended();
        if !reading && (self.connection.is_open() || !self.exchanges.is_empty()) {
            if !std::mem::replace(&mut self.paused, true) {
                self.shared.counters.pauses.count();
                tracing::debug!(target: "twin::link", link = self.number, "waiting for slow readers");
            }
            return self.budget.poll_room(context).map(|()| News::Room);
        }
        self.paused = false;
        self.poll_time(context)
    }

    /// Tells those who wait for it that there is no connection any more. While readers are too slow
    /// no answer that brings events is taken, and none is waited for.
    fn tell_suspended(&mut self) {
        let is_over =
            self.connection.is_none() && (self.exchanges.is_empty() || self.budget.is_full());
        if is_over {
            for waiting in self.suspending.drain(..) {
                // They may have stopped waiting.
                let _ = waiting.send(());
            }
        }
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
                // A socket may let others go first rather than read: that it gave nothing does not
                // mean that nothing is there. It has read once it is asked again.
                if std::mem::replace(&mut self.is_overdue, true) {
                    return Poll::Ready(News::Elapsed);
                }
                self.shared.runtime.give_way(context.waker());
                return Poll::Pending;
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
        self.is_overdue = false;
        let mut frame = 0;
        let input = match news {
            News::Room => return,
            News::Elapsed => Input::Elapsed,
            News::Token(id, input) => Input::Token(id, input),
            News::Order(Order::Command(command)) => {
                if command == Command::Resume {
                    // The new connection may follow the old one at once, so that there is no moment
                    // without any: nobody has to wait for it any more.
                    self.suspending.clear();
                }
                Input::Command(command)
            }
            News::Order(Order::Suspend(closed)) => {
                self.suspending.push(closed);
                Input::Command(Command::Suspend)
            }
            News::Order(Order::Emit(emit, outcome)) => {
                self.emits.add(emit.id, outcome);
                Input::Command(Command::Emit(emit))
            }
            News::Order(Order::Join(join, inbox)) => {
                self.members.add(&join, inbox);
                Input::Command(Command::Join(join))
            }
            News::Exchange(id, input) => {
                if let ExchangeInput::Answered { body, .. } = &input {
                    frame = body.len();
                }
                Input::Exchange(id, input)
            }
            News::Socket(id, input) => {
                if let SocketInput::Text(bytes) | SocketInput::Binary(bytes) = &input {
                    frame = bytes.len();
                }
                Input::Socket(id, input)
            }
        };
        let mut out = std::mem::take(&mut self.out);
        self.machine.handle(now, input, &mut out);
        self.handed_over += frame;
        let mut frame = Frame::new(&self.budget, frame, self.sharers());
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
            Action::Abort(exchange) => self.exchanges.abort(exchange),
            Action::Dial(socket) => self.dial(socket, &Query::new()),
            Action::DialAt { socket, query } => self.dial(socket, &query),
            Action::FetchToken(token) => self.tokens.fetch(&self.shared, token),
            Action::Get { exchange, query } => {
                if query.value("sid").is_none() {
                    self.cookies.forget();
                }
                self.ask(exchange, Asked { query, post: None });
            }
            Action::HangUp { socket, code } => {
                self.connection.hang_up(&self.shared, socket, code);
            }
            Action::Post {
                exchange,
                query,
                content_type,
                body,
            } => {
                self.ask(
                    exchange,
                    Asked {
                        query,
                        post: Some((content_type, body)),
                    },
                );
            }
            Action::Send(socket, text) => {
                self.connection.send(socket, Message::Text(text.into()));
            }
            Action::SendBinary(socket, bytes) => {
                self.connection.send(socket, Message::Binary(bytes));
            }
            // A machine that wants what its driver cannot do must be told apart from one that waits.
            other => tracing::error!(target: "twin::link", ?other, "an action that is not known"),
        }
    }

    fn dial(&mut self, socket: SocketId, query: &Query) {
        let call = dial::request(&self.shared, &self.route, query, &self.cookies);
        self.connection.dial(&self.shared, socket, call);
    }

    fn ask(&mut self, exchange: ExchangeId, asked: Asked) {
        let call = (exchange, asked);
        self.exchanges
            .begin(&self.shared, &self.route, &self.cookies, call);
    }

    /// Lets every task run that can.
    async fn give_way(&mut self) {
        let mut has_given = false;
        poll_fn(|context| {
            if std::mem::replace(&mut has_given, true) {
                return Poll::Ready(());
            }
            self.shared.runtime.give_way(context.waker());
            Poll::Pending
        })
        .await;
        self.handed_over = 0;
    }

    /// Ready once the goodbyes are said, or have taken too long.
    fn poll_farewell(
        &mut self,
        context: &mut Context<'_>,
        patience: &mut BoxFuture<'static, ()>,
    ) -> Poll<()> {
        while self
            .exchanges
            .poll_news(context, &self.shared, &mut self.cookies, true)
            .is_ready()
        {}
        let is_closed = self.connection.poll_closed(context).is_ready();
        if is_closed && self.exchanges.is_empty() {
            return Poll::Ready(());
        }
        patience.as_mut().poll(context)
    }
}
