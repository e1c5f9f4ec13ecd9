//! Changes to the state through the handle.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::sandbox::Sandbox;
use crate::control;
use crate::demo;
use crate::error::SandboxError;
use crate::faults::parse_method;
use crate::state::{ApiKey, Plan, Role};

impl Sandbox {
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
    /// [`SandboxError::UnknownClient`], [`SandboxError::UserExists`], or [`SandboxError::Invalid`]
    /// if `email` is not a valid e-mail address.
    pub fn add_user(&self, client_id: i64, email: &str, role: Role) -> Result<(), SandboxError> {
        self.state().new_user(client_id, email, role)
    }

    /// Adds a screen-sharing session, and its user as [`Role::User`] if the client does not have
    /// them yet.
    ///
    /// Fractions of a second of `duration` are dropped. A session that ends in the future becomes
    /// visible when the clock has passed its end.
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
    /// [`SandboxError::UnknownClient`], or [`SandboxError::Invalid`] if `email` is not a valid
    /// e-mail address or `duration` is not between 0 and 2^32 seconds.
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

    /// Adds a plan that clients can have, or replaces the one with this API name. A limit of
    /// `99999999` means unlimited.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.add_plan("plan_9", "Plan Nine", 900, 99_999_999)?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if `api_name` is empty, or `unset_or_custom`, which means having
    /// no plan.
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

    /// Adds an API key of the reseller, or replaces the same key. Its `owner`, an e-mail address,
    /// is the `set_by` of plans that are set with it.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.add_key("annas-key", false, "anna@reseller.example")?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if `key` is not visible ASCII or is one of the two that the
    /// sandbox starts with, or `owner` is not a valid e-mail address.
    pub fn add_key(&self, key: &str, read_only: bool, owner: &str) -> Result<(), SandboxError> {
        self.state().new_key(ApiKey { key: key.to_owned(), read_only, owner: owner.to_owned() })
    }

    /// Returns the state as JSON: clients, users, sessions, plans, added keys, login links and the
    /// clock, but not the faults, the canned responses and the request log.
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

    /// Replaces the state by that of a [`snapshot`](Self::snapshot). The address and the first two
    /// keys stay.
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
    /// [`SandboxError::File`] if the file cannot be read, [`SandboxError::Invalid`] if it is not a
    /// snapshot; the state is then unchanged.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), SandboxError> {
        let snapshot = std::fs::read(path.as_ref()).map_err(|source| file_error(path.as_ref(), source))?;
        self.state().restore(&snapshot)
    }

    /// Does what the same request under `/_sandbox/` does over HTTP: one function for bindings to
    /// other languages. `path` is with or without that prefix; `body` is JSON, or empty. Returns
    /// JSON.
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
        let method = parse_method(method)?;
        let name = control::name(path).unwrap_or_else(|| path.trim_matches('/'));
        control::into_result(control::respond(&mut self.state(), &method, name, body.as_bytes()))
    }

    /// Restores the state of the start: data and clock, without faults, canned responses and logged
    /// requests. The address and the first two keys stay.
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
}

fn file_error(path: &Path, source: std::io::Error) -> SandboxError {
    SandboxError::File { path: path.display().to_string(), source }
}
