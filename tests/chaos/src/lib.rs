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
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How much chaos, and which.
#[derive(Clone, Copy, Debug)]
pub struct Chaos {
    /// Decides all that happens.
    pub seed: u64,
    /// The share of connections that are broken, from 0 to 1.
    pub share: f64,
    /// Draw anew for every request on a connection, so that `share` is one of requests. Otherwise a connection that is spared
    /// once is spared for as long as it lives.
    pub each_request: bool,
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
    fn draw(random: &mut fastrand::Rng, chaos: Chaos) -> Self {
        if random.f64() >= chaos.share {
            return Fault::None;
        }
        // An answer is about a kilobyte and a request a few hundred bytes: points in all parts of both. Where connections go on after
        // an answer, there are large ones, too.
        let point = match random.u8(0..4) {
            0 if chaos.each_request => random.usize(0..40_000),
            _ => random.usize(0..1500),
        };
        match random.u8(0..6) {
            0 => Fault::ResetAtOnce,
            1 => Fault::ResetInRequest(random.usize(0..400)),
            2 => Fault::ResetInAnswer(point),
            3 => Fault::Truncate(point),
            4 => Fault::Stall(point),
            _ => Fault::Delay(Duration::from_millis(random.u64(1..40))),
        }
    }

    /// How many bytes of the request pass.
    fn request_limit(self) -> usize {
        if let Fault::ResetInRequest(limit) = self { limit } else { usize::MAX }
    }

    /// How many bytes of the answer pass.
    fn answer_limit(self) -> usize {
        match self {
            Fault::ResetInAnswer(limit) | Fault::Truncate(limit) | Fault::Stall(limit) => limit,
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
                // Neighbouring numbers must not draw alike.
                let seed = chaos.seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                let draws = Draws {
                    random: fastrand::Rng::with_seed(seed),
                    chaos,
                    broken: Arc::clone(&counted_broken),
                };
                tokio::spawn(async move {
                    // A broken connection is what this is for.
                    let _ = forward(caller, upstream, draws).await;
                });
            }
        });
        Ok(ChaosProxy { address, connections, broken, task })
    }

    /// Where callers find it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections there were, and how many of them (or of the requests) were broken.
    pub fn connections(&self) -> (u64, u64) {
        (self.connections.load(Ordering::Relaxed), self.broken.load(Ordering::Relaxed))
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Decides what is done to a connection.
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

/// Passes bytes both ways until a fault or one of the sides ends it; what is dropped is closed, or reset.
async fn forward(mut caller: TcpStream, upstream: SocketAddr, mut draws: Draws) -> io::Result<()> {
    caller.set_nodelay(true)?;
    let mut fault = draws.next();
    if fault == Fault::ResetAtOnce {
        return reset_on_drop(&caller);
    }
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    let (mut asked, mut answered) = (0, 0);
    let (mut request, mut answer) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            read = caller.read(&mut request) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                if answered > 0 && draws.chaos.each_request {
                    fault = draws.next();
                    (asked, answered) = (0, 0);
                    if fault == Fault::ResetAtOnce {
                        return reset_on_drop(&caller);
                    }
                }
                let passed = read.min(fault.request_limit().saturating_sub(asked));
                server.write_all(request.get(..passed).unwrap_or_default()).await?;
                asked += passed;
                if asked >= fault.request_limit() {
                    reset_on_drop(&server)?;
                    return reset_on_drop(&caller);
                }
            }
            read = server.read(&mut answer) => {
                let read = read?;
                if read == 0 {
                    return caller.shutdown().await;
                }
                if let Fault::Delay(pause) = fault {
                    tokio::time::sleep(pause).await;
                }
                let passed = read.min(fault.answer_limit().saturating_sub(answered));
                caller.write_all(answer.get(..passed).unwrap_or_default()).await?;
                answered += passed;
                if answered < fault.answer_limit() {
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
