//! The sandbox, in-process: the reseller API in memory, on its own thread.
//!
//! Its errors (an option out of range, an unknown client) are mistakes in a test, not the API's: they are thrown as
//! ordinary errors.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crankwheel::{Options, brief};
use crankwheel_sandbox::{Role, Sandbox, SandboxError, SandboxOptions, run_program};
use jiff::{SignedDuration, Timestamp};
use napi::bindgen_prelude::{Env, Object, Uint8Array};
use napi::{Error, Result};
use napi_derive::napi;

use crate::client::NativeClient;
use crate::runtime::blocking;

/// A sandbox that was started, or the reason why it was not.
#[napi(object, object_from_js = false)]
pub struct StartedSandbox {
    #[napi(ts_type = "NativeSandbox")]
    pub sandbox: Option<NativeSandbox>,
    pub problem: Option<String>,
}

/// A canned response.
#[napi(object, object_to_js = false)]
pub struct CannedResponse {
    pub method: String,
    pub path: String,
    pub status: u32,
    pub headers: Vec<Vec<String>>,
    pub body: Uint8Array,
    /// The number of times; always if left out.
    pub times: Option<u32>,
}

/// A running sandbox.
#[napi]
pub struct NativeSandbox {
    sandbox: Arc<Sandbox>,
}

#[napi]
impl NativeSandbox {
    /// Starts a sandbox; `options` is a JSON object. Generating the demo data can take a moment, so it
    /// happens on another thread.
    #[napi(ts_return_type = "Promise<StartedSandbox>")]
    pub fn start<'env>(env: &'env Env, options: String) -> Result<Object<'env>> {
        blocking(env, move || match SandboxOptions::from_json(&options).and_then(Sandbox::start) {
            Ok(sandbox) => {
                StartedSandbox { sandbox: Some(NativeSandbox { sandbox: Arc::new(sandbox) }), problem: None }
            }
            Err(error) => StartedSandbox { sandbox: None, problem: Some(error.to_string()) },
        })
    }

    #[napi(getter)]
    pub fn url(&self) -> String {
        self.sandbox.url().to_owned()
    }

    #[napi(getter)]
    pub fn api_key(&self) -> String {
        self.sandbox.api_key().to_owned()
    }

    #[napi(getter)]
    pub fn read_only_key(&self) -> String {
        self.sandbox.read_only_key().to_owned()
    }

    /// Returns a copy of a client that takes the current time from the sandbox's clock.
    #[napi]
    pub fn with_clock(&self, client: &NativeClient) -> Result<NativeClient> {
        let options = Options::new().clock(self.sandbox.clock());
        let copy = client.cw.with_options(options);
        let queue = Arc::clone(&client.queue);
        copy.map(|cw| NativeClient { cw, queue }).map_err(|error| Error::from_reason(error.to_string()))
    }

    /// The requests so far, as JSON text.
    #[napi]
    pub fn requests(&self) -> Result<String> {
        serde_json::to_string(&self.sandbox.requests()).map_err(|error| Error::from_reason(error.to_string()))
    }

    #[napi]
    pub fn clear_requests(&self) {
        self.sandbox.clear_requests();
    }

    /// RFC 3339.
    #[napi]
    pub fn now(&self) -> String {
        self.sandbox.now().to_string()
    }

    /// RFC 3339.
    #[napi]
    pub fn set_now(&self, instant: String) -> Result<()> {
        self.sandbox.set_now(moment(&instant)?);
        Ok(())
    }

    #[napi]
    pub fn advance(&self, milliseconds: i64) {
        self.sandbox.advance(SignedDuration::from_millis(milliseconds));
    }

    #[napi]
    pub fn freeze(&self) {
        self.sandbox.freeze();
    }

    #[napi]
    pub fn unfreeze(&self) {
        self.sandbox.unfreeze();
    }

    #[napi]
    pub fn add_user(&self, client_id: i64, email: String, role: String) -> Result<()> {
        let role = match role.as_str() {
            "user" => Role::User,
            "admin" => Role::Admin,
            "owner" => Role::Owner,
            _ => {
                return Err(Error::from_reason(format!(
                    "role: must be user, admin or owner, got {}",
                    brief(&format!("{role:?}"))
                )));
            }
        };
        Ok(self.sandbox.add_user(client_id, &email, role).map_err(Refused::from)?)
    }

    #[napi]
    pub fn add_session(
        &self,
        client_id: i64,
        email: String,
        start: String,
        milliseconds: i64,
        viewers: u32,
    ) -> Result<()> {
        let (start, duration) = (moment(&start)?, SignedDuration::from_millis(milliseconds));
        Ok(self.sandbox.add_session(client_id, &email, start, duration, viewers).map_err(Refused::from)?)
    }

    #[napi]
    pub fn add_plan(
        &self,
        api_name: String,
        human_name: String,
        session_limit: u32,
        license_count: u32,
    ) -> Result<()> {
        Ok(self
            .sandbox
            .add_plan(&api_name, &human_name, session_limit.into(), license_count.into())
            .map_err(Refused::from)?)
    }

    #[napi]
    pub fn respond(&self, response: CannedResponse) -> Result<()> {
        let headers: Vec<(&str, &str)> = response
            .headers
            .iter()
            .filter_map(|pair| Some((pair.first()?.as_str(), pair.get(1)?.as_str())))
            .collect();
        let status = u16::try_from(response.status).map_err(|_| {
            Error::from_reason(format!("status: must be between 200 and 999, got {}", response.status))
        })?;
        let body = response.body.to_vec();
        Ok(self
            .sandbox
            .respond(&response.method, &response.path, status, &headers, body, response.times)
            .map_err(Refused::from)?)
    }

    /// Adds a fault; `rule` is JSON.
    #[napi]
    pub fn fail(&self, rule: String) -> Result<()> {
        Ok(self.sandbox.fail_json(&rule).map_err(Refused::from)?)
    }

    #[napi]
    pub fn clear_faults(&self) {
        self.sandbox.clear_faults();
    }

    /// One request of the control path; `body` and the returned string are JSON, or empty.
    #[napi]
    pub fn control(&self, method: String, path: String, body: String) -> Result<String> {
        // The path has names of its own: `client_id` stays.
        Ok(self.sandbox.control(&method, &path, &body).map_err(|error| Refused(error.to_string()))?)
    }

    /// Returns the whole state as JSON.
    #[napi]
    pub fn snapshot(&self) -> Result<String> {
        Ok(self.sandbox.snapshot().map_err(Refused::from)?)
    }

    #[napi]
    pub fn restore(&self, snapshot: String) -> Result<()> {
        Ok(self.sandbox.restore(&snapshot).map_err(Refused::from)?)
    }

    #[napi]
    pub fn reset(&self) {
        self.sandbox.reset();
    }

    /// Stops it; the promise is fulfilled when its thread has ended.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn stop<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let sandbox = Arc::clone(&self.sandbox);
        blocking(env, move || sandbox.stop())
    }
}

/// Runs the sandbox as a program until Ctrl-C, SIGTERM or SIGHUP; returns its exit status. Blocks: for a process that
/// does nothing else.
#[napi]
pub fn run_sandbox(arguments: Vec<String>) -> u8 {
    let status = run_program(arguments.into_iter().map(OsString::from));
    // A status can be compared, but not read.
    [0, 2].into_iter().find(|code| status == ExitCode::from(*code)).unwrap_or(1)
}

/// The message of a refused call.
struct Refused(String);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        let message = error.to_string();
        // A client is one argument, by its id or as an object.
        Refused(match message.strip_prefix("client_id") {
            Some(rest) => format!("client{rest}"),
            None => message,
        })
    }
}

impl From<Refused> for Error {
    fn from(Refused(problem): Refused) -> Self {
        Error::from_reason(problem)
    }
}

fn moment(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| {
        Error::from_reason(format!(
            "time: must be an RFC 3339 time such as 2019-03-01T12:00:00Z, got {}",
            brief(&format!("{text:?}"))
        ))
    })
}
