//! Options of a client: where they come from, what they default to, and what is refused.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::transport::{
    Config, ConnectionOptions, Deadlines, KeyFunction, KeySource, Log, Observer, RequestEvent,
    check_base_url, check_key, check_proxy, environment_proxies, is_loopback, proxy_secrets,
};

/// The environment variable that holds the key when none is given.
pub const API_KEY_VARIABLE: &str = "CRANKWHEEL_API_KEY";

/// The environment variable that holds the base URL when none is given.
pub const BASE_URL_VARIABLE: &str = "CRANKWHEEL_BASE_URL";

/// Where the API is, unless CrankWheel's technical contact says otherwise.
pub const DEFAULT_BASE_URL: &str = "https://meeting.is";

/// Options of a [`CrankWheel`](crate::CrankWheel) client; whatever is not set keeps its default.
///
/// ```
/// use std::time::Duration;
/// let options = crankwheel::Options::new().max_retries(0).timeout(Duration::from_secs(10));
/// let cw = crankwheel::CrankWheel::with("my-key", options)?;
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Options {
    pub(crate) api_key: Option<KeyOption>,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) retry_writes: Option<bool>,
    pub(crate) read_only: Option<bool>,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) ca_variables: Vec<&'static str>,
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) observer: Option<Arc<Observer>>,
    pub(crate) user_agent_suffix: Option<String>,
    pub(crate) surface: Option<String>,
    pub(crate) max_connections: Option<usize>,
    pub(crate) max_idle_connections: Option<usize>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) allow_insecure_http: Option<bool>,
}

#[derive(Clone)]
pub(crate) enum KeyOption {
    Text(String),
    Function(Arc<KeyFunction>),
}

impl Options {
    /// All defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The API key. Default: the environment's `CRANKWHEEL_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(KeyOption::Text(key.into()));
        self
    }

    /// A function that gives the key of the moment, for keys that rotate. Called before every call; all requests of the call,
    /// retries among them, then go out under that key.
    pub fn api_key_from<F>(mut self, key: F) -> Self
    where
        F: Fn() -> Result<String, Box<dyn std::error::Error + Send + Sync>> + Send + Sync + 'static,
    {
        self.api_key = Some(KeyOption::Function(Arc::new(key)));
        self
    }

    /// Where the API is; a path prefix is kept. Default: the environment's `CRANKWHEEL_BASE_URL`, else
    /// `https://meeting.is`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// How long a call may take in all, retries and the sleeps between them included. Default: 90 s; 15 min
    /// for usage history and billing overview.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long one attempt may wait for the answer's head, and then for each next part of its body.
    /// Default: 30 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How long making a connection may take. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How often a call is sent again after a failure that allows it. Default: 2.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Send a write again, too, when it is unknown whether it was carried out (a lost connection, a timeout, a 5xx). Default:
    /// false, because it may then be carried out twice.
    ///
    /// For what does no harm twice: setting a plan, updating, deleting. The second of two deletions answers 404, the second of
    /// two creations 409; [`get_or_create`](crate::Clients::get_or_create) needs no such option. With
    /// [`CrankWheel::with_options`](crate::CrankWheel::with_options) it holds for single calls.
    pub fn retry_writes(mut self, retry: bool) -> Self {
        self.retry_writes = Some(retry);
        self
    }

    /// Refuse every write before it is sent. Default: false.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = Some(read_only);
        self
    }

    /// URL of a proxy for all requests, with credentials if it wants some. Default: the environment's
    /// `HTTPS_PROXY` and so on, never for loopback.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// A file of PEM certificates to trust beside the system's.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// A PEM file with a certificate (and its chain) and its private key, to show to a server or gateway that asks for one.
    pub fn client_certificate(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_certificate = Some(path.into());
        self
    }

    /// Environment variables, beside `SSL_CERT_FILE` and `SSL_CERT_DIR`, that name a file of PEM certificates to trust.
    #[doc(hidden)]
    pub fn ca_variables(mut self, variables: &[&'static str]) -> Self {
        self.ca_variables = variables.to_vec();
        self
    }

    /// Called before and after every attempt, for logs and metrics; see [`RequestEvent`](crate::RequestEvent). It must not
    /// wait for long: calls go on only when it returns.
    pub fn observer<F>(mut self, observer: F) -> Self
    where
        F: Fn(&RequestEvent<'_>) + Send + Sync + 'static,
    {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Added to the `User-Agent` header, to tell your program apart in logs.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Requests under way at once, and so connections in use; further calls wait for their turn within their deadline.
    /// Default: 100.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = Some(connections);
        self
    }

    /// Idle connections kept for later reads. Default: 100.
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.max_idle_connections = Some(connections);
        self
    }

    /// How long an idle connection is kept; below what servers usually allow. Default: 20 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// Allow `http://` to hosts other than loopback, where the key travels readable. Default: false.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = Some(allow);
        self
    }

    /// Names the language that the SDK is used from, in the `User-Agent` header.
    #[doc(hidden)]
    pub fn surface(mut self, surface: impl Into<String>) -> Self {
        self.surface = Some(surface.into());
        self
    }

    pub(crate) fn build(self) -> Result<Config, Error> {
        let key = match self.api_key.clone() {
            Some(KeyOption::Text(key)) => KeySource::Fixed(check_key(&key)?),
            Some(KeyOption::Function(function)) => KeySource::Function(function),
            None => match std::env::var(API_KEY_VARIABLE) {
                Ok(key) if !key.is_empty() => KeySource::Fixed(check_key(&key).map_err(|error| {
                    Error::configuration(format!("{API_KEY_VARIABLE}: {}", error.message()))
                })?),
                _ => {
                    return Err(Error::configuration(format!(
                        "no API key: pass `api_key`, or set the environment variable {API_KEY_VARIABLE}"
                    )));
                }
            },
        };
        let allow_http = self.allow_insecure_http.unwrap_or(false);
        let of_environment = || std::env::var(BASE_URL_VARIABLE).ok().filter(|url| !url.is_empty());
        let base_url = match (self.base_url.clone(), of_environment()) {
            (Some(url), _) => check_base_url(&url, allow_http)?,
            (None, Some(url)) => check_base_url(&url, allow_http)
                .map_err(|error| Error::configuration(format!("{BASE_URL_VARIABLE}: {}", error.message())))?,
            (None, None) => check_base_url(DEFAULT_BASE_URL, allow_http)?,
        };
        let connection = ConnectionOptions {
            connect_timeout: Duration::from_secs(5),
            proxy: None,
            ca_file: None,
            environment_ca_files: self
                .ca_variables
                .iter()
                .filter_map(|name| Some((*name, PathBuf::from(std::env::var_os(name)?))))
                .filter(|(_, file)| !file.as_os_str().is_empty())
                .collect(),
            client_certificate: None,
            max_connections: 100,
            max_idle_connections: 100,
            idle_timeout: Duration::from_secs(20),
            loopback: is_loopback(&base_url),
            tls: base_url.scheme() == "https",
        };
        let surface = self.surface.clone().unwrap_or_else(|| "rust".to_owned());
        let config = Config {
            key,
            base_url,
            deadlines: Deadlines { total: None, attempt: Duration::from_secs(30) },
            max_retries: 2,
            retry_writes: false,
            read_only: false,
            allow_insecure_http: allow_http,
            user_agent: (format!("crankwheel/{} ({surface})", env!("CARGO_PKG_VERSION")), None),
            observer: None,
            log: Log::from_env(),
            proxy_secrets: environment_proxies().iter().flat_map(proxy_secrets).collect(),
            connection,
        };
        config.with(Options { api_key: None, base_url: None, ..self })
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is left out; a proxy's URL can carry a password.
        f.debug_struct("Options")
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// These options, changed by those that are set.
    pub fn with(mut self, options: Options) -> Result<Config, Error> {
        match options.api_key {
            Some(KeyOption::Text(key)) => self.key = KeySource::Fixed(check_key(&key)?),
            Some(KeyOption::Function(function)) => self.key = KeySource::Function(function),
            None => {}
        }
        if let Some(allow) = options.allow_insecure_http {
            self.allow_insecure_http = allow;
        }
        if let Some(url) = options.base_url {
            self.base_url = check_base_url(&url, self.allow_insecure_http)?;
            self.connection.loopback = is_loopback(&self.base_url);
            self.connection.tls = self.base_url.scheme() == "https";
        }
        if let Some(timeout) = options.timeout {
            self.deadlines.total = Some(positive("timeout", timeout)?);
        }
        if let Some(timeout) = options.attempt_timeout {
            self.deadlines.attempt = positive("attempt_timeout", timeout)?;
        }
        if let Some(timeout) = options.connect_timeout {
            self.connection.connect_timeout = positive("connect_timeout", timeout)?;
        }
        if let Some(timeout) = options.idle_timeout {
            self.connection.idle_timeout = positive("idle_timeout", timeout)?;
        }
        if let Some(retries) = options.max_retries {
            self.max_retries = retries;
        }
        if let Some(retry) = options.retry_writes {
            self.retry_writes = retry;
        }
        if let Some(read_only) = options.read_only {
            self.read_only = read_only;
        }
        if let Some(connections) = options.max_connections {
            if connections == 0 {
                return Err(Error::configuration("`max_connections` must be 1 or more"));
            }
            self.connection.max_connections = connections;
        }
        if let Some(connections) = options.max_idle_connections {
            self.connection.max_idle_connections = connections;
        }
        if let Some(file) = options.ca_file {
            self.connection.ca_file = Some(file);
        }
        if let Some(file) = options.client_certificate {
            self.connection.client_certificate = Some(file);
        }
        if let Some(observer) = options.observer {
            self.observer = Some(observer);
        }
        if let Some(proxy) = options.proxy {
            let proxy = check_proxy(&proxy)?;
            self.proxy_secrets.extend(proxy_secrets(&proxy));
            self.connection.proxy = Some(proxy);
        }
        if let Some(suffix) = options.user_agent_suffix {
            if suffix.chars().any(|c| c.is_control() || !c.is_ascii()) {
                return Err(Error::configuration("`user_agent_suffix` can hold printable ASCII only"));
            }
            self.user_agent.1 = Some(suffix);
        }
        Ok(self)
    }
}

/// More than 30 days is longer than any call, and later arithmetic with points in time must not overflow.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

fn positive(name: &str, timeout: Duration) -> Result<Duration, Error> {
    if timeout.is_zero() || timeout > LONGEST {
        return Err(Error::configuration(format!(
            "`{name}` must be more than nothing and at most 30 days, not {timeout:?}"
        )));
    }
    Ok(timeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_keep_what_they_were_allowed_and_say_who_they_are() {
        let options =
            Options::new().api_key("abcdefg").base_url("http://one.example").allow_insecure_http(true);
        let config = options.user_agent_suffix("one").build().unwrap();
        let copy =
            config.with(Options::new().base_url("http://two.example").user_agent_suffix("two")).unwrap();
        assert!(copy.user_agent().ends_with(") two"), "{}", copy.user_agent());
        assert!(
            copy.clone()
                .with(Options::new().allow_insecure_http(false).base_url("http://three.example"))
                .is_err()
        );
        let endless = copy.with(Options::new().timeout(Duration::MAX)).err().unwrap();
        assert!(endless.message().contains("at most 30 days"), "{endless}");
    }

    #[test]
    fn addresses_are_checked_and_kept() {
        let build = |options: Options| options.api_key("abcdefg").build();
        let local = build(Options::new().base_url("http://localhost/cw/")).unwrap();
        assert!(local.connection.loopback && !local.connection.tls);
        assert_eq!(local.base_url.path(), "/cw");
        let proxied = build(Options::new().proxy("me:pw@proxy.example:3128")).unwrap();
        assert_eq!(proxied.connection.proxy.unwrap().as_str(), "http://me:pw@proxy.example:3128/");
        assert!(proxied.proxy_secrets.contains(&"pw".to_owned()));
        let refused = [Options::new().base_url("ftp://meeting.is"), Options::new().proxy("ftp://me:pw@x")];
        assert!(refused.into_iter().all(|options| build(options).is_err()));
    }

    #[test]
    fn options_are_checked_and_print_no_key() {
        let options = Options::new().api_key("abcdefg").timeout(Duration::ZERO);
        assert!(!format!("{options:?}").contains("abcdefg"));
        assert!(options.build().err().unwrap().message().contains("timeout"));
    }
}
