//! What a client would use, for a person who wonders why it does not get through.

use std::fmt;

use crate::auth::KeySource;
use crate::client::CrankWheel;
use crate::transport::trusted_roots;

/// What a client works with, secrets masked; print it. Made by [`CrankWheel::diagnose`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    lines: Vec<(&'static str, String)>,
}

impl Diagnosis {
    /// What was found, as pairs of name and value.
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
    /// Where requests would go and over what: base URL, key (masked), certificates, proxy, deadlines, versions.
    /// Reads certificate files; sends nothing.
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
        let key = match &config.key {
            KeySource::Fixed(key) => format!("*** ({} characters)", key.reveal().len()),
            KeySource::Function(_) => "from a function".to_owned(),
        };
        let roots = match (connection.tls, trusted_roots(connection)) {
            (false, _) => "none needed (http)".to_owned(),
            (true, Ok((_, source))) => source,
            (true, Err(error)) => error.to_string(),
        };
        let total = match config.deadlines.total {
            Some(total) => format!("{total:?}"),
            None => "90s (15 min for billing overview and usage history)".to_owned(),
        };
        let lines = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("user agent", config.user_agent.clone()),
            ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            ("base URL", self.base_url().to_owned()),
            ("API key", key),
            ("read only", config.read_only.to_string()),
            ("trusted roots", roots),
            (
                "client certificate",
                connection
                    .client_certificate
                    .as_ref()
                    .map_or("none".into(), |file| file.display().to_string()),
            ),
            ("proxy", proxy(connection)),
            ("connect timeout", format!("{:?}", connection.connect_timeout)),
            ("attempt timeout", format!("{:?}", config.deadlines.attempt)),
            ("timeout", total),
            ("retries", config.max_retries.to_string()),
        ];
        Diagnosis { lines }
    }
}

/// The proxy that is used, without its credentials.
fn proxy(connection: &crate::config::ConnectionOptions) -> String {
    let masked = |text: &str| match url::Url::parse(text) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => "set, but no URL".to_owned(),
    };
    if let Some(proxy) = &connection.proxy {
        return format!("{} (option)", masked(proxy));
    }
    if connection.loopback {
        return "none (loopback)".to_owned();
    }
    let names: &[&str] = if connection.tls {
        &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        &["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"]
    };
    let found = names.iter().find_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
        Some(format!("{} ({name}, unless NO_PROXY excludes the host)", masked(&value)))
    });
    found.unwrap_or_else(|| "none".to_owned())
}
