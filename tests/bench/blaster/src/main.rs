//! A server that says as many recorded events as it is asked for, as fast as they are taken.
//!
//! It prints its address and serves until it is killed. What a client gets stands in its URL. It
//! speaks just enough of two protocols: Centrifugo's, `/connection/websocket?count=N&replies=N`, and
//! Socket.IO 2 over a WebSocket, `/N/socket.io/`.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod centrifugo;
mod message;
mod socketio;
mod wish;

use anyhow::Result;
use clap::Parser;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::handshake::server::{ErrorResponse, Request, Response},
};

use crate::wish::Wish;

#[derive(Parser)]
struct Args {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
}

type Socket = WebSocketStream<TcpStream>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let listener = TcpListener::bind(Args::parse().listen).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Contenders hang up as they like.
            let _ = serve(stream).await;
        });
    }
}

async fn serve(stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut wish = Wish::default();
    #[allow(clippy::result_large_err, reason = "the library's own type")]
    let read = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        wish = Wish::of(request.uri());
        Ok(response)
    };
    let socket = accept_hdr_async(stream, read).await?;
    if wish.is_socketio {
        socketio::serve(socket, wish).await
    } else {
        centrifugo::serve(socket, wish).await
    }
}
