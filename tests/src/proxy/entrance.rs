//! The port of the proxy: open, or refusing without giving it up.

use std::{future, io, net::SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 128;

/// The port of the proxy.
#[derive(Debug)]
pub(super) enum Entrance {
    /// Connections are accepted.
    Open(TcpListener),
    /// A socket that is bound and does not listen holds the port: who dials it is refused.
    Shut(TcpSocket, SocketAddr),
}

impl Entrance {
    /// An open one, on a free port.
    pub(super) fn open() -> io::Result<Self> {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(Self::Open(bound(free)?.listen(BACKLOG)?))
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Open(listener) => listener.local_addr(),
            Self::Shut(_, address) => Ok(*address),
        }
    }

    /// The same port, refusing or not.
    pub(super) async fn turned(self, refuses: bool) -> Self {
        match self {
            Self::Open(listener) if refuses => {
                let address = listener.local_addr().expect("a listener has an address");
                drop(listener);
                let socket = bound(address).expect("the port was ours a moment ago");
                Self::Shut(socket, address)
            }
            Self::Shut(socket, _) if !refuses => {
                Self::Open(socket.listen(BACKLOG).expect("the port is ours"))
            }
            same => same,
        }
    }

    /// The next connection; none where it refuses.
    pub(super) async fn accept(&self) -> TcpStream {
        loop {
            match self {
                Self::Open(listener) => {
                    if let Ok((stream, _)) = listener.accept().await {
                        return stream;
                    }
                }
                Self::Shut(..) => future::pending().await,
            }
        }
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of before that the system still remembers are no obstacle.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
