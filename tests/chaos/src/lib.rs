//! A TCP proxy that breaks a share of the connections through it: resets, stalls, truncates and delays them at random points.
//!
//! What happens to a connection follows from the seed and the connection's number, so a run can be repeated (as far as
//! the callers open their connections in the same order).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How much chaos, and which.
#[derive(Clone, Copy, Debug)]
pub struct Chaos {
    /// Decides all that happens.
    pub seed: u64,
    /// The share of connections that are broken, from 0 to 1.
    pub share: f64,
}

/// What is done to one connection. Numbers count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Reset before a byte has passed.
    ResetAtOnce,
    /// Reset after so much of the request has gone to the server.
    ResetInRequest(usize),
    /// Reset after so much of the answer has come back.
    ResetInAnswer(usize),
    /// End in good order after so much of the answer.
    Truncate(usize),
    /// Nothing more after so much of the answer, until the caller gives up.
    Stall(usize),
    /// A pause before every piece of the answer.
    Delay(Duration),
}

impl Fault {
    fn draw(random: &mut fastrand::Rng, share: f64) -> Self {
        if random.f64() >= share {
            return Fault::None;
        }
        // An answer is about a kilobyte and a request a few hundred bytes: points in all parts of both.
        match random.u8(0..6) {
            0 => Fault::ResetAtOnce,
            1 => Fault::ResetInRequest(random.usize(0..400)),
            2 => Fault::ResetInAnswer(random.usize(0..1500)),
            3 => Fault::Truncate(random.usize(0..1500)),
            4 => Fault::Stall(random.usize(0..1500)),
            _ => Fault::Delay(Duration::from_millis(random.u64(1..40))),
        }
    }
}

/// A running proxy. Dropping it stops it.
pub struct ChaosProxy {
    address: SocketAddr,
    connections: Arc<AtomicU64>,
    broken: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl ChaosProxy {
    /// Listens on loopback and forwards to `upstream`.
    ///
    /// # Errors
    /// If no port can be listened on.
    pub async fn start(upstream: SocketAddr, chaos: Chaos) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (connections, broken) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (counted, counted_broken) = (Arc::clone(&connections), Arc::clone(&broken));
        let task = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let number = counted.fetch_add(1, Ordering::Relaxed);
                // Neighbouring numbers must not draw alike.
                let seed = chaos.seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                let fault = Fault::draw(&mut fastrand::Rng::with_seed(seed), chaos.share);
                if fault != Fault::None {
                    counted_broken.fetch_add(1, Ordering::Relaxed);
                }
                tokio::spawn(async move {
                    // A broken connection is what this is for.
                    let _ = forward(caller, upstream, fault).await;
                });
            }
        });
        Ok(ChaosProxy { address, connections, broken, task })
    }

    /// Where callers find it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections there were, and how many of them were broken.
    pub fn connections(&self) -> (u64, u64) {
        (self.connections.load(Ordering::Relaxed), self.broken.load(Ordering::Relaxed))
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(caller: TcpStream, upstream: SocketAddr, fault: Fault) -> io::Result<()> {
    caller.set_nodelay(true)?;
    if fault == Fault::ResetAtOnce {
        return reset_on_drop(&caller);
    }
    let server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    let resets = matches!(fault, Fault::ResetInRequest(_) | Fault::ResetInAnswer(_));
    if resets {
        reset_on_drop(&caller)?;
        reset_on_drop(&server)?;
    }
    let (from_caller, to_caller) = caller.into_split();
    let (from_server, to_server) = server.into_split();
    let request_limit = if let Fault::ResetInRequest(limit) = fault { Some(limit) } else { None };
    let request = pass_request(from_caller, to_server, request_limit);
    let answer = pass_answer(from_server, to_caller, fault);
    // Whichever side ends first ends both: what is dropped is closed, or reset where that was asked for.
    tokio::select! {
        ended = request => ended,
        ended = answer => ended,
    }
}

fn reset_on_drop(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

async fn pass_request(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    limit: Option<usize>,
) -> io::Result<()> {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        let passed = read.min(left);
        to.write_all(buffer.get(..passed).unwrap_or_default()).await?;
        left -= passed;
        if left == 0 {
            return Ok(());
        }
    }
}

async fn pass_answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, fault: Fault) -> io::Result<()> {
    let mut left = match fault {
        Fault::ResetInAnswer(limit) | Fault::Truncate(limit) | Fault::Stall(limit) => limit,
        _ => usize::MAX,
    };
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        if let Fault::Delay(pause) = fault {
            tokio::time::sleep(pause).await;
        }
        let passed = read.min(left);
        to.write_all(buffer.get(..passed).unwrap_or_default()).await?;
        left -= passed;
        if left == 0 {
            return match fault {
                // The caller's end of the connection ends this.
                Fault::Stall(_) => std::future::pending().await,
                Fault::Truncate(_) => to.shutdown().await,
                _ => Ok(()),
            };
        }
    }
}
