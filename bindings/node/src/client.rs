//! The client: creating, copying with other options, closing.

use std::sync::Arc;
use std::time::Duration;

use crankwheel::{CrankWheel, Options};
use napi::bindgen_prelude::{Env, Object};
use napi::{Either, Result};
use napi_derive::napi;

use crate::arguments::ClientArgument;
use crate::error::ErrorData;
use crate::events::NativeEvents;
use crate::keys::NativeKeys;
use crate::link::NativeSecret;
use crate::options::ClientOptions;
use crate::queue::{NativeQueue, Queue};
use crate::runtime::promise;

/// The environment variables that Node users expect to name certificates.
const CA_VARIABLES: [&str; 1] = ["NODE_EXTRA_CA_CERTS"];

/// A client of the reseller API.
#[napi]
pub struct NativeClient {
    pub(crate) cw: CrankWheel,
    /// The queue for the results of its calls.
    pub(crate) queue: Arc<Queue>,
}

/// The properties of a client that may be shown.
#[napi(object, object_from_js = false)]
pub struct ClientDescription {
    pub base_url: String,
    pub read_only: bool,
    pub closed: bool,
}

#[napi]
impl NativeClient {
    /// Creates a client, or returns the error of its options. `queue` receives the results of its calls.
    #[napi]
    pub fn create(
        options: ClientOptions,
        queue: &NativeQueue,
        keys: Option<&NativeKeys>,
        events: Option<&NativeEvents>,
    ) -> Either<NativeClient, ErrorData> {
        let cw = options.convert().and_then(|options| {
            CrankWheel::build(with_functions(options, keys, events).ca_variables(&CA_VARIABLES))
        });
        checked(cw, &queue.queue)
    }

    /// Returns a copy with some options changed, which shares the connections.
    #[napi]
    pub fn with_options(
        &self,
        options: ClientOptions,
        keys: Option<&NativeKeys>,
        events: Option<&NativeEvents>,
    ) -> Either<NativeClient, ErrorData> {
        let options = options.convert();
        let cw = options.and_then(|options| self.cw.with_options(with_functions(options, keys, events)));
        checked(cw, &self.queue)
    }

    /// Returns a copy that uses the impersonation key of a client.
    #[napi]
    pub fn impersonating(&self, client: ClientArgument) -> Either<NativeClient, ErrorData> {
        checked(self.cw.impersonating(client), &self.queue)
    }

    /// Returns the key that acts as an administrator of a client. It contains `key`, or else the client's own key.
    #[napi]
    pub fn impersonation_key(
        &self,
        client: ClientArgument,
        key: Option<String>,
    ) -> Either<NativeSecret, ErrorData> {
        let cw = match key {
            Some(key) => self.cw.with_options(Options::new().api_key(key)),
            None => Ok(self.cw.clone()),
        };
        match cw.and_then(|cw| cw.impersonation_key(client)) {
            Ok(key) => Either::A(NativeSecret::new(key)),
            Err(error) => Either::B(error.into()),
        }
    }

    /// Closes idle connections and refuses further calls.
    #[napi]
    pub fn close(&self) {
        self.cw.close();
    }

    /// Closes the client, and waits until the calls in flight have ended. Those that have not ended after `timeout`
    /// milliseconds fail.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn drain<'env>(&self, env: &'env Env, timeout: Option<f64>) -> Result<Object<'env>> {
        let cw = self.cw.clone();
        // TypeScript has checked it.
        let timeout = timeout
            .map(|milliseconds| Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default());
        promise(env, async move { cw.drain(timeout).await })
    }

    /// Returns the configuration in effect, with secrets masked.
    #[napi]
    pub fn diagnose(&self) -> String {
        self.cw.diagnose().to_string()
    }

    /// Returns the properties that may be shown.
    #[napi]
    pub fn describe(&self) -> ClientDescription {
        ClientDescription {
            base_url: self.cw.base_url().to_owned(),
            read_only: self.cw.read_only(),
            closed: self.cw.is_closed(),
        }
    }
}

/// Adds the functions of the caller: the one that returns the key, and the hooks.
fn with_functions(mut options: Options, keys: Option<&NativeKeys>, events: Option<&NativeEvents>) -> Options {
    if let Some(keys) = keys {
        options = options.api_key_asked(keys.asker());
    }
    if let Some(events) = events {
        options = options.observer(events.observer());
    }
    options
}

fn checked(
    cw: std::result::Result<CrankWheel, crankwheel::Error>,
    queue: &Arc<Queue>,
) -> Either<NativeClient, ErrorData> {
    match cw {
        Ok(cw) => Either::A(NativeClient { cw, queue: Arc::clone(queue) }),
        Err(error) => Either::B(error.into()),
    }
}
