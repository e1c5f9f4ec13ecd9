//! The options of a client: their sources, defaults and checks.

mod options;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use jiff::Timestamp;

use crate::error::Error;
use crate::spelling::{name, string};
use crate::transport::{
    CallSettings, Config, ConnectionOptions, ConnectionSettings, ExtraHeaders, KeyFuture, KeyProvider,
    KeySource, Log, Proxy, RequestEvent, RotatingKey, Route, check_base_url, check_key, environment_secrets,
    is_loopback, proxy_secrets,
};
use options::KeyOption;

pub use options::Options;

/// The environment variable for the API key.
pub const API_KEY_VARIABLE: &str = "CRANKWHEEL_API_KEY";

/// The environment variable for the base URL.
pub const BASE_URL_VARIABLE: &str = "CRANKWHEEL_BASE_URL";

/// The default base URL. CrankWheel's technical contact can give you another one.
pub const DEFAULT_BASE_URL: &str = "https://meeting.is";

impl Options {
    /// A function that returns the current key, for keys that rotate. It is called before every
    /// call, in a thread for it, and once more if the API refuses the key (401); see also
    /// [`key_ttl`](Self::key_ttl). The deadline of the call includes it.
    ///
    /// ```
    /// # fn read_from_vault() -> std::io::Result<String> { Ok("my-key".to_owned()) }
    /// let options = crankwheel::Options::new().api_key_from(|| Ok(read_from_vault()?));
    /// let cw = crankwheel::CrankWheel::build(options)?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn api_key_from<F>(mut self, key: F) -> Self
    where
        F: Fn() -> Result<String, Box<dyn std::error::Error + Send + Sync>> + Send + Sync + 'static,
    {
        self.api_key = Some(KeyOption::Function(KeyProvider::Blocking(Arc::new(key))));
        self
    }

    /// An asynchronous function that returns the current key; otherwise as
    /// [`api_key_from`](Self::api_key_from). Its future is dropped when the call ends.
    ///
    /// ```
    /// # async fn read_from_vault() -> std::io::Result<String> { Ok("my-key".to_owned()) }
    /// let options = crankwheel::Options::new().api_key_from_async(|| async { Ok(read_from_vault().await?) });
    /// let cw = crankwheel::CrankWheel::build(options)?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn api_key_from_async<F, R>(self, key: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        self.api_key_asked(move |_| key().boxed())
    }

    /// A function that receives the id of the call that needs the key.
    #[doc(hidden)]
    pub fn api_key_asked(mut self, key: impl Fn(u64) -> KeyFuture + Send + Sync + 'static) -> Self {
        self.api_key = Some(KeyOption::Function(KeyProvider::Async(Arc::new(key))));
        self
    }

    /// A header that is added to every request; see [`Options::headers`].
    ///
    /// ```
    /// let options = crankwheel::Options::new().header("x-gateway-key", "my-gateway-key");
    /// # assert!(crankwheel::CrankWheel::with("my-key", options).is_ok());
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.get_or_insert_default().push((name.into(), Some(value.into())));
        self
    }

    /// Removes a header that the client has from [`Options::headers`].
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options};
    ///
    /// let cw = CrankWheel::with("my-key", Options::new().header("x-tenant", "acme"))?;
    /// let plain = cw.with_options(Options::new().without_header("x-tenant"))?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn without_header(mut self, name: impl Into<String>) -> Self {
        self.headers.get_or_insert_default().push((name.into(), None));
        self
    }

    /// A function that is called before and after every attempt, for logs and metrics; see
    /// [`RequestEvent`](crate::RequestEvent). It must not block: a call goes on only when it
    /// returns.
    ///
    /// ```
    /// let options = crankwheel::Options::new().observer(|event| println!("{} {}", event.method, event.template));
    /// ```
    pub fn observer<F>(mut self, observer: F) -> Self
    where
        F: Fn(&RequestEvent<'_>) + Send + Sync + 'static,
    {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sets the clock that the client takes the current time from: the end of
    /// [`Period::last_days`](crate::Period::last_days), the expiry of login links, and the wait of a
    /// `Retry-After` with a date. Deadlines and waits are measured with the system's clock.
    ///
    /// Default: the system's clock. For tests; the clock of a sandbox is `Sandbox::clock`.
    ///
    /// ```
    /// # let sandbox = crankwheel_sandbox::Sandbox::start(Default::default()).unwrap();
    /// let options = crankwheel::Options::new().base_url(sandbox.url()).clock(sandbox.clock());
    /// let cw = crankwheel::CrankWheel::with(sandbox.api_key(), options)?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn clock<F>(mut self, clock: F) -> Self
    where
        F: Fn() -> Timestamp + Send + Sync + 'static,
    {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Names environment variables that hold the path of a PEM file with certificates to trust, in
    /// addition to `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    #[doc(hidden)]
    pub fn ca_variables(mut self, variables: &[&'static str]) -> Self {
        self.ca_variables = variables.to_vec();
        self
    }

    /// Sets the name and version of the language in the `User-Agent` header.
    #[doc(hidden)]
    pub fn binding(mut self, binding: impl Into<String>) -> Self {
        self.binding = Some(binding.into());
        self
    }

    pub(crate) fn build(self) -> Result<Config, Error> {
        let key = match self.api_key.clone() {
            Some(KeyOption::Text(key)) => KeySource::Fixed(check_key(&name("api_key"), &key)?),
            Some(KeyOption::Function(provider)) => KeySource::Function(RotatingKey::new(provider)),
            None => match std::env::var(API_KEY_VARIABLE) {
                Ok(key) if !key.is_empty() => KeySource::Fixed(check_key(API_KEY_VARIABLE, &key)?),
                _ => {
                    return Err(Error::configuration(format!(
                        "{}: required; pass it, or set the environment variable {API_KEY_VARIABLE}",
                        name("api_key")
                    )));
                }
            },
        };
        let allow_http = self.allow_insecure_http.unwrap_or(false);
        let of_environment = || std::env::var(BASE_URL_VARIABLE).ok().filter(|url| !url.is_empty());
        let base_url = match (self.base_url.clone(), of_environment()) {
            (Some(url), _) => check_base_url(&name("base_url"), &url, allow_http)?,
            (None, Some(url)) => check_base_url(BASE_URL_VARIABLE, &url, allow_http)?,
            (None, None) => check_base_url(&name("base_url"), DEFAULT_BASE_URL, allow_http)?,
        };
        let connection = ConnectionOptions {
            settings: ConnectionSettings::default(),
            route: match self.proxy {
                Some(_) => Route::Direct,
                None => Route::from_environment(&base_url, is_loopback(&base_url))?,
            },
            environment_ca_files: self
                .ca_variables
                .iter()
                .filter_map(|name| Some((*name, PathBuf::from(std::env::var_os(name)?))))
                .filter(|(_, file)| !file.as_os_str().is_empty())
                .collect(),
            loopback: is_loopback(&base_url),
            tls: base_url.scheme() == "https",
        };
        let binding = self.binding.clone().unwrap_or_else(|| "rust".to_owned());
        let config = Config {
            key,
            base_url,
            settings: CallSettings::default(),
            user_agent: (format!("crankwheel/{} ({binding})", env!("CARGO_PKG_VERSION")), None),
            observer: None,
            clock: None,
            log: Log::from_env(),
            headers: ExtraHeaders::default(),
            secrets: environment_secrets(),
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
    /// Returns the configuration with some options changed.
    pub fn with(mut self, options: Options) -> Result<Config, Error> {
        match &options.api_key {
            Some(KeyOption::Text(key)) => self.key = KeySource::Fixed(check_key(&name("api_key"), key)?),
            Some(KeyOption::Function(provider)) => {
                self.key = KeySource::Function(RotatingKey::new(provider.clone()));
            }
            None => {}
        }
        options.apply(&mut self.settings, &mut self.connection.settings)?;
        if let Some(url) = options.base_url {
            self.base_url = check_base_url(&name("base_url"), &url, self.settings.allow_insecure_http)?;
            self.connection.loopback = is_loopback(&self.base_url);
            self.connection.tls = self.base_url.scheme() == "https";
            let option = name("proxy");
            let chosen = self.connection.route.proxy().is_some_and(|proxy| proxy.origin == option);
            if !chosen && options.proxy.is_none() {
                let loopback = self.connection.loopback;
                self.connection.route = Route::from_environment(&self.base_url, loopback)?;
            }
        }
        if let Some(observer) = options.observer {
            self.observer = Some(observer);
        }
        if let Some(clock) = options.clock {
            self.clock = Some(clock);
        }
        if let Some(proxy) = options.proxy {
            let proxy = Proxy::from_option(&proxy)?;
            self.secrets.extend(proxy_secrets(&proxy.url));
            self.connection.route = Route::Proxy(proxy);
        }
        if let Some(changes) = &options.headers {
            self.headers.change(changes)?;
            self.secrets.extend(self.headers.secrets());
        }
        if let Some(suffix) = options.user_agent_suffix {
            if suffix.chars().any(|c| c.is_control() || !c.is_ascii()) {
                let (option, got) = (name("user_agent_suffix"), string(&suffix));
                return Err(Error::configuration(format!("{option}: must be printable ASCII, got {got}")));
            }
            self.user_agent.1 = Some(suffix);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        assert_eq!(
            proxied.connection.route.proxy().unwrap().url.as_str(),
            "http://me:pw@proxy.example:3128/"
        );
        assert!(proxied.secrets.contains(&"pw".to_owned()));
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
