//! A TCP proxy that breaks a share of its connections: it resets, stalls, truncates and delays them at random
//! points.
//!
//! The seed and the number of a connection decide its faults, so a run can be repeated if the callers open their
//! connections in the same order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The share of faults and their seed.
#[derive(Clone, Copy, Debug)]
pub struct Chaos {
    /// The seed of all random decisions.
    pub seed: u64,
    /// The share of connections that are broken, from 0 to 1.
    pub share: f64,
    /// Draw a fault for every request, so that `share` is a share of requests. Otherwise one draw decides for the
    /// lifetime of a connection.
    pub each_request: bool,
}

/// The fault of one connection. Numbers count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Reset before a byte has passed.
    ResetAtOnce,
    /// Reset after this many bytes of the request.
    ResetInRequest(usize),
    /// Reset after this many bytes of the response.
    ResetInResponse(usize),
    /// Close normally after this many bytes of the response.
    Truncate(usize),
    /// Send nothing after this many bytes of the response, until the caller gives up.
    Stall(usize),
    /// A pause before every piece of the response.
    Delay(Duration),
}

impl Fault {
    fn draw(random: &mut fastrand::Rng, chaos: Chaos) -> Self {
        if random.f64() >= chaos.share {
            return Fault::None;
        }
        // A response is about a kilobyte and a request a few hundred bytes: the points are in all parts of both.
        // With a draw for every request there are large responses, too.
        let point = match random.u8(0..4) {
            0 if chaos.each_request => random.usize(0..40_000),
            _ => random.usize(0..1500),
        };
        match random.u8(0..6) {
            0 => Fault::ResetAtOnce,
            1 => Fault::ResetInRequest(random.usize(0..400)),
            2 => Fault::ResetInResponse(point),
            3 => Fault::Truncate(point),
            4 => Fault::Stall(point),
            _ => Fault::Delay(Duration::from_millis(random.u64(1..40))),
        }
    }

    /// The number of bytes of the request that pass.
    fn request_limit(self) -> usize {
        if let Fault::ResetInRequest(limit) = self { limit } else { usize::MAX }
    }

    /// The number of bytes of the response that pass.
    fn response_limit(self) -> usize {
        match self {
            Fault::ResetInResponse(limit) | Fault::Truncate(limit) | Fault::Stall(limit) => limit,
            _ => usize::MAX,
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
                // Consecutive numbers must not draw the same faults.
                let seed = chaos.seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                let draws = Draws {
                    random: fastrand::Rng::with_seed(seed),
                    chaos,
                    broken: Arc::clone(&counted_broken),
                };
                tokio::spawn(async move {
                    // Broken connections are the purpose of this proxy.
                    let _ = forward(caller, upstream, draws).await;
                });
            }
        });
        Ok(ChaosProxy { address, connections, broken, task })
    }

    /// Returns the URL of the proxy.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the number of connections, and of those (or of requests) that were broken.
    pub fn connections(&self) -> (u64, u64) {
        (self.connections.load(Ordering::Relaxed), self.broken.load(Ordering::Relaxed))
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Draws the faults of a connection.
struct Draws {
    random: fastrand::Rng,
    chaos: Chaos,
    broken: Arc<AtomicU64>,
}

impl Draws {
    fn next(&mut self) -> Fault {
        let fault = Fault::draw(&mut self.random, self.chaos);
        if fault != Fault::None {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
        fault
    }
}

/// Passes bytes in both directions until a fault or one of the ends stops it. Dropped sockets are closed or reset.
async fn forward(mut caller: TcpStream, upstream: SocketAddr, mut draws: Draws) -> io::Result<()> {
    caller.set_nodelay(true)?;
    let mut fault = draws.next();
    if fault == Fault::ResetAtOnce {
        return reset_on_drop(&caller);
    }
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    let (mut sent, mut received) = (0, 0);
    let (mut request, mut response) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            read = caller.read(&mut request) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                if received > 0 && draws.chaos.each_request {
                    fault = draws.next();
                    (sent, received) = (0, 0);
                    if fault == Fault::ResetAtOnce {
                        return reset_on_drop(&caller);
                    }
                }
                let passed = read.min(fault.request_limit().saturating_sub(sent));
                server.write_all(request.get(..passed).unwrap_or_default()).await?;
                sent += passed;
                if sent >= fault.request_limit() {
                    reset_on_drop(&server)?;
                    return reset_on_drop(&caller);
                }
            }
            read = server.read(&mut response) => {
                let read = read?;
                if read == 0 {
                    return caller.shutdown().await;
                }
                if let Fault::Delay(pause) = fault {
                    tokio::time::sleep(pause).await;
                }
                let passed = read.min(fault.response_limit().saturating_sub(received));
                caller.write_all(response.get(..passed).unwrap_or_default()).await?;
                received += passed;
                if received < fault.response_limit() {
                    continue;
                }
                return match fault {
                    // Until the caller gives up.
                    Fault::Stall(_) => caller.read(&mut request).await.map(drop),
                    Fault::Truncate(_) => caller.shutdown().await,
                    _ => {
                        reset_on_drop(&server)?;
                        reset_on_drop(&caller)
                    }
                };
            }
        }
    }
}

fn reset_on_drop(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}
