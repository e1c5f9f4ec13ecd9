//! Connections: a pool for reads, and a new connection for every write.
//!
//! Update, delete and set plan are documented as 204 *with* a body. On a shared connection, that
//! body would be read as the beginning of the next response. A new connection also means that an
//! idle connection that the server has closed never leaves the result of a write unknown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;

use super::cause::deepest_cause;
use super::config::ConnectionOptions;
use super::connection_tracking::TrackOpened;
use super::proxy::{Proxy, Route};
use super::tls::client_config;
use crate::error::Error;

/// The connections of a client and its copies. They are created by the first request, because
/// reading certificates takes milliseconds.
pub(crate) struct Connections {
    options: ConnectionOptions,
    current: ArcSwap<Generation>,
    closed: AtomicBool,
}

/// The connections of one process. A forked child creates its own.
struct Generation {
    process: u32,
    pools: OnceLock<Arc<Pools>>,
}

pub(crate) struct Pools {
    /// Keeps connections alive between requests.
    pub shared: reqwest::Client,
    /// Keeps no connection: each request opens a new one.
    pub single: reqwest::Client,
    /// One permit for each request that can be in flight.
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

    /// Refuses further requests. Idle connections are closed when the last request has ended.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.current.store(Arc::new(Generation::new()));
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Returns the pools of this process, and creates them if there are none.
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
        let pools = Arc::new(Pools::new(&self.options)?);
        Ok(Arc::clone(generation.pools.get_or_init(|| pools)))
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        // In a forked child, closing the sockets would deregister them from the poller that it
        // shares with its parent. They are leaked instead.
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
        // A redirect would send the key to another server.
        .redirect(reqwest::redirect::Policy::none())
        // `retry.rs` has the rules for retries.
        .retry(reqwest::retry::never())
        .connect_timeout(options.settings.connect_timeout)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(options.settings.idle_timeout)
        // Detects a peer that disappeared during a long response.
        .tcp_keepalive(Some(Duration::from_secs(60)))
        .tcp_nodelay(true)
        .connector_layer(TrackOpened);
    match &options.route {
        // The message must not quote the URL, which can contain a password.
        Route::Proxy(Proxy { url, origin }) => {
            let proxy = reqwest::Proxy::all(url.clone())
                .map_err(|_| Error::configuration(format!("{origin}: not a valid URL of a proxy")))?;
            builder = builder.proxy(proxy);
        }
        // The HTTP client finds that proxy. Elsewhere, it would read the variables in another way.
        Route::System if cfg!(any(target_os = "macos", windows)) => {}
        Route::System | Route::Direct => builder = builder.no_proxy(),
    }
    builder.build().map_err(|error| {
        Error::configuration(format!("the HTTP client could not be set up: {}", deepest_cause(&error)))
    })
}
