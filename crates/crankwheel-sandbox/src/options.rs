//! The options of a sandbox.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;

use crate::error::SandboxError;

const DEFAULT_KEY: &str = "sandbox-reseller-key";
const DEFAULT_READ_ONLY_KEY: &str = "sandbox-read-only-key";
/// More demo data than this must be a mistake, since it would not fit into the memory of a usual
/// machine.
const MAX_CLIENTS: u32 = 200_000;
const MAX_DAYS: u32 = 3_660;
/// The maximum number of sessions in the demo data.
pub(crate) const MAX_SESSIONS: u64 = 10_000_000;

/// The options of a sandbox. The default is an empty reseller account on a free port of localhost.
///
/// ```
/// use crankwheel_sandbox::SandboxOptions;
///
/// let options = SandboxOptions { clients: 200, days: 365, ..SandboxOptions::default() };
/// assert_eq!(options.seed, 7);
/// ```
#[derive(Clone)]
pub struct SandboxOptions {
    /// The number of demo companies that exist at the start, up to 200,000. Default: 0.
    pub clients: u32,
    /// The number of days of their history, up to the start; at most 3,660. Default: 365.
    pub days: u32,
    /// The total number of their sessions, up to 10,000,000; smaller if the companies and days are
    /// too few for so many. Default: `None`, which generates about four sessions per company and
    /// day.
    pub sessions: Option<u64>,
    /// The seed of the demo data: the same `seed` and `now` generate the same bytes. Default: 7.
    pub seed: u64,
    /// The address to listen on. Default: 127.0.0.1, which other machines cannot reach.
    pub host: IpAddr,
    /// The port to listen on. Default: 0, which selects a free port.
    pub port: u16,
    /// The instant at which the sandbox's clock is stopped until it is moved. Default: `None`,
    /// which follows the system's clock.
    pub now: Option<Timestamp>,
    /// Sends update, delete and set-plan responses (204) *with* a body, as the live API does. Turn
    /// it off for HTTP tools that fail on such a body. Default: `true`.
    pub body_on_204: bool,
    /// The reseller's read/write key; the read-only key is then this key followed by `-read-only`.
    /// Default: `None`, which uses `sandbox-reseller-key` and `sandbox-read-only-key`.
    pub api_key: Option<String>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            clients: 0,
            days: 365,
            sessions: None,
            seed: 7,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            now: None,
            body_on_204: true,
            api_key: None,
        }
    }
}

impl fmt::Debug for SandboxOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxOptions")
            .field("clients", &self.clients)
            .field("days", &self.days)
            .field("sessions", &self.sessions)
            .field("seed", &self.seed)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("now", &self.now)
            .field("body_on_204", &self.body_on_204)
            .field("api_key", &self.api_key.as_ref().map(|_| "***"))
            .finish()
    }
}

impl SandboxOptions {
    /// Returns the read/write key and the read-only key.
    pub(crate) fn keys(&self) -> (String, String) {
        match &self.api_key {
            Some(key) => (key.clone(), format!("{key}-read-only")),
            None => (DEFAULT_KEY.to_owned(), DEFAULT_READ_ONLY_KEY.to_owned()),
        }
    }

    /// Checks the options before anything is started.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let invalid = |message: String| Err(SandboxError::Invalid(message));
        if self.clients > MAX_CLIENTS {
            return invalid(format!("clients: must be at most {MAX_CLIENTS}, got {}", self.clients));
        }
        if self.days > MAX_DAYS {
            return invalid(format!("days: must be at most {MAX_DAYS}, got {}", self.days));
        }
        if let Some(sessions) = self.sessions
            && sessions > MAX_SESSIONS
        {
            return invalid(format!("sessions: must be at most {MAX_SESSIONS}, got {sessions}"));
        }
        if let Some(key) = &self.api_key
            && (key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return invalid("API key: must be visible ASCII characters without spaces".to_owned());
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
        ];
        for options in bad {
            assert!(options.check().is_err(), "{options:?}");
        }
        assert!(SandboxOptions::default().check().is_ok());
    }
}
