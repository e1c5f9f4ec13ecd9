//! Starts and stops a sandbox.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;

use crate::demo;
use crate::error::SandboxError;
use crate::http::{Shared, serve};
use crate::options::SandboxOptions;
use crate::state::{RecordedRequest, State};

/// A running sandbox. Dropping it stops it.
///
/// It has its own thread, so it works from any thread and needs no async runtime.
///
/// ```
/// use crankwheel_sandbox::{Sandbox, SandboxOptions};
///
/// let now = "2019-03-01T12:00:00Z".parse()?;
/// let sandbox = Sandbox::start(SandboxOptions { clients: 5, now: Some(now), ..SandboxOptions::default() })?;
/// assert!(sandbox.url().starts_with("http://127.0.0.1:"));
/// sandbox.advance(jiff::SignedDuration::from_hours(24));
/// assert_eq!(sandbox.now().to_string(), "2019-03-02T12:00:00Z");
/// sandbox.stop();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sandbox {
    shared: Arc<Shared>,
    url: String,
    api_key: String,
    read_only_key: String,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The process that started the sandbox. A forked child has this handle but not the thread.
    process: u32,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Generates the demo data and starts to listen. The sandbox accepts requests when this
    /// returns.
    ///
    /// ```
    /// use crankwheel_sandbox::{Sandbox, SandboxOptions};
    ///
    /// let sandbox = Sandbox::start(SandboxOptions { clients: 3, ..SandboxOptions::default() })?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if an option is out of range, [`SandboxError::Listen`] if the
    /// address is not available.
    pub fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        options.check()?;
        let address = SocketAddr::new(options.host, options.port);
        let listen_error = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen_error)?;
        listener.set_nonblocking(true).map_err(listen_error)?;
        let bound = listener.local_addr().map_err(listen_error)?;
        let url = format!("http://{}", reachable(bound));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(SandboxError::Thread)?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(listen_error)?
        };

        let started = options.now.unwrap_or_else(Timestamp::now).as_microsecond();
        let (api_key, read_only_key) = options.keys();
        let shared = Arc::new(Shared::new(demo::start(options, url.clone(), started)));
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("crankwheel-sandbox".to_owned())
            // When `serve` returns, the runtime is dropped and closes the connections.
            .spawn(move || runtime.block_on(serve(listener, for_thread)))
            .map_err(SandboxError::Thread)?;
        Ok(Self {
            shared,
            url,
            api_key,
            read_only_key,
            thread: Mutex::new(Some(thread)),
            process: std::process::id(),
        })
    }

    /// Returns the base URL, without a slash at its end.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// let clients = format!("{}/ss/rsapi/clients", sandbox.url());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the reseller's read/write key.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// assert_eq!(sandbox.api_key(), "sandbox-reseller-key");
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Returns the reseller's read-only key.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// assert_eq!(sandbox.read_only_key(), "sandbox-read-only-key");
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn read_only_key(&self) -> &str {
        &self.read_only_key
    }

    /// Returns the requests that the sandbox received, oldest first. Only the newest 10,000 are
    /// kept.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// assert!(sandbox.requests().iter().all(|request| request.status == 200));
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().log.all()
    }

    /// Removes all requests from the log.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.clear_requests();
    /// assert!(sandbox.requests().is_empty());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn clear_requests(&self) {
        self.state().log.clear();
    }

    /// Stops the sandbox at once and closes its connections. More calls have no effect.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.stop();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn stop(&self) {
        // A forked child has no thread to wait for.
        if self.process != std::process::id() {
            return;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            self.shared.stop.notify_one();
            // The result is an error only if the thread panicked, and then it has stopped as well.
            let _ = thread.join();
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the address under which a program on localhost reaches the listener.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let host = match bound.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, bound.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handle_can_be_used_from_any_thread() {
        fn check<T: Send + Sync>() {}
        check::<Sandbox>();
    }

    #[test]
    fn an_unspecified_address_is_reached_on_localhost() {
        for (bound, shown) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.1.1.1:80", "10.1.1.1:80")]
        {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), shown);
        }
    }
}
