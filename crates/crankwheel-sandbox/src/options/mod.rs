//! The options of a sandbox.

mod sandbox_options;
mod values;

use serde_json::{Map, Value};

use crate::error::SandboxError;
use crate::hosts::is_host_name;
use crate::input::{invalid, quoted};
pub(crate) use sandbox_options::MAX_SESSIONS;
pub use sandbox_options::SandboxOptions;

const DEFAULT_KEY: &str = "sandbox-reseller-key";
const DEFAULT_READ_ONLY_KEY: &str = "sandbox-read-only-key";

impl SandboxOptions {
    /// Reads options from a JSON object. A member that is missing or null has its default.
    ///
    /// ```
    /// use crankwheel_sandbox::SandboxOptions;
    ///
    /// let options = SandboxOptions::from_json(r#"{"clients": 20, "now": "2019-03-01T12:00:00Z"}"#)?;
    /// assert_eq!((options.clients, options.days), (20, 365));
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    ///
    /// # Errors
    /// [`SandboxError::Invalid`] if the string is not a JSON object, or a member is not an option.
    pub fn from_json(json: &str) -> Result<Self, SandboxError> {
        let given: Map<String, Value> = serde_json::from_str(json)
            .map_err(|_| SandboxError::Invalid("options: must be a JSON object".to_owned()))?;
        let mut options = Self::default();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            options.set(name, value)?;
        }
        Ok(options)
    }

    /// Returns the read/write key and the read-only key.
    pub(crate) fn keys(&self) -> (String, String) {
        match &self.api_key {
            Some(key) => (key.clone(), format!("{key}-read-only")),
            None => (DEFAULT_KEY.to_owned(), DEFAULT_READ_ONLY_KEY.to_owned()),
        }
    }

    /// Checks the options before anything is started.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        self.check_numbers()?;
        if let Some(key) = &self.api_key
            && (key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(invalid("api_key: must be visible ASCII characters without spaces"));
        }
        if let Some(name) = self.allowed_hosts.iter().find(|name| !is_host_name(name)) {
            let name = quoted(name);
            return Err(invalid(format!(
                "allowed_hosts: must be host names without scheme and port, such as sandbox.internal, got {name}"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_key() {
        let options = SandboxOptions { api_key: Some("very-secret".into()), ..Default::default() };
        assert!(!format!("{options:?}").contains("very-secret"));
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let bad = [
            SandboxOptions { api_key: Some(String::new()), ..Default::default() },
            SandboxOptions { api_key: Some("a b".into()), ..Default::default() },
            SandboxOptions { clients: u32::MAX, ..Default::default() },
            SandboxOptions { sessions: Some(u64::MAX), ..Default::default() },
            SandboxOptions { days: u32::MAX, ..Default::default() },
            SandboxOptions { allowed_hosts: vec!["http://sandbox:8080".into()], ..Default::default() },
        ];
        for options in bad {
            assert!(options.check().is_err(), "{options:?}");
        }
        assert!(SandboxOptions::default().check().is_ok());
    }
    #[test]
    fn options_are_read_from_json() {
        let json = r#"{"clients": 3, "sessions": 12, "host": "::1", "port": 8080, "body_on_204": false,
            "now": "2019-03-01T13:00:00+01:00", "api_key": "mine", "days": null}"#;
        let options = SandboxOptions::from_json(json).unwrap();
        assert_eq!((options.clients, options.sessions, options.days), (3, Some(12), 365));
        assert_eq!((options.host.to_string().as_str(), options.port), ("::1", 8080));
        assert_eq!(options.now.unwrap().to_string(), "2019-03-01T12:00:00Z");
        assert_eq!((options.body_on_204, options.api_key.as_deref()), (false, Some("mine")));
        for (json, expected) in [
            ("[]", "options: must be a JSON object"),
            (
                r#"{"seeds": 1}"#,
                "seeds: unknown option; valid options are clients, days, sessions, seed, host, allowed_hosts",
            ),
            (r#"{"clients": -1}"#, "clients: must be an integer of 0 or more, got -1"),
            (r#"{"clients": true}"#, "clients: must be an integer of 0 or more, got a boolean"),
            (r#"{"port": 70000}"#, "port: must be at most 65535, got 70000"),
            (r#"{"host": "nowhere"}"#, "host: must be an IP address such as 127.0.0.1, got \"nowhere\""),
            (
                r#"{"now": "2019-03-01T12:00:00"}"#,
                "now: must be an RFC 3339 time such as 2019-03-01T12:00:00Z",
            ),
            (
                r#"{"allowed_hosts": "sandbox"}"#,
                "allowed_hosts: must be a list of host names such as [\"sandbox\"], got \"sandbox\"",
            ),
            (r#"{"allowed_hosts": [5]}"#, "allowed_hosts: must be a list of host names"),
            (r#"{"body_on_204": 1}"#, "body_on_204: must be a boolean, got 1"),
            (r#"{"api_key": ["secret"]}"#, "api_key: must be a string"),
        ] {
            let error = SandboxOptions::from_json(json).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains("secret"));
        }
    }
}
