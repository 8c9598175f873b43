//! One connection through the proxy: two directions, and what ends both.

use std::{future, io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task, time,
};

use super::{
    Shared,
    network::{Network, Plan},
    portal,
};

/// No HTTP, no frame of WebSocket (reserved bits and an opcode that there is not), no TLS record.
const GARBAGE: &[u8] = b"\xff\xff\xff garbage \xff\xff\xff\r\n\r\n";
/// How many bytes are taken at once.
const CHUNK: usize = 16 << 10;
/// How long the proxy itself waits for its server.
const DIAL_TIMEOUT: Duration = Duration::from_secs(5);

/// How a connection ends for those on both sides.
enum End {
    Close,
    Reset,
}

/// Returns when the connection has ended.
pub(super) async fn carry(mut client: TcpStream, shared: &Shared) {
    let mut plan = shared.plan.subscribe();
    let began = *plan.borrow();
    let mut server = None;
    let carried = pass(&mut client, &mut server, shared, plan.clone(), began);
    let end = tokio::select! {
        end = carried => end,
        end = ended(&mut plan, began) => end,
    };
    if matches!(end, End::Reset) {
        for stream in [Some(&client), server.as_ref()].into_iter().flatten() {
            // A peer that is gone already needs no reset.
            let _ = stream.set_zero_linger();
        }
    }
}

/// Waits until everything is to be closed or reset.
async fn ended(plan: &mut watch::Receiver<Plan>, began: Plan) -> End {
    let is_over = |plan: &Plan| plan.ends_since(&began) || plan.network == Network::Refuse;
    match plan.wait_for(is_over).await {
        Ok(plan) if plan.resets > began.resets => End::Reset,
        _ => End::Close,
    }
}

/// Dials the server once that may be, and carries both directions to their ends.
async fn pass(
    client: &mut TcpStream,
    server: &mut Option<TcpStream>,
    shared: &Shared,
    mut plan: watch::Receiver<Plan>,
    began: Plan,
) -> End {
    let answers =
        |plan: &Plan| !matches!(plan.network, Network::AcceptAndSilence | Network::BlackHole);
    let network = match plan.wait_for(answers).await {
        Ok(plan) => plan.network,
        Err(_) => return End::Close,
    };
    if network == Network::Garbage {
        // It is said before anything was asked; then nothing more.
        let _ = client.write_all(GARBAGE).await;
        return End::Close;
    }
    if let Network::Portal(status) = network {
        // A client that has gone by then needs no answer.
        let _ = portal::answer(client, status).await;
        return End::Close;
    }
    let Ok(dialled) = dial(shared).await else {
        return End::Reset;
    };
    let server = server.insert(dialled);
    if client.set_nodelay(true).is_err() || server.set_nodelay(true).is_err() {
        return End::Reset;
    }
    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    let up = Direction {
        towards: Towards::Server,
        plan: plan.clone(),
        began,
        passed: &shared.up,
    };
    let down = Direction {
        towards: Towards::Client,
        plan,
        began,
        passed: &shared.down,
    };
    let up = up.pump(client_reads, server_writes);
    let down = down.pump(server_reads, client_writes);
    match tokio::try_join!(up, down) {
        Ok(_) => End::Close,
        Err(_) => End::Reset,
    }
}

async fn dial(shared: &Shared) -> io::Result<TcpStream> {
    let mut upstream = shared.upstream.subscribe();
    let known = upstream.wait_for(Option::is_some).await;
    let address: Option<SocketAddr> = known.ok().and_then(|address| *address);
    let address = address.ok_or(io::ErrorKind::NotConnected)?;
    time::timeout(DIAL_TIMEOUT, TcpStream::connect(address)).await?
}

/// Where a direction leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Client,
    Server,
}

/// One direction of a connection.
struct Direction<'a> {
    towards: Towards,
    plan: watch::Receiver<Plan>,
    /// What was planned when the connection began.
    began: Plan,
    /// How many bytes have passed this way, over all connections.
    passed: &'a watch::Sender<u64>,
}

impl Direction<'_> {
    /// Carries it to its end.
    async fn pump(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let network = self.plan.borrow_and_update().network;
            if network == Network::Garbage && self.towards == Towards::Client {
                to.write_all(GARBAGE).await?;
                return Err(io::ErrorKind::InvalidData.into());
            }
            let length = tokio::select! {
                // First: a byte that came before the network changed must not slip through after.
                biased;
                Ok(()) = self.plan.changed() => continue,
                length = read(&mut from, &mut chunk, network) => length?,
            };
            if length == 0 {
                // What is still withheld on the other way goes on.
                return to.shutdown().await;
            }
            self.write(&mut to, &chunk[..length]).await?;
        }
    }

    /// Writes all of it, at every moment as the network then is.
    async fn write(&mut self, to: &mut WriteHalf<'_>, mut bytes: &[u8]) -> io::Result<()> {
        let mut delayed = false;
        while !bytes.is_empty() {
            let plan = *self.plan.borrow_and_update();
            if plan.ends_since(&self.began) {
                // What the server says after the end was ordered must not slip through before it
                // is carried out.
                return future::pending().await;
            }
            let network = plan.network;
            if network == Network::BlackHole {
                // The plan lives as long as the connections that it is for.
                let _ = self.plan.changed().await;
                continue;
            }
            let (size, pause) = match network {
                Network::Drip(size, pause) => (size.max(1), Some(pause)),
                Network::Latency(pause) if !delayed => (0, Some(pause)),
                Network::OneByte => (1, Some(Duration::ZERO)),
                _ => (bytes.len(), None),
            };
            let (now, later) = bytes.split_at(size.min(bytes.len()));
            to.write_all(now).await?;
            self.passed
                .send_modify(|passed| *passed += now.len() as u64);
            bytes = later;
            match pause {
                // Whoever reads gets a chance to read this byte alone.
                Some(Duration::ZERO) => task::yield_now().await,
                Some(pause) => {
                    tokio::select! {
                        Ok(()) = self.plan.changed() => {}
                        () = time::sleep(pause) => {}
                    }
                    delayed = true;
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// # Cancel safety
///
/// Nothing is lost: what is not returned was not read.
async fn read(from: &mut ReadHalf<'_>, chunk: &mut [u8], network: Network) -> io::Result<usize> {
    match network {
        Network::BlackHole => future::pending().await,
        _ => from.read(chunk).await,
    }
}
