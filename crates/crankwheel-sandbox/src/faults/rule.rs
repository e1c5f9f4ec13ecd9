//! Fault rules: which requests a fault is for, and the number of times that it is injected.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canned::canned_response;
use super::fault::Fault;
use super::pattern::RequestPattern;
use super::shape;
use crate::error::SandboxError;
use crate::input::invalid;

/// A fault, the requests that it is for, and the number of times that it is injected.
///
/// [`Sandbox::fail`](crate::Sandbox::fail) takes a rule;
/// [`Sandbox::fail_json`](crate::Sandbox::fail_json) takes the same rule as JSON.
///
/// ```
/// use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
///
/// let sandbox = Sandbox::start(SandboxOptions::default())?;
/// let rule = FaultRule::new(Fault::ResetAfter).on("POST", "/ss/rsapi/clients/{id}/plan/{plan}").times(1);
/// sandbox.fail(rule)?;
/// sandbox.fail_json(r#"{"path": "*", "probability": 0.3, "fault": {"kind": "latency", "ms": 50}}"#)?;
/// # Ok::<(), crankwheel_sandbox::SandboxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
// generated: scope
pub struct FaultRule {
    /// The method of the requests; `*` matches any method. Default: `*`.
    #[serde(default = "any")]
    pub(super) method: String,
    /// The path of the requests; `*` matches any path, and a segment in braces matches any segment,
    /// as in `/ss/rsapi/clients/{id}`. Default: `*`.
    #[serde(default = "any")]
    pub(super) path: String,
    /// The number of requests that get the fault. Default: all, until `clear_faults`.
    #[serde(default)]
    pub(super) times: Option<u32>,
    /// The share (0 to 1) of the matching requests that get the fault. Default: 1.
    #[serde(default)]
    pub(super) probability: Option<f64>,
    /// The seed that the share is drawn from: the same seed selects the same requests. Default: 0.
    #[serde(default)]
    pub(super) seed: u64,
    pub(super) fault: Fault,
}
// end of generated: scope

fn any() -> String {
    "*".to_owned()
}

impl FaultRule {
    /// Creates a rule for every request, in force until the faults are cleared.
    ///
    /// ```
    /// use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
    ///
    /// let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.fail(FaultRule::new(Fault::Latency { ms: 20 }))?;
    /// sandbox.clear_faults();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn new(fault: Fault) -> Self {
        Self { method: any(), path: any(), times: None, probability: None, seed: 0, fault }
    }

    /// Limits the rule to requests with this method and path. `*` matches any method or path, and a
    /// path segment in braces matches any segment.
    ///
    /// ```
    /// use crankwheel_sandbox::{Fault, FaultRule};
    ///
    /// let rule = FaultRule::new(Fault::Truncate).on("GET", "/ss/rsapi/clients/{id}/usage");
    /// ```
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = method.to_owned();
        self.path = path.to_owned();
        self
    }

    /// Limits the number of requests that get the fault.
    ///
    /// ```
    /// use crankwheel_sandbox::{Fault, FaultRule};
    ///
    /// let rule = FaultRule::new(Fault::ResetBefore).times(3);
    /// ```
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Limits the rule to this share (0 to 1) of the matching requests. The same seed selects the
    /// same requests each time.
    ///
    /// ```
    /// use crankwheel_sandbox::{Fault, FaultRule};
    ///
    /// let rule = FaultRule::new(Fault::Corrupt).probability(0.3, 7);
    /// ```
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = Some(probability);
        self.seed = seed;
        self
    }

    pub(crate) fn from_json(json: &str) -> Result<Self, SandboxError> {
        let value: Value = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            invalid(format!("rule: not valid JSON at line {line}, column {column}"))
        })?;
        Self::from_value(value)
    }

    pub(crate) fn from_value(mut value: Value) -> Result<Self, SandboxError> {
        shape::check(&value)?;
        shape::remove_nulls(&mut value);
        serde_json::from_value(value).map_err(|error| invalid(format!("rule: not a valid rule; {error}")))
    }

    /// Checks the rule, and returns the requests that it is for.
    pub(super) fn check(&self) -> Result<RequestPattern, SandboxError> {
        let requests = RequestPattern::new(&self.method, &self.path)?;
        if let Some(probability) = self.probability
            && !(0.0..=1.0).contains(&probability)
        {
            return Err(invalid(format!("probability: must be between 0 and 1, got {probability}")));
        }
        if let Fault::Status { status, headers, body, .. } = &self.fault {
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            canned_response((*status).into(), headers, body.clone().into_bytes())?;
        }
        Ok(requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn rules_are_read_from_json() {
        let whole = r#"{"method": "GET", "path": "/ss/rsapi/clients/{id}", "times": 3, "probability": 0.3, "seed": 1,
            "fault": {"kind": "status", "status": 503, "headers": {"retry-after": "1"}, "body": {"a": 1}}}"#;
        let rule = FaultRule::from_json(whole).unwrap();
        assert_eq!(
            rule.fault,
            Fault::Status {
                status: 503,
                headers: BTreeMap::from([("retry-after".into(), "1".into())]),
                body: r#"{"a":1}"#.into(),
                processed: false
            }
        );
        let back = FaultRule::from_json(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(back, rule);
        for kind in [
            "reset_before",
            "reset_during",
            "reset_after",
            "truncate",
            "corrupt",
            "wrong_length",
            "broken_gzip",
            "slow_body",
            "split_204",
        ] {
            let rule = FaultRule::from_json(&format!(r#"{{"fault": {{"kind": "{kind}"}}}}"#)).unwrap();
            assert!(rule.check().is_ok(), "{kind}");
        }
        for bad in [
            "",
            "{}",
            r#"{"fault": {"kind": "fire"}}"#,
            r#"{"fault": {"kind": "latency"}}"#,
            r#"{"fault": {"kind": "truncate"}, "tmes": 1}"#,
            r#"{"fault": {"kind": "truncate"}, "times": -1}"#,
        ] {
            assert!(FaultRule::from_json(bad).is_err(), "{bad}");
        }
        for bad in [
            r#"{"fault": {"kind": "truncate"}, "probability": 1.5}"#,
            r#"{"fault": {"kind": "truncate"}, "method": "G T"}"#,
            r#"{"fault": {"kind": "truncate"}, "path": "ss"}"#,
            r#"{"fault": {"kind": "status", "status": 99}}"#,
            r#"{"fault": {"kind": "status", "status": 500, "headers": {"content-length": "1"}}}"#,
        ] {
            assert!(FaultRule::from_json(bad).unwrap().check().is_err(), "{bad}");
        }
    }
}
