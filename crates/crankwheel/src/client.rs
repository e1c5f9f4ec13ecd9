//! The entry point: a client of the reseller API.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::api::{ClientRef, Clients, Impersonation, Reseller, Sso, raw_request};
use crate::call::{Call, RawBody};
use crate::config::Options;
use crate::error::Error;
use crate::secret::{Secret, impersonation_key};
use crate::transport::Shared;

/// A client of the reseller API.
///
/// Making one does no I/O; connections are made at the first call. Cloning is cheap and shares them.
///
/// ```no_run
/// # async fn example() -> Result<(), crankwheel::Error> {
/// let cw = crankwheel::CrankWheel::new("my-reseller-key")?;
/// for client in cw.clients().list().await?.iter() {
///     println!("{} {}", client.id, client.sname);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CrankWheel {
    pub(crate) shared: Arc<Shared>,
}

impl CrankWheel {
    /// A client with this key, all else by default.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the key or the environment's base URL cannot be used.
    pub fn new(api_key: impl Into<String>) -> Result<Self, Error> {
        Self::build(Options::new().api_key(api_key))
    }

    /// A client with this key and these options.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if one of them cannot be used.
    pub fn with(api_key: impl Into<String>, options: Options) -> Result<Self, Error> {
        Self::build(options.api_key(api_key))
    }

    /// A client with the key of the environment's `CRANKWHEEL_API_KEY`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if there is none, or it cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::build(Options::new())
    }

    /// A client with these options.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if one of them cannot be used.
    pub fn build(options: Options) -> Result<Self, Error> {
        Ok(CrankWheel { shared: Arc::new(Shared::new(options.build()?)) })
    }

    /// A copy with some options changed. It shares the connections, unless an option that shapes them changes.
    ///
    /// ```
    /// # use crankwheel::{CrankWheel, Options};
    /// let cw = CrankWheel::new("my-key")?;
    /// let patient = cw.with_options(Options::new().max_retries(5))?;
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if an option cannot be used.
    pub fn with_options(&self, options: Options) -> Result<Self, Error> {
        let config = self.shared.config.clone().with(options)?;
        Ok(CrankWheel { shared: Arc::new(self.shared.with(config)) })
    }

    /// Client companies: list, create, show, update, delete, plans, usage, bills.
    pub fn clients(&self) -> Clients {
        Clients::new(&self.shared)
    }

    /// Single sign-on: login links and log-in options.
    pub fn sso(&self) -> Sso {
        Sso::new(&self.shared)
    }

    /// What concerns the reseller: billing overview, usage history, plans.
    pub fn reseller(&self) -> Reseller {
        Reseller::new(&self.shared)
    }

    /// The key that acts as an administrator of a client: `resellerimpersonate-<id>-<your key>`. It contains your
    /// own key, so treat it alike.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` names no client.
    pub fn impersonation_key(&self, client: impl Into<ClientRef>) -> Result<Secret, Error> {
        let id = client.into().id().map_err(|error| self.shared.redacted(None, error))?;
        Ok(impersonation_key(id, &self.shared.config.key.key()?))
    }

    /// Refuses what names no client.
    #[doc(hidden)]
    pub fn check_client(&self, client: impl Into<ClientRef>) -> Result<(), Error> {
        client.into().id().map(drop).map_err(|error| self.shared.redacted(None, error))
    }

    /// Raw requests as an administrator of a client, for the account-level API.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` names no client.
    pub fn impersonate(&self, client: impl Into<ClientRef>) -> Result<Impersonation, Error> {
        let key = self.impersonation_key(client)?;
        let options = Options::new().api_key(key.reveal());
        Ok(Impersonation::new(self.with_options(options)?.shared))
    }

    /// Any request below the base URL, for what the API grows next. `GET` and `HEAD` count as reads, all else as writes.
    ///
    /// ```no_run
    /// # async fn example(cw: crankwheel::CrankWheel) -> Result<(), crankwheel::Error> {
    /// let answer = cw.request("GET", "/ss/rsapi/clients", &[], None).await?;
    /// println!("{}", answer.json()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        json: Option<&Value>,
    ) -> Call<RawBody> {
        raw_request(&self.shared, method, path, query, json)
    }

    /// Closes idle connections and refuses further calls, on all copies that share the connections.
    pub fn close(&self) {
        self.shared.connections.close();
    }

    /// Whether [`CrankWheel::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.shared.connections.is_closed()
    }

    /// Where the API is.
    pub fn base_url(&self) -> &str {
        self.shared.base_url()
    }

    /// Whether every write is refused before it is sent.
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
