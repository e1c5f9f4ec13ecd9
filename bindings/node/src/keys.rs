//! Functions of JavaScript that return the API key. The core decides when it needs a key; this queue
//! passes the request to Node's thread, where TypeScript calls the function.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crankwheel::{KeyFunctionError, KeyFuture};
use futures_util::FutureExt;
use napi::Result;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;
use tokio::sync::oneshot;

use crate::events::{Wake, number, wake};

/// A request for the current key.
#[napi(object, object_from_js = false)]
pub struct KeyRequest {
    /// The id of the call that needs the key.
    pub call_id: i64,
    /// The number of the request, to return the key for.
    pub number: u32,
}

/// The number of the request whose function failed, as the cause of the error.
pub struct FailedRequest(pub u32);

#[derive(Default)]
struct Requests {
    last: u32,
    /// The requests that TypeScript has not taken yet.
    new: Vec<KeyRequest>,
    waiting: HashMap<u32, oneshot::Sender<std::result::Result<String, KeyFunctionError>>>,
}

/// The requests for the key of one client.
#[napi]
pub struct NativeKeys {
    requests: Arc<Mutex<Requests>>,
    wake: Arc<Wake>,
}

#[napi]
impl NativeKeys {
    /// Creates an empty queue. `on_request` is called some time after a request.
    #[napi(constructor)]
    pub fn new(on_request: Function<'_, (), ()>) -> Result<Self> {
        Ok(NativeKeys { requests: Arc::default(), wake: Arc::new(wake(on_request)?) })
    }

    /// Takes the new requests.
    #[napi]
    pub fn take(&self) -> Vec<KeyRequest> {
        std::mem::take(&mut lock(&self.requests).new)
    }

    /// Passes the key to the calls that wait for it.
    #[napi]
    pub fn returned(&self, number: u32, key: String) {
        self.reply(number, Ok(key));
    }

    /// Reports that the function failed, with a message that does not contain the key.
    #[napi]
    pub fn failed(&self, number: u32, message: String) {
        let cause = Some(Arc::new(FailedRequest(number)) as _);
        self.reply(number, Err(KeyFunctionError { message, cause }));
    }
}

impl NativeKeys {
    /// Returns the function that the core calls.
    pub fn asker(&self) -> impl Fn(u64) -> KeyFuture + Send + Sync + 'static {
        let (requests, wake) = (Arc::clone(&self.requests), Arc::clone(&self.wake));
        move |call_id| {
            let (reply, returned) = oneshot::channel();
            {
                let mut requests = lock(&requests);
                // The calls of the others have ended.
                requests.waiting.retain(|_, reply| !reply.is_closed());
                requests.last = requests.last.wrapping_add(1);
                let number = requests.last;
                requests.new.push(KeyRequest { call_id: self::number(call_id), number });
                requests.waiting.insert(number, reply);
            }
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            async move { Ok(returned.await??) }.boxed()
        }
    }

    fn reply(&self, number: u32, result: std::result::Result<String, KeyFunctionError>) {
        if let Some(reply) = lock(&self.requests).waiting.remove(&number) {
            // The call may have ended meanwhile.
            let _ = reply.send(result);
        }
    }
}

fn lock(requests: &Mutex<Requests>) -> MutexGuard<'_, Requests> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}
