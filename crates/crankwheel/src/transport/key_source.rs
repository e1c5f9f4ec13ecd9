//! The source of the API key: a fixed key, or a function that returns the current one.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, oneshot};

use super::key::check_key;
use crate::error::Error;
use crate::secret::{Secret, impersonation_key};
use crate::spelling::name;

/// The error of a function that returns the key.
type AnyError = Box<dyn StdError + Send + Sync>;

/// A function that returns the current API key; see
/// [`Options::api_key_from`](crate::Options::api_key_from).
///
/// ```
/// let key: Box<crankwheel::KeyFunction> = Box::new(|| Ok(std::env::var("ROTATING_KEY")?));
/// assert!(key().is_err());
/// ```
pub type KeyFunction = dyn Fn() -> Result<String, AnyError> + Send + Sync;

/// The future of the current key.
#[doc(hidden)]
pub type KeyFuture = BoxFuture<'static, Result<String, AnyError>>;

/// A function that receives the id of the call that needs the key.
pub(crate) type AskForKey = dyn Fn(u64) -> KeyFuture + Send + Sync;

/// The two forms of a function that returns the key.
#[derive(Clone)]
pub(crate) enum KeyProvider {
    Blocking(Arc<KeyFunction>),
    Async(Arc<AskForKey>),
}

/// The failure of a function in the caller's language. It has the text that may be shown, because the
/// function's own error could quote the key, and that error as an object of the language.
#[doc(hidden)]
#[derive(Clone)]
pub struct KeyFunctionError {
    pub message: String,
    pub cause: Option<Arc<dyn Any + Send + Sync>>,
}

impl fmt::Display for KeyFunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for KeyFunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFunctionError({})", self.message)
    }
}

impl StdError for KeyFunctionError {}

impl KeyFunctionError {
    fn of(error: AnyError) -> Self {
        match error.downcast::<KeyFunctionError>() {
            Ok(error) => *error,
            Err(_) => KeyFunctionError {
                message: "the function that returns the key failed".to_owned(),
                cause: None,
            },
        }
    }
}

impl From<KeyFunctionError> for Error {
    fn from(failure: KeyFunctionError) -> Self {
        let mut error = Error::configuration(format!("{}: {}", name("api_key"), failure.message));
        error.inner.cause = failure.cause;
        error
    }
}

/// The source of the API key.
#[derive(Clone)]
pub(crate) enum KeySource {
    Fixed(Secret),
    Function(RotatingKey),
}

impl KeySource {
    /// Returns the key that errors must not show, if it is known.
    pub fn known(&self) -> Option<Secret> {
        match self {
            KeySource::Fixed(key) => Some(key.clone()),
            KeySource::Function(rotating) => rotating.known.load().as_deref().cloned(),
        }
    }

    /// Returns the key without waiting for an asynchronous function.
    pub fn key_now(&self) -> Result<Secret, Error> {
        match self {
            KeySource::Fixed(key) => Ok(key.clone()),
            KeySource::Function(rotating) => rotating.key_now(),
        }
    }

    /// Returns the source of the impersonation key of a client.
    pub fn impersonating(&self, client: i64) -> Self {
        match self {
            KeySource::Fixed(key) => KeySource::Fixed(impersonation_key(client, key)),
            KeySource::Function(rotating) => {
                KeySource::Function(RotatingKey { client: Some(client), ..rotating.clone() })
            }
        }
    }
}

/// A key that a function returns, and the last one that it returned. Copies share the latter.
#[derive(Clone)]
pub(crate) struct RotatingKey {
    provider: KeyProvider,
    cache: Arc<ArcSwap<Cache>>,
    /// The last key, to mask it in errors from before a call needs it.
    known: Arc<ArcSwapOption<Secret>>,
    /// The client whose impersonation key is used.
    client: Option<i64>,
}

/// The last key of a function. A forked child has its own: the lock can be held by a thread that the
/// child does not have.
struct Cache {
    process: u32,
    /// The number of times that the function has returned or failed.
    returned: AtomicU64,
    last: Mutex<Option<Result<(Secret, Instant), KeyFunctionError>>>,
}

impl Cache {
    fn new() -> Self {
        Cache { process: std::process::id(), returned: AtomicU64::new(0), last: Mutex::new(None) }
    }
}

impl RotatingKey {
    pub fn new(provider: KeyProvider) -> Self {
        RotatingKey {
            provider,
            cache: Arc::new(ArcSwap::from_pointee(Cache::new())),
            known: Arc::default(),
            client: None,
        }
    }

    /// Returns the id of the client whose impersonation key is used.
    pub fn client(&self) -> Option<i64> {
        self.client
    }

    /// Returns the key for a call. With a `ttl`, that is the last one while it is younger, and calls
    /// that need a key at the same time share one call of the function. `refused` is a key that the
    /// API has refused: it is not returned without calling the function.
    pub async fn key(
        &self,
        call_id: u64,
        ttl: Option<Duration>,
        refused: Option<&Secret>,
    ) -> Result<Secret, Error> {
        let Some(ttl) = ttl else {
            let key = self.call(call_id).await.map_err(Error::from)?;
            return self.checked(&key);
        };
        let refused = refused.map(Secret::reveal);
        let cache = self.cache();
        let before = cache.returned.load(Ordering::Acquire);
        let mut last = cache.last.lock().await;
        let meanwhile = cache.returned.load(Ordering::Acquire) > before;
        match &*last {
            Some(Ok((key, at))) if at.elapsed() < ttl => {
                let key = self.checked(key.reveal())?;
                if meanwhile || refused != Some(key.reveal()) {
                    return Ok(key);
                }
            }
            Some(Err(error)) if meanwhile => return Err(error.clone().into()),
            _ => {}
        }
        let returned = self.call(call_id).await.map(Secret::new);
        cache.returned.fetch_add(1, Ordering::AcqRel);
        let stored = last.insert(returned.map(|key| (key, Instant::now())));
        match stored {
            Ok((key, _)) => self.checked(key.reveal()),
            Err(error) => Err(error.clone().into()),
        }
    }

    fn key_now(&self) -> Result<Secret, Error> {
        match &self.provider {
            KeyProvider::Blocking(function) => {
                let key = function().map_err(|error| Error::from(KeyFunctionError::of(error)))?;
                self.checked(&key)
            }
            KeyProvider::Async(_) => Err(Error::configuration(format!(
                "{}: must not be an asynchronous function here; use `impersonate`",
                name("api_key")
            ))),
        }
    }

    async fn call(&self, call_id: u64) -> Result<String, KeyFunctionError> {
        let running = match &self.provider {
            KeyProvider::Blocking(function) => in_a_thread(Arc::clone(function)),
            KeyProvider::Async(function) => function(call_id),
        };
        let key = running.await.map_err(KeyFunctionError::of)?;
        self.known.store(Some(Arc::new(Secret::new(key.clone()))));
        Ok(key)
    }

    fn checked(&self, key: &str) -> Result<Secret, Error> {
        let key = check_key(&name("api_key"), key)?;
        Ok(match self.client {
            Some(client) => impersonation_key(client, &key),
            None => key,
        })
    }

    fn cache(&self) -> Arc<Cache> {
        let cache = self.cache.load_full();
        if cache.process == std::process::id() {
            return cache;
        }
        self.cache.store(Arc::new(Cache::new()));
        self.cache.load_full()
    }
}

/// Calls a function that may block. Its thread is separate from the runtime's, which would wait for it
/// when it shuts down.
fn in_a_thread(function: Arc<KeyFunction>) -> KeyFuture {
    let (reply, returned) = oneshot::channel();
    let span = tracing::Span::current();
    let thread = std::thread::Builder::new().name("crankwheel-key".to_owned()).spawn(move || {
        // Nobody receives the key if the call has ended.
        let _ = reply.send(span.in_scope(|| function()));
    });
    async move {
        thread?;
        returned.await.unwrap_or_else(|error| Err(error.into()))
    }
    .boxed()
}
