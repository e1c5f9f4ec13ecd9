//! How a sandbox is to be started.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;

use crate::error::SandboxError;

/// The key that a sandbox takes unless told otherwise.
const DEFAULT_KEY: &str = "sandbox-reseller-key";
/// The read-only key beside it.
const DEFAULT_READ_ONLY_KEY: &str = "sandbox-read-only-key";
/// More demo data than this is a typing error: it would not fit into a usual machine's memory.
const MOST_CLIENTS: u32 = 200_000;
const MOST_DAYS: u32 = 3_660;
/// Demo data has no more sessions than this, however many companies and days there are.
pub(crate) const MOST_SESSIONS: u64 = 10_000_000;

/// How a sandbox is to be started. The default is an empty reseller account on a free loopback port.
///
/// ```
/// use crankwheel_sandbox::SandboxOptions;
///
/// let options = SandboxOptions { clients: 200, days: 365, ..SandboxOptions::default() };
/// assert_eq!(options.seed, 7);
/// ```
#[derive(Clone)]
pub struct SandboxOptions {
    /// Demo companies that exist at the start. Default 0.
    pub clients: u32,
    /// Days of history that they have, up to the start. Default 365.
    pub days: u32,
    /// Sessions that they have in all, at most 10,000,000. `None` (the default): as many as come of themselves,
    /// about four a day and company. A few companies in few days may not have time for as many as are asked for.
    pub sessions: Option<u64>,
    /// What the demo data is drawn from: same seed and same `now`, same bytes. Default 7.
    pub seed: u64,
    /// Address to listen on. Default 127.0.0.1: other machines cannot reach it.
    pub host: IpAddr,
    /// Port to listen on. Default 0: any free one.
    pub port: u16,
    /// `Some`: the clock stands still at this instant until it is moved. `None`: the system's clock.
    pub now: Option<Timestamp>,
    /// Whether update, delete and set-plan answer 204 *with* a body, as the live API does (default). Some
    /// foreign HTTP tools cannot stand that.
    pub body_on_204: bool,
    /// The read/write key of the reseller. Default `sandbox-reseller-key`.
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
    /// The read/write key and the read-only key.
    pub(crate) fn keys(&self) -> (String, String) {
        match &self.api_key {
            Some(key) => (key.clone(), format!("{key}-read-only")),
            None => (DEFAULT_KEY.to_owned(), DEFAULT_READ_ONLY_KEY.to_owned()),
        }
    }

    /// Refuses what could only be a mistake, before anything is started.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let refuse = |text: String| Err(SandboxError::Invalid(text));
        if self.clients > MOST_CLIENTS {
            return refuse(format!("clients must be at most {MOST_CLIENTS}"));
        }
        if self.days > MOST_DAYS {
            return refuse(format!("days must be at most {MOST_DAYS}"));
        }
        if self.sessions.is_some_and(|sessions| sessions > MOST_SESSIONS) {
            return refuse(format!("sessions must be at most {MOST_SESSIONS}"));
        }
        if let Some(key) = &self.api_key
            && (key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return refuse("api_key must be visible ASCII characters without blanks".to_owned());
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
    fn mistakes_are_refused() {
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
