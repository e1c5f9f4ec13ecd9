//! The handle: starts a sandbox, changes its state from outside, and ends it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

use crate::answer::Answer;
use crate::error::SandboxError;
use crate::options::SandboxOptions;
use crate::plans::Plan;
use crate::request_log::RecordedRequest;
use crate::server::{self, Shared};
use crate::sso;
use crate::state::{NO_PLAN, Role, Session, User, World};

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
    /// "Now" at the start: where the demo data ends.
    started: i64,
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
        let shared = Arc::new(Shared::new(World::new(options, url.clone(), started)));
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("crankwheel-sandbox".to_owned())
            // The connections end here, too: the runtime drops them.
            .spawn(move || runtime.block_on(server::serve(listener, served)))
            .map_err(SandboxError::Thread)?;
        Ok(Self {
            shared,
            url,
            api_key,
            read_only_key,
            thread: Mutex::new(Some(thread)),
            process: std::process::id(),
            started,
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
        let mut world = self.world();
        if find_user(&world, client_id, email)?.is_some() {
            return Err(SandboxError::UserExists { client_id });
        }
        let created_at = world.now();
        world.add_user(User { email: email.to_owned(), client_id, role, created_at });
        Ok(())
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
        let mut world = self.world();
        let start = start.as_microsecond();
        let user = match find_user(&world, client_id, email)? {
            Some(user) => user,
            None => {
                let created_at = start.min(world.now());
                world.add_user(User { email: email.to_owned(), client_id, role: Role::User, created_at })
            }
        };
        world.add_session(Session { start, user, seconds, viewers });
        Ok(())
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
        if api_name.is_empty() || api_name == NO_PLAN {
            return Err(SandboxError::Invalid(format!("a plan cannot have the API name {api_name:?}")));
        }
        let plan = Plan {
            session_limit,
            license_count,
            human_name: human_name.to_owned(),
            api_name: api_name.to_owned(),
        };
        let mut world = self.world();
        match world.plans.iter_mut().find(|known| known.api_name == api_name) {
            Some(known) => *known = plan,
            None => world.plans.push(plan),
        }
        Ok(())
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
        let refuse = |what: &str, text: &str| SandboxError::Invalid(format!("{text:?} is no {what}"));
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| refuse("HTTP method", method))?;
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| !status.is_informational())
            .ok_or_else(|| refuse("status of an answer", &status.to_string()))?;
        let mut answer = Answer { status, headers: Vec::new(), body: body.into().into() };
        for (name, value) in headers {
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("header name", name))?;
            if parsed == header::CONTENT_LENGTH || parsed == header::TRANSFER_ENCODING {
                return Err(SandboxError::Invalid(format!("{name} is set by the sandbox itself")));
            }
            let value = HeaderValue::from_str(value).map_err(|_| refuse("header value", value))?;
            answer = answer.with(parsed, value);
        }
        self.world().canned.add(method, path, answer, times);
        Ok(())
    }

    /// Puts everything back to the start: data, clock, canned answers and the log of requests. Address and
    /// keys stay.
    pub fn reset(&self) {
        let mut world = self.world();
        *world = World::new(world.options.clone(), self.url.clone(), self.started);
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

/// The place of a client's user in the list, if the client has one with this address.
fn find_user(world: &World, client_id: i64, email: &str) -> Result<Option<u32>, SandboxError> {
    if world.client(client_id).is_none() {
        return Err(SandboxError::UnknownClient(client_id));
    }
    if !sso::looks_like_email(email) {
        return Err(SandboxError::Invalid(format!("{email:?} is no e-mail address")));
    }
    let place = world.users.iter().position(|user| user.client_id == client_id && user.email == email);
    Ok(place.and_then(|place| u32::try_from(place).ok()))
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
