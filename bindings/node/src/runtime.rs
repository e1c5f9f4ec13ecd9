//! The tokio runtime, and promises that its tasks settle.
//!
//! The first call creates the runtime, so that loading the package does not start a thread. Its threads do not keep
//! Node's event loop alive, only pending promises and calls in flight (`queue.rs`) do.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;

use futures_util::FutureExt;
use napi::bindgen_prelude::{Env, Object, ToNapiValue};
use napi::{Error, JsValue, Result, Status};
use tokio::runtime::{Builder, Runtime};

/// The message about a panic.
pub const DEFECT: &str = "the call failed; this is a defect of crankwheel, please report it";

/// Returns the runtime.
pub fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread().worker_threads(2).thread_name("crankwheel").enable_all().build()
        })
        .as_ref()
        .map_err(|error| failure(format!("the threads for requests could not be started: {error}")))
}

/// Returns a promise of the value of a future.
pub fn promise<'env, T: ToNapiValue + Send + 'static>(
    env: &Env,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<Object<'env>> {
    let runtime = runtime()?;
    let (deferred, promise) = env.create_deferred()?;
    runtime.spawn(async move {
        // A promise that is never settled would keep the process alive: a panic rejects it.
        match AssertUnwindSafe(future).catch_unwind().await {
            Ok(value) => deferred.resolve(move |_| Ok(value)),
            Err(_) => deferred.reject(failure(DEFECT)),
        }
    });
    Ok(Object::from_raw(env.raw(), promise.raw()))
}

/// Returns a promise of the value of a blocking function.
pub fn blocking<'env, T: ToNapiValue + Send + 'static>(
    env: &Env,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Object<'env>> {
    let runtime = runtime()?;
    promise(env, async move {
        match runtime.spawn_blocking(work).await {
            Ok(value) => value,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    })
}

fn failure(message: impl Into<String>) -> Error {
    Error::new(Status::GenericFailure, message.into())
}
