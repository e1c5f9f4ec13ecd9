//! The handle of a running sandbox: starts it, changes its state, and stops it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};

use crate::control;
use crate::demo;
use crate::error::SandboxError;
use crate::faults::{FaultRule, canned_response};
use crate::http::{Shared, serve};
use crate::options::SandboxOptions;
use crate::state::{ApiKey, Plan, RecordedRequest, Role, State};

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
    /// Generates the demo data and starts to listen. The sandbox accepts requests when this returns.
    ///
    /// ```
    /// use crankwheel_sandbox::{Sandbox, SandboxOptions};
    ///
    /// let sandbox = Sandbox::start(SandboxOptions { clients: 3, ..SandboxOptions::default() })?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if an option is out of range, [`SandboxError::Listen`] if the address is not
    /// available.
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

    /// Returns the requests that the sandbox received, oldest first. Only the newest 10,000 are kept.
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

    /// Returns the time of the sandbox's clock.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// println!("it is {}", sandbox.now());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.state().now()).unwrap_or_default()
    }

    /// Sets the clock. A frozen clock stays frozen. A clock that is set back shows the past: later changes are
    /// not visible.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.set_now("2030-01-01T00:00:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_now(&self, instant: Timestamp) {
        self.state().clock.set(instant.as_microsecond());
    }

    /// Moves the clock; a negative duration moves it back.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.advance(jiff::SignedDuration::from_mins(5));
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn advance(&self, by: SignedDuration) {
        self.state().clock.advance(by);
    }

    /// Stops the clock at the present instant.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.freeze();
    /// assert_eq!(sandbox.now(), sandbox.now());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn freeze(&self) {
        self.state().clock.freeze();
    }

    /// Lets the clock continue from the present instant.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.freeze();
    /// sandbox.unfreeze();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn unfreeze(&self) {
        self.state().clock.unfreeze();
    }

    /// Adds a user to a client.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Role, Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions { clients: 1, ..SandboxOptions::default() })?;
    /// sandbox.add_user(27_001, "anna@acme.example", Role::Owner)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::UnknownClient`], [`SandboxError::UserExists`], or [`SandboxError::Invalid`] if `email` is
    /// not a valid e-mail address.
    pub fn add_user(&self, client_id: i64, email: &str, role: Role) -> Result<(), SandboxError> {
        self.state().new_user(client_id, email, role)
    }

    /// Adds a screen-sharing session, and its user as [`Role::User`] if the client does not have them yet.
    ///
    /// Fractions of a second of `duration` are dropped. A session that ends in the future becomes visible when
    /// the clock has passed its end.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions { clients: 1, ..SandboxOptions::default() })?;
    /// let start = sandbox.now() - jiff::SignedDuration::from_hours(2);
    /// sandbox.add_session(27_001, "anna@acme.example", start, jiff::SignedDuration::from_mins(30), 2)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::UnknownClient`], or [`SandboxError::Invalid`] if `email` is not a valid e-mail address or
    /// `duration` is not between 0 and 2^32 seconds.
    pub fn add_session(
        &self,
        client_id: i64,
        email: &str,
        start: Timestamp,
        duration: SignedDuration,
        viewers: u32,
    ) -> Result<(), SandboxError> {
        let seconds = u32::try_from(duration.as_secs()).map_err(|_| {
            SandboxError::Invalid(format!(
                "duration: must be between 0 and 2^32 seconds, got {} seconds",
                duration.as_secs()
            ))
        })?;
        self.state().new_session(client_id, email, start.as_microsecond(), seconds, viewers)
    }

    /// Adds a plan that clients can have, or replaces the one with this API name. A limit of `99999999` means
    /// unlimited.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.add_plan("plan_9", "Plan Nine", 900, 99_999_999)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if `api_name` is empty, or `unset_or_custom`, which means having no plan.
    pub fn add_plan(
        &self,
        api_name: &str,
        human_name: &str,
        session_limit: u64,
        license_count: u64,
    ) -> Result<(), SandboxError> {
        self.state().new_plan(Plan {
            session_limit,
            license_count,
            human_name: human_name.to_owned(),
            api_name: api_name.to_owned(),
        })
    }

    /// Adds an API key of the reseller, or replaces the same key. Its `owner`, an e-mail address, is the
    /// `set_by` of plans that are set with it.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.add_key("annas-key", false, "anna@reseller.example")?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if `key` is not visible ASCII or is one of the two that the sandbox starts with,
    /// or `owner` is not a valid e-mail address.
    pub fn add_key(&self, key: &str, read_only: bool, owner: &str) -> Result<(), SandboxError> {
        self.state().new_key(ApiKey { key: key.to_owned(), read_only, owner: owner.to_owned() })
    }

    /// Adds a canned response for the next `times` requests with this method and path; `None` means for all
    /// until [`reset`](Self::reset).
    ///
    /// Paths are compared percent-decoded. Canned responses precede every check, including that of the key.
    /// Several for one endpoint are returned in the order in which they were added.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.respond("GET", "/ss/rsapi/clients", 503, &[("retry-after", "1")], "", Some(2))?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the method, the status or a header is not valid HTTP, if the status is below
    /// 200, or if a header is `content-length` or `transfer-encoding`.
    pub fn respond(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
        times: Option<u32>,
    ) -> Result<(), SandboxError> {
        let method = control::parse_method(method)?;
        let response = canned_response(status, headers.iter().copied(), body.into())?;
        self.state().canned.add(method, path, response, times);
        Ok(())
    }

    /// Injects a fault into the requests that the rule describes.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.fail(FaultRule::new(Fault::ResetAfter).on("POST", "/ss/rsapi/clients").times(1))?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the rule is invalid, for example its method.
    pub fn fail(&self, rule: FaultRule) -> Result<(), SandboxError> {
        self.state().faults.add(rule)
    }

    /// Injects a fault, with the rule as JSON.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.fail_json(
    ///     r#"{"method": "GET", "path": "/ss/rsapi/clients/{id}", "times": 3,
    ///         "fault": {"kind": "status", "status": 503}}"#,
    /// )?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the string is not a fault rule, or the rule is invalid.
    pub fn fail_json(&self, rule: &str) -> Result<(), SandboxError> {
        self.fail(FaultRule::from_json(rule)?)
    }

    /// Removes all fault rules.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.clear_faults();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Returns the state as JSON: clients, users, sessions, plans, added keys, login links and the clock, but not
    /// the faults, the canned responses and the request log.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions { clients: 3, ..SandboxOptions::default() })?;
    /// let snapshot = sandbox.snapshot()?;
    /// let other = Sandbox::start(SandboxOptions::default())?;
    /// other.restore(&snapshot)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// None is known; the JSON writer could refuse a value.
    pub fn snapshot(&self) -> Result<String, SandboxError> {
        self.state().snapshot()
    }

    /// Replaces the state by that of a [`snapshot`](Self::snapshot). The address and the first two keys stay.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// let before = sandbox.snapshot()?;
    /// sandbox.add_plan("plan_9", "Plan Nine", 900, 90)?;
    /// sandbox.restore(&before)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the string is not a snapshot; the state is then unchanged.
    pub fn restore(&self, snapshot: &str) -> Result<(), SandboxError> {
        self.state().restore(snapshot.as_bytes())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("state.json");
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.save(&file)?;
    /// sandbox.load(&file)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::File`] if the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SandboxError> {
        let snapshot = self.snapshot()?;
        std::fs::write(path.as_ref(), snapshot).map_err(|source| file_error(path.as_ref(), source))
    }

    /// Replaces the state by that of a file that [`save`](Self::save) wrote.
    ///
    /// ```no_run
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.load("state.json")?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::File`] if the file cannot be read, [`SandboxError::Invalid`] if it is not a snapshot; the
    /// state is then unchanged.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SandboxError> {
        let snapshot = std::fs::read(path.as_ref()).map_err(|source| file_error(path.as_ref(), source))?;
        self.state().restore(&snapshot)
    }

    /// Does what the same request under `/_sandbox/` does over HTTP: one function for bindings to other
    /// languages. `path` is with or without that prefix; `body` is JSON, or empty. Returns JSON.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.control("POST", "clients", r#"{"sname": "acmecompany", "current_plan": "plan_1"}"#)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Control`], with the status that the same request has over HTTP.
    pub fn control(&self, method: &str, path: &str, body: &str) -> Result<String, SandboxError> {
        let method = control::parse_method(method)?;
        let name = control::name(path).unwrap_or_else(|| path.trim_matches('/'));
        control::into_result(control::respond(&mut self.state(), &method, name, body.as_bytes()))
    }

    /// Restores the state of the start: data and clock, without faults, canned responses and logged requests.
    /// The address and the first two keys stay.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.reset();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn reset(&self) {
        demo::reset(&mut self.state());
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

fn file_error(path: &Path, source: std::io::Error) -> SandboxError {
    SandboxError::File { path: path.display().to_string(), source }
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
