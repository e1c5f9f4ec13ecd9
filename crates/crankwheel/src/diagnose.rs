//! Diagnosis of connection problems: the configuration that a client would use.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;

use crate::client::CrankWheel;
use crate::spelling::name;
use crate::transport::{Config, KeySource, Route, trust};

/// The configuration of a client, with secrets masked. Display prints it as a table.
/// [`CrankWheel::diagnose`] returns it.
///
/// ```
/// let cw = crankwheel::CrankWheel::new("my-key")?;
/// println!("{}", cw.diagnose());
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    lines: Vec<(&'static str, String)>,
}

impl Diagnosis {
    /// Returns the lines as pairs of name and value.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let diagnosis = cw.diagnose();
    /// assert!(diagnosis.entries().contains(&("base URL", "https://meeting.is".to_owned())));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn entries(&self) -> &[(&'static str, String)] {
        &self.lines
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = self.lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (index, (name, value)) in self.lines.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{name:widest$}  {value}")?;
        }
        Ok(())
    }
}

impl CrankWheel {
    /// Returns the configuration that requests would use: base URL, key (masked), certificates,
    /// proxy, deadlines and versions. It reads certificate files and sends nothing.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// println!("{}", cw.diagnose());
    /// # assert!(!cw.diagnose().to_string().contains("my-key"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn diagnose(&self) -> Diagnosis {
        let config = &self.shared.config;
        let connection = &config.connection;
        let settings = &connection.settings;
        let key = match &config.key {
            KeySource::Fixed(key) => format!("*** ({} characters)", key.reveal().len()),
            KeySource::Function(_) => "from a function".to_owned(),
        };
        let roots = trust(connection).map_or_else(|error| error.to_string(), |trust| trust.sources);
        let total = match config.settings.timeout {
            Some(total) => format!("{total:?}"),
            None => "90s (15 min for billing overview and usage history)".to_owned(),
        };
        let retries = match (config.settings.max_retries, config.settings.retry_writes) {
            (retries, false) => retries.to_string(),
            (retries, true) => format!("{retries} (also of writes with an unknown outcome)"),
        };
        let connections = format!(
            "{} at once, {} kept idle for {:?}",
            settings.max_connections, settings.max_idle_connections, settings.idle_timeout
        );
        let lines = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("user agent", config.user_agent()),
            ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            ("base URL", self.base_url().to_owned()),
            ("API key", key),
            ("read only", config.settings.read_only.to_string()),
            ("trusted roots", roots),
            (
                "client certificate",
                settings.client_certificate.as_ref().map_or("none".into(), |file| file.display().to_string()),
            ),
            ("proxy", proxy(config)),
            ("connect timeout", format!("{:?}", settings.connect_timeout)),
            ("attempt timeout", format!("{:?}", config.settings.attempt_timeout)),
            ("timeout", total),
            ("retries", retries),
            ("connections", connections),
        ];
        Diagnosis { lines }
    }
}

/// Returns the proxy that requests would use, without its credentials.
fn proxy(config: &Config) -> String {
    match &config.connection.route {
        Route::Proxy(proxy) if proxy.origin == name("proxy") => format!("{} (option)", proxy.shown()),
        Route::Proxy(proxy) => {
            format!("{} (from {}; NO_PROXY makes exceptions)", proxy.shown(), proxy.origin)
        }
        Route::Direct if config.connection.loopback => "none (never for localhost)".to_owned(),
        Route::Direct => "none".to_owned(),
        Route::System => system_proxy(config).unwrap_or_else(|| "none".to_owned()),
    }
}

/// Returns the proxy of the operating system. The HTTP client finds it in the same way.
fn system_proxy(config: &Config) -> Option<String> {
    if !cfg!(any(target_os = "macos", windows)) {
        return None;
    }
    let target = config.base_url.as_str().parse::<http::Uri>().ok()?;
    let proxy = Matcher::from_system().intercept(&target)?;
    let host = proxy.uri().authority().map(|authority| authority.as_str()).unwrap_or_default();
    // The matcher has removed user name and password. This does not rely on it.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Some(format!("{}://{host} (of the system)", proxy.uri().scheme_str().unwrap_or("http")))
}
