//! Canned responses and faults through the handle.

use super::sandbox::Sandbox;
use crate::error::SandboxError;
use crate::faults::{FaultRule, RequestPattern, canned_response};

impl Sandbox {
    /// Adds a canned response for the next `times` requests with this method and path; `None` means
    /// for all until [`reset`](Self::reset).
    ///
    /// The method has any case, and `*` matches any method or path. A segment of the path in braces
    /// matches any segment, as in `/ss/rsapi/clients/{id}`. A response for `GET` is for `HEAD`, too.
    /// Paths are compared percent-decoded, without the query. Canned responses precede every check, including that of
    /// the key. Several for one endpoint are returned in the order in which they were added.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.respond("GET", "/ss/rsapi/clients/{id}", 503, &[("retry-after", "1")], "", Some(2))?;
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the method, the status or a header is not valid HTTP, if the
    /// status is below 200, if a header is `content-length` or `transfer-encoding`, or if no request
    /// can match: `times` is 0, the path has no slash at its start, or a parameter or the method is
    /// not one of the endpoint's.
    pub fn respond(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
        times: Option<u32>,
    ) -> Result<(), SandboxError> {
        let requests = RequestPattern::with_known_parameters(method, path)?;
        let response = canned_response(status.into(), headers.iter().copied(), body.into())?;
        self.state().canned.add(requests, response, times)
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
}
