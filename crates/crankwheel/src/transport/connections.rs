//! Connections: a pool for reads, and for every write one of its own.
//!
//! Update, delete and set plan are documented as 204 *with* a body. Those bytes would stand in front of the next
//! answer on the same connection, so no other request may ever use it. A connection of its own also means that
//! a stale keep-alive connection can never make the outcome of a write unknown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use super::cause::deepest_cause;
use super::config::ConnectionOptions;
use super::connecting::Noting;
use super::tls::client_config;
use crate::error::Error;

/// The connections of a client and of all its copies. Made at the first request: reading certificates takes
/// milliseconds that construction should not.
pub(crate) struct Connections {
    options: ConnectionOptions,
    current: ArcSwap<Generation>,
    closed: AtomicBool,
}

/// What belongs to one process: a forked child starts anew.
struct Generation {
    process: u32,
    pools: OnceLock<Arc<Pools>>,
}

pub(crate) struct Pools {
    /// Keeps connections alive between requests.
    pub shared: reqwest::Client,
    /// Never keeps one: a connection that nothing else has used or will use.
    pub single: reqwest::Client,
    /// One for each request that may be under way.
    pub slots: Semaphore,
}

impl Connections {
    pub fn new(options: ConnectionOptions) -> Self {
        Connections {
            options,
            current: ArcSwap::from_pointee(Generation::new()),
            closed: AtomicBool::new(false),
        }
    }

    pub fn options(&self) -> &ConnectionOptions {
        &self.options
    }

    /// No request is accepted from now on; idle connections are closed as soon as the last request has ended.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.current.store(Arc::new(Generation::new()));
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// What requests are sent over.
    pub fn pools(&self) -> Result<Arc<Pools>, Error> {
        if self.is_closed() {
            return Err(Error::configuration("the client is closed; create a new one"));
        }
        let mut generation = self.current.load_full();
        if generation.process != std::process::id() {
            self.current.store(Arc::new(Generation::new()));
            generation = self.current.load_full();
        }
        if let Some(pools) = generation.pools.get() {
            return Ok(Arc::clone(pools));
        }
        let made = Arc::new(Pools::new(&self.options)?);
        Ok(Arc::clone(generation.pools.get_or_init(|| made)))
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        // In a forked child. The parent's sockets are registered with a poller that both processes share: to close them
        // here would take them from the parent. They are forgotten.
        if self.process != std::process::id() {
            std::mem::forget(self.pools.take());
        }
    }
}

impl Generation {
    fn new() -> Self {
        Generation { process: std::process::id(), pools: OnceLock::new() }
    }
}

impl Pools {
    fn new(options: &ConnectionOptions) -> Result<Self, Error> {
        let tls = client_config(options)?;
        Ok(Pools {
            shared: client(options, tls.clone(), options.settings.max_idle_connections)?,
            single: client(options, tls, 0)?,
            slots: Semaphore::new(options.settings.max_connections.min(Semaphore::MAX_PERMITS)),
        })
    }
}

fn client(
    options: &ConnectionOptions,
    tls: rustls::ClientConfig,
    idle: usize,
) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        // A redirect would carry the key to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        // The retry policy is ours alone.
        .retry(reqwest::retry::never())
        .connect_timeout(options.settings.connect_timeout)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(options.settings.idle_timeout)
        // A peer that vanished is noticed even while it owes a long answer.
        .tcp_keepalive(Some(Duration::from_secs(60)))
        .tcp_nodelay(true)
        .connector_layer(Noting);
    if let Some(proxy) = &options.proxy {
        // Checked before; the message must not quote the URL, which can hold a password.
        let proxy = reqwest::Proxy::all(proxy.clone())
            .map_err(|_| Error::configuration("proxy: not a valid URL of a proxy"))?;
        builder = builder.proxy(proxy);
    } else if options.loopback {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        Error::configuration(format!("the HTTP client could not be set up: {}", deepest_cause(&error)))
    })
}
