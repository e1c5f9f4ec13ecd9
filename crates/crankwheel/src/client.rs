//! The entry point: a client for the reseller API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::api::{ClientRef, Clients, Impersonation, Reseller, Sso, raw_request};
use crate::call::{Call, RawBody};
use crate::config::Options;
use crate::error::Error;
use crate::secret::{Secret, impersonation_key};
use crate::transport::Shared;

/// A client for the reseller API.
///
/// Creating one does no I/O: connections are opened by the first call. A clone is cheap and shares
/// the connections.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// for client in cw.clients().list().await?.iter() {
///     println!("{} {}", client.id, client.sname);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct CrankWheel {
    pub(crate) shared: Arc<Shared>,
}

impl CrankWheel {
    /// Creates a client with this API key and default options.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-reseller-key")?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the key, or a base URL in the
    /// environment, is not valid.
    pub fn new(api_key: impl Into<String>) -> Result<Self, Error> {
        Self::build(Options::new().api_key(api_key))
    }

    /// Creates a client with this API key and these options.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options};
    ///
    /// let cw = CrankWheel::with("my-reseller-key", Options::new().max_retries(5))?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the key or an option is not valid.
    pub fn with(api_key: impl Into<String>, options: Options) -> Result<Self, Error> {
        Self::build(options.api_key(api_key))
    }

    /// Creates a client with the API key from the environment variable `CRANKWHEEL_API_KEY` and
    /// default options.
    ///
    /// ```no_run
    /// let cw = crankwheel::CrankWheel::from_env()?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the variable is not set or its value
    /// is not valid.
    pub fn from_env() -> Result<Self, Error> {
        Self::build(Options::new())
    }

    /// Creates a client with these options.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options};
    ///
    /// let cw = CrankWheel::build(Options::new().api_key("my-reseller-key").read_only(true))?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if an option is not valid.
    pub fn build(options: Options) -> Result<Self, Error> {
        Ok(CrankWheel { shared: Arc::new(Shared::new(options.build()?)) })
    }

    /// Returns a copy of this client with some options changed. It shares the connections unless an
    /// option that affects them is changed.
    ///
    /// ```
    /// use crankwheel::{CrankWheel, Options};
    ///
    /// let cw = CrankWheel::new("my-key")?;
    /// let patient = cw.with_options(Options::new().max_retries(5))?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if an option is not valid.
    pub fn with_options(&self, options: Options) -> Result<Self, Error> {
        let config = self.shared.config.clone().with(options)?;
        Ok(CrankWheel { shared: Arc::new(self.shared.with(config)) })
    }

    /// Returns the operations on client companies.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let clients = cw.clients().list().await?;
    /// # Ok(()) }
    /// ```
    pub fn clients(&self) -> Clients {
        Clients::new(&self.shared)
    }

    /// Returns the operations of single sign-on: login links, and the accounts of an e-mail
    /// address.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let accounts = cw.sso().login_options("agent@acme.example").await?;
    /// # Ok(()) }
    /// ```
    pub fn sso(&self) -> Sso {
        Sso::new(&self.shared)
    }

    /// Returns the operations of the reseller account: billing overview, usage history and plans.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let plans = cw.reseller().plans().await?;
    /// # Ok(()) }
    /// ```
    pub fn reseller(&self) -> Reseller {
        Reseller::new(&self.shared)
    }

    /// Returns the key that acts as an administrator of a client: `resellerimpersonate-<id>-<your
    /// key>`. It contains your own API key and needs the same protection.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let key = cw.impersonation_key(27084)?;
    /// assert_eq!(key.to_string(), "***");
    /// assert_eq!(key.reveal(), "resellerimpersonate-27084-my-key");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` is not a client argument.
    pub fn impersonation_key(&self, client: impl Into<ClientRef>) -> Result<Secret, Error> {
        let id = client.into().id().map_err(|error| self.shared.redacted(error))?;
        Ok(impersonation_key(id, &self.shared.config.key.key_now()?))
    }

    /// Checks that an argument is a client.
    #[doc(hidden)]
    pub fn check_client(&self, client: impl Into<ClientRef>) -> Result<(), Error> {
        client.into().id().map(drop).map_err(|error| self.shared.redacted(error))
    }

    /// Returns raw requests as an administrator of a client, for the account-level API.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let call = cw.impersonate(27084)?.request("GET", "/ss/api/users", &[], None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` is not a client argument.
    pub fn impersonate(&self, client: impl Into<ClientRef>) -> Result<Impersonation, Error> {
        Ok(Impersonation::new(self.impersonating(client)?.shared))
    }

    /// Returns a copy of this client that uses the impersonation key of a client.
    #[doc(hidden)]
    pub fn impersonating(&self, client: impl Into<ClientRef>) -> Result<Self, Error> {
        let id = client.into().id().map_err(|error| self.shared.redacted(error))?;
        let mut config = self.shared.config.clone();
        config.key = config.key.impersonating(id);
        Ok(CrankWheel { shared: Arc::new(self.shared.with(config)) })
    }

    /// Sends any request below the base URL, for endpoints that are newer than the SDK.
    ///
    /// `GET` and `HEAD` are retried as reads, all other methods as writes. `query` values are
    /// percent-encoded; `path` must be.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.request("GET", "/ss/rsapi/clients", &[], None).await?;
    /// println!("{}", response.json()?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the method is unknown or the path is
    /// not one below the base URL; otherwise as for the operations.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        json: Option<&Value>,
    ) -> Call<RawBody> {
        raw_request(&self.shared, method, path, query, json)
    }

    /// Refuses further calls, also of all copies that share the connections. Calls in flight go on,
    /// but are not retried any more; a call that waits to retry ends with the error of its last
    /// attempt. Idle connections are closed when the last call has ended.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// cw.close();
    /// assert!(cw.clients().list().await.is_err());
    /// # Ok(()) }
    /// ```
    pub fn close(&self) {
        self.shared.connections.close();
    }

    /// Closes the client like [`CrankWheel::close`], and waits until the calls in flight have ended.
    /// Those that have not ended after `timeout` fail with [`Timeout`](crate::ErrorKind::Timeout).
    /// Without a `timeout`, each call has the time that its own deadline leaves.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use std::future::IntoFuture;
    /// use std::time::Duration;
    ///
    /// let listing = cw.clients().list().into_future();
    /// let (clients, ()) = tokio::join!(listing, cw.drain(Some(Duration::from_secs(10))));
    /// assert_eq!(clients?.len(), 3);
    /// # Ok(()) }
    /// ```
    pub async fn drain(&self, timeout: Option<Duration>) {
        self.shared.connections.drain(timeout).await;
    }

    /// Returns true after [`CrankWheel::close`].
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// assert!(!cw.is_closed());
    /// cw.close();
    /// assert!(cw.is_closed());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn is_closed(&self) -> bool {
        self.shared.connections.is_closed()
    }

    /// Returns the base URL of the API, without a slash at its end.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// assert_eq!(cw.base_url(), "https://meeting.is");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn base_url(&self) -> &str {
        self.shared.base_url()
    }

    /// Returns true if every write is refused before it is sent.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// assert!(!cw.read_only());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn read_only(&self) -> bool {
        self.shared.config.settings.read_only
    }
}

impl fmt::Debug for CrankWheel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrankWheel")
            .field("base_url", &self.base_url())
            .field("api_key", &format_args!("***"))
            .field("max_retries", &self.shared.config.settings.max_retries)
            .field("read_only", &self.shared.config.settings.read_only)
            .finish_non_exhaustive()
    }
}
