//! The handle: starts a sandbox, changes its state from outside, and ends it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use http::Method;
use jiff::{SignedDuration, Timestamp};

use crate::control;
use crate::demo;
use crate::error::SandboxError;
use crate::faults::{FaultRule, ordered_answer};
use crate::http::{Shared, serve};
use crate::options::SandboxOptions;
use crate::state::{Key, Plan, RecordedRequest, Role, World};

/// A running sandbox. Dropping it stops it.
///
/// It works from any thread and needs no async runtime: it has a thread of its own.
///
/// ```
/// use crankwheel_sandbox::{Role, Sandbox, SandboxOptions};
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
    /// The process that started it. A forked child has this handle but not the thread.
    process: u32,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Makes the demo data, listens, and returns: the first request may follow at once.
    ///
    /// # Errors
    /// When an option is out of range, or the address cannot be listened on.
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
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("crankwheel-sandbox".to_owned())
            // The connections end here, too: the runtime drops them.
            .spawn(move || runtime.block_on(serve(listener, served)))
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

    /// The base URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The reseller's read/write key.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// A key of the reseller's that may only read.
    pub fn read_only_key(&self) -> &str {
        &self.read_only_key
    }

    /// The requests so far, oldest first; of a long run the newest 10,000.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.world().log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.world().log.clear();
    }

    /// What the sandbox's clock shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.world().now()).unwrap_or_default()
    }

    /// Sets the clock. A frozen one stays frozen. Set back, it shows the past: what came later is not seen.
    pub fn set_now(&self, instant: Timestamp) {
        self.world().clock.set(instant.as_microsecond());
    }

    /// Moves the clock; a negative duration moves it back.
    pub fn advance(&self, by: SignedDuration) {
        self.world().clock.advance(by);
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        self.world().clock.freeze();
    }

    /// Lets the clock run on from where it is.
    pub fn unfreeze(&self) {
        self.world().clock.unfreeze();
    }

    /// Adds a user to a client.
    ///
    /// # Errors
    /// When there is no such client, the text is no e-mail address, or the client has that user already.
    pub fn add_user(&self, client_id: i64, email: &str, role: Role) -> Result<(), SandboxError> {
        self.world().new_user(client_id, email, role)
    }

    /// Adds a screen sharing session; a user who does not exist yet is added as [`Role::User`]. A session
    /// that ends after the clock's now is seen once the clock has passed its end. Fractions of its seconds
    /// are dropped.
    ///
    /// # Errors
    /// When there is no such client, the text is no e-mail address, or the duration is negative or endless.
    pub fn add_session(
        &self,
        client_id: i64,
        email: &str,
        start: Timestamp,
        duration: SignedDuration,
        viewers: u32,
    ) -> Result<(), SandboxError> {
        let seconds = u32::try_from(duration.as_secs()).map_err(|_| {
            SandboxError::Invalid("the duration must be between 0 and 2^32 seconds".to_owned())
        })?;
        self.world().new_session(client_id, email, start.as_microsecond(), seconds, viewers)
    }

    /// Adds a plan to those that can be set, or replaces the one of this name. `99999999` stands for
    /// unlimited.
    ///
    /// # Errors
    /// When the API name is empty or `unset_or_custom`, which stands for having no plan.
    pub fn add_plan(
        &self,
        api_name: &str,
        human_name: &str,
        session_limit: u64,
        license_count: u64,
    ) -> Result<(), SandboxError> {
        self.world().new_plan(Plan {
            session_limit,
            license_count,
            human_name: human_name.to_owned(),
            api_name: api_name.to_owned(),
        })
    }

    /// Adds an API key of the reseller's, or replaces the one of this text. Plans set with it are set by its
    /// owner.
    ///
    /// # Errors
    /// When the key is not visible ASCII, or is one of the two that the sandbox starts with, or the owner is no
    /// e-mail address.
    pub fn add_key(&self, key: &str, read_only: bool, owner: &str) -> Result<(), SandboxError> {
        self.world().new_key(Key { key: key.to_owned(), read_only, owner: owner.to_owned() })
    }

    /// Orders a canned answer for the next `times` requests with this method and path (`None`: for all of
    /// them until [`reset`](Self::reset)). Paths are compared percent-decoded. Canned answers come before
    /// every check, that of the key included; several for one endpoint are given in the order in which they
    /// were ordered.
    ///
    /// # Errors
    /// When the method, a header or the status is not one of HTTP; a status below 200, and headers that say
    /// where the body ends, are refused, too.
    pub fn respond(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
        times: Option<u32>,
    ) -> Result<(), SandboxError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| SandboxError::Invalid(format!("{method:?} is no HTTP method")))?;
        let answer = ordered_answer(status, headers.iter().copied(), body.into())?;
        self.world().canned.add(method, path, answer, times);
        Ok(())
    }

    /// Lets something go wrong; see [`FaultRule`].
    ///
    /// # Errors
    /// When the rule is not possible, for example with a method that is none of HTTP.
    pub fn fail(&self, rule: FaultRule) -> Result<(), SandboxError> {
        self.world().faults.add(rule)
    }

    /// The same with the rule as JSON:
    /// `{"method": "GET", "path": "/ss/rsapi/clients/{id}", "times": 3, "fault": {"kind": "status", "status": 503}}`.
    ///
    /// # Errors
    /// When the text is no rule, or the rule is not possible.
    pub fn fail_json(&self, rule: &str) -> Result<(), SandboxError> {
        self.fail(FaultRule::from_json(rule)?)
    }

    /// From here on nothing goes wrong any more.
    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }

    /// The whole state as JSON: clients, users, sessions, plans, added keys, login links, the clock. Not in it
    /// are faults, canned answers and the log of requests.
    ///
    /// # Errors
    /// None that is known; the JSON writer could refuse a value.
    pub fn snapshot(&self) -> Result<String, SandboxError> {
        self.world().snapshot()
    }

    /// Takes over the state of a [`snapshot`](Self::snapshot). Address and keys stay those of this sandbox.
    ///
    /// # Errors
    /// When the text is no snapshot; the state is then as it was.
    pub fn restore(&self, snapshot: &str) -> Result<(), SandboxError> {
        self.world().restore(snapshot.as_bytes())
    }

    /// Writes a [`snapshot`](Self::snapshot) to a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SandboxError> {
        let snapshot = self.snapshot()?;
        std::fs::write(path.as_ref(), snapshot).map_err(|source| file_error(path.as_ref(), source))
    }

    /// Takes over the state in a file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no snapshot; the state is then as it was.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SandboxError> {
        let snapshot = std::fs::read(path.as_ref()).map_err(|source| file_error(path.as_ref(), source))?;
        self.world().restore(&snapshot)
    }

    /// Everything that can be done over HTTP under `/_sandbox/`, without HTTP: one entry for bindings to other
    /// languages. `path` is with or without that prefix, `body` is JSON (empty for none); the answer is JSON.
    ///
    /// # Errors
    /// [`SandboxError::Control`], with the status that the same request has over HTTP.
    pub fn control(&self, method: &str, path: &str, body: &str) -> Result<String, SandboxError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| SandboxError::Invalid(format!("{method:?} is no HTTP method")))?;
        let name = control::name(path).unwrap_or_else(|| path.trim_matches('/'));
        control::outcome(control::answer(&mut self.world(), &method, name, body.as_bytes()))
    }

    /// Puts everything back to the start: data, clock, faults, canned answers and the log of requests. Address
    /// and keys stay.
    pub fn reset(&self) {
        demo::reset(&mut self.world());
    }

    /// Stops the sandbox at once; open connections are dropped. Further calls do nothing.
    pub fn stop(&self) {
        // In a forked child there is no thread to wait for.
        if self.process != std::process::id() {
            return;
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            self.shared.stop.notify_one();
            // It does not panic; were it to, it has stopped all the same.
            let _ = thread.join();
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
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

/// The address under which a program on this machine reaches the listener.
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
    fn the_handle_goes_to_any_thread() {
        fn check<T: Send + Sync>() {}
        check::<Sandbox>();
    }

    #[test]
    fn an_unspecified_address_is_reached_on_loopback() {
        for (bound, shown) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.1.1.1:80", "10.1.1.1:80")]
        {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), shown);
        }
    }
}
