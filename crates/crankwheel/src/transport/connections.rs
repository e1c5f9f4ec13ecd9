//! Connections: a pool for reads, and a new connection for every write.
//!
//! Update, delete and set plan are documented as 204 *with* a body. On a shared connection, that
//! body would be read as the beginning of the next response. A new connection also means that an
//! idle connection that the server has closed never leaves the result of a write unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Semaphore;

use super::cause::deepest_cause;
use super::config::ConnectionOptions;
use super::connection_tracking::TrackOpened;
use super::gate::Gate;
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

/// The connections of one process, and its calls in flight. A forked child creates its own.
struct Generation {
    process: u32,
    pools: ArcSwapOption<Pools>,
    gate: Gate,
}

/// A call in flight, which can use the connections although the client is closed meanwhile.
pub(crate) struct Admitted {
    connections: Arc<Connections>,
    generation: Arc<Generation>,
}

impl Admitted {
    /// Waits until calls in flight are dropped, because closing the client takes too long. Returns the
    /// time that they had.
    pub async fn ended(&self) -> Duration {
        self.generation.gate.ended().await
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if self.generation.gate.leave() && self.connections.is_closed() {
            self.generation.release();
        }
    }
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
            current: ArcSwap::from_pointee(Generation::new(false)),
            closed: AtomicBool::new(false),
        }
    }

    pub fn options(&self) -> &ConnectionOptions {
        &self.options
    }

    /// Refuses further calls. Idle connections are closed when the last call has ended.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let generation = self.generation();
        generation.gate.close();
        if generation.gate.is_idle() {
            generation.release();
        }
    }

    /// Refuses further calls and waits for those in flight. Those that have not ended after `limit` are
    /// dropped.
    pub async fn drain(&self, limit: Option<Duration>) {
        self.close();
        let generation = self.generation();
        let idle = generation.gate.idle();
        match limit {
            None => idle.await,
            Some(limit) => {
                if tokio::time::timeout(limit, idle).await.is_err() {
                    generation.gate.end(limit);
                    generation.gate.idle().await;
                }
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Admits a call, unless the client is closed.
    pub fn admit(self: &Arc<Self>) -> Result<Admitted, Error> {
        let generation = self.generation();
        generation.gate.enter();
        // From here on, closing the client waits for this call.
        let admitted = Admitted { connections: Arc::clone(self), generation };
        if self.is_closed() {
            return Err(Error::configuration("the client is closed; create a new one"));
        }
        Ok(admitted)
    }

    /// Waits, and returns true as soon as the client is closed.
    pub async fn closed_within(&self, wait: Duration) -> bool {
        let generation = self.generation();
        tokio::time::timeout(wait, generation.gate.closed()).await.is_ok()
    }

    /// Returns the pools of this process, and creates them if there are none.
    pub fn pools(&self) -> Result<Arc<Pools>, Error> {
        let generation = self.generation();
        if let Some(pools) = generation.pools.load_full() {
            return Ok(pools);
        }
        let pools = Arc::new(Pools::new(&self.options)?);
        let before = generation.pools.compare_and_swap(&None::<Arc<Pools>>, Some(Arc::clone(&pools)));
        // Another call can have created them meanwhile.
        Ok(before.as_ref().map_or(pools, Arc::clone))
    }

    fn generation(&self) -> Arc<Generation> {
        let generation = self.current.load_full();
        if generation.process == std::process::id() {
            return generation;
        }
        self.current.store(Arc::new(Generation::new(self.is_closed())));
        self.current.load_full()
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        // In a forked child, closing the sockets would deregister them from the poller that it
        // shares with its parent. They are leaked instead.
        if self.process != std::process::id() {
            std::mem::forget(self.pools.swap(None));
        }
    }
}

impl Generation {
    fn new(closed: bool) -> Self {
        Generation { process: std::process::id(), pools: ArcSwapOption::empty(), gate: Gate::new(closed) }
    }

    /// Closes the idle connections.
    fn release(&self) {
        if self.process == std::process::id() {
            self.pools.store(None);
        }
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
