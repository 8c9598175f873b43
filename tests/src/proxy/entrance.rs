//! The port of the proxy: open, or refusing without giving it up.

use std::{future, io, net::SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 128;

/// The port of the proxy.
#[derive(Debug)]
pub(super) struct Entrance {
    /// Connections are accepted where there is one.
    listener: Option<TcpListener>,
    address: SocketAddr,
    /// A socket that is bound and never listens: it holds the port all the while, so that nobody else
    /// is given it, and who dials it is refused.
    _holder: TcpSocket,
}

impl Entrance {
    /// An open one, on a free port.
    pub(super) fn open() -> io::Result<Self> {
        let holder = bound(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = holder.local_addr()?;
        Ok(Self {
            listener: Some(bound(address)?.listen(BACKLOG)?),
            address,
            _holder: holder,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Refuses from now on, or no longer.
    pub(super) fn turn(&mut self, refuses: bool) {
        if refuses {
            self.listener = None;
        } else if self.listener.is_none() {
            let socket = bound(self.address).expect("the port is held");
            self.listener = Some(socket.listen(BACKLOG).expect("the port is held"));
        }
    }

    /// The next connection; none where it refuses.
    pub(super) async fn accept(&self) -> TcpStream {
        let Some(listener) = &self.listener else {
            return future::pending().await;
        };
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                return stream;
            }
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of before that the system still remembers are no obstacle, nor is the other
    // socket.
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}
