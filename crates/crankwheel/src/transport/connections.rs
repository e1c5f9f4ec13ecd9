//! Connections: a pool for reads, and for every write one of its own.
//!
//! Update, delete and set plan are documented as 204 *with* a body. Those bytes would stand in front of the next
//! answer on the same connection, so no other request may ever use it. A connection of its own also means that
//! a stale keep-alive connection can never make the outcome of a write unknown.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::ConnectionOptions;
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
    pools: OnceLock<Pools>,
}

struct Pools {
    /// Keeps connections alive between requests.
    shared: reqwest::Client,
    /// Never keeps one.
    single: reqwest::Client,
    /// How many broken connections may still be taken for idle ones.
    resends: AtomicU32,
}

/// The most connections that can be taken for idle ones in a row.
const MOST_RESENDS: u32 = 128;

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

    /// Pooled connections.
    pub fn shared(&self) -> Result<reqwest::Client, Error> {
        self.with_pools(|pools| pools.shared.clone())
    }

    /// A connection that nothing else has used or will use.
    pub fn single(&self) -> Result<reqwest::Client, Error> {
        self.with_pools(|pools| pools.single.clone())
    }

    /// Notes that a pooled connection has served a request: it may be idle from now on, and be closed by the server.
    pub fn served(&self) {
        if let Some(pools) = self.current.load().pools.get() {
            let more = |resends: u32| (resends < MOST_RESENDS).then_some(resends + 1);
            // Full already is no failure.
            let _ = pools.resends.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        }
    }

    /// Whether a pooled connection that broke may have been an idle one, so that the request is sent again at once.
    ///
    /// Which connection a request had is not told by the HTTP client. But no more connections can be idle than have served, and
    /// in an outage, where none serves, the resends come to an end.
    pub fn take_resend(&self) -> bool {
        self.current.load().pools.get().is_some_and(|pools| {
            let take = |resends: u32| resends.checked_sub(1);
            pools.resends.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
        })
    }

    fn with_pools<T>(&self, use_them: impl FnOnce(&Pools) -> T) -> Result<T, Error> {
        if self.is_closed() {
            return Err(Error::configuration("this client was closed; make a new one"));
        }
        let mut generation = self.current.load_full();
        if generation.process != std::process::id() {
            // A forked child. The parent's sockets are registered with a poller that both processes share:
            // dropping them here would take them from the parent, so they are forgotten.
            let inherited = self.current.swap(Arc::new(Generation::new()));
            std::mem::forget(inherited);
            std::mem::forget(std::mem::replace(&mut generation, self.current.load_full()));
        }
        if let Some(pools) = generation.pools.get() {
            return Ok(use_them(pools));
        }
        let made = Pools::new(&self.options)?;
        Ok(use_them(generation.pools.get_or_init(|| made)))
    }
}

impl Generation {
    fn new() -> Self {
        Generation { process: std::process::id(), pools: OnceLock::new() }
    }
}

impl Pools {
    fn new(options: &ConnectionOptions) -> Result<Self, Error> {
        let tls = tls_config(options)?;
        Ok(Pools {
            shared: client(options, tls.clone(), options.max_idle_connections)?,
            single: client(options, tls, 0)?,
            resends: AtomicU32::new(0),
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
        .connect_timeout(options.connect_timeout)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(options.idle_timeout)
        // A peer that vanished is noticed even while it owes a long answer.
        .tcp_keepalive(Some(Duration::from_secs(60)))
        .tcp_nodelay(true);
    if let Some(proxy) = &options.proxy {
        let proxy = reqwest::Proxy::all(proxy).map_err(|_| {
            Error::configuration("`proxy` cannot be used: its scheme must be http, https or socks5")
        })?;
        builder = builder.proxy(proxy);
    } else if options.loopback {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        Error::configuration(format!(
            "the HTTP client cannot be set up: {}",
            super::send::deepest_cause(&error)
        ))
    })
}

fn tls_config(options: &ConnectionOptions) -> Result<rustls::ClientConfig, Error> {
    let (roots, _) = trusted_roots(options)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::configuration(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots);
    let Some(file) = &options.client_certificate else { return Ok(builder.with_no_client_auth()) };
    let refuse = |why: String| {
        Error::configuration(format!("`client_certificate` {} cannot be used: {why}", file.display()))
    };
    let chain = pem_certificates(file).map_err(refuse)?;
    let key =
        PrivateKeyDer::from_pem_file(file).map_err(|error| refuse(format!("its private key: {error}")))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| refuse(error.to_string()))
}

/// The system's certificates (also `SSL_CERT_FILE` and `SSL_CERT_DIR`), those that the caller and the environment name in
/// addition, and the bundled roots where the system has none; and where they came from, in words.
pub(crate) fn trusted_roots(options: &ConnectionOptions) -> Result<(RootCertStore, String), Error> {
    let mut roots = RootCertStore::empty();
    let mut sources = Vec::new();
    // A proxy is reached over TLS as well, perhaps; plain loopback needs no certificates read.
    if options.tls || options.proxy.is_some() {
        let (system, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        sources.push(format!("{system} of the system"));
        if system == 0 {
            let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
            let (bundled, _) = roots.add_parsable_certificates(bundled);
            sources.push(format!("{bundled} bundled"));
        }
    }
    let named = options.environment_ca_files.iter().map(|(name, file)| (*name, file));
    for (name, file) in named.chain(options.ca_file.iter().map(|file| ("ca_file", file))) {
        let refuse =
            |why: String| Error::configuration(format!("`{name}` {} cannot be used: {why}", file.display()));
        let certificates = pem_certificates(file).map_err(refuse)?;
        sources.push(format!("{} of {name} {}", certificates.len(), file.display()));
        for certificate in certificates {
            roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
        }
    }
    Ok((roots, sources.join(", ")))
}

/// All certificates of a PEM file; at least one.
fn pem_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())?;
    let certificates = read.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    if certificates.is_empty() { Err("it holds no PEM certificate".to_owned()) } else { Ok(certificates) }
}
