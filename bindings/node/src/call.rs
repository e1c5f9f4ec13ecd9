//! Starting a call: one operation with its arguments, in one step.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use crankwheel::{Call, Error};
use futures_util::FutureExt;
use napi::bindgen_prelude::Env;
use napi::{Either, Result};
use napi_derive::napi;

use crate::client::NativeClient;
use crate::error::{ErrorData, Header, headers};
use crate::events::number;
use crate::output::{CallResult, Ended, Output};
use crate::queue::Watched;
use crate::runtime::{DEFECT, runtime};

/// The way in which a call is started: a sum of the flags below. TypeScript has the same flags.
#[napi]
pub type Start = u32;

/// The raw response is returned, too.
const RAW: Start = 1;
/// The call can be cancelled, and its progress can be read.
const WATCHED: Start = 2;
/// The call is not sent; its request is returned.
const DRY_RUN: Start = 4;

/// The id of a call that was sent, the request of a dry run, or the error of an argument.
#[napi]
pub type Started = Either<i64, Either<DryRunData, ErrorData>>;

/// A request that was not sent, without the key.
#[napi(object, object_from_js = false)]
pub struct DryRunData {
    pub method: String,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: Option<String>,
    pub curl: String,
}

impl From<crankwheel::DryRun> for DryRunData {
    fn from(run: crankwheel::DryRun) -> Self {
        DryRunData {
            method: run.method.to_owned(),
            url: run.url.clone(),
            headers: headers(run.headers.iter().cloned()),
            body: run.body.clone(),
            curl: run.curl(),
        }
    }
}

impl NativeClient {
    /// Starts an operation, or returns the error of its arguments. The result of a call that was sent arrives through the
    /// queue.
    pub fn start<T: Send + 'static>(
        &self,
        env: &Env,
        start: Start,
        call: impl FnOnce() -> std::result::Result<Call<T>, Error>,
        convert: fn(T) -> Output,
    ) -> Result<Started> {
        let call = match call() {
            Ok(call) => call,
            Err(error) => return Ok(Either::B(Either::B(error.into()))),
        };
        if start & DRY_RUN == 0 {
            return self.send(env, start, call, convert).map(Either::A);
        }
        Ok(Either::B(match call.dry_run() {
            Ok(run) => Either::A(run.into()),
            Err(error) => Either::B(error.into()),
        }))
    }

    fn send<T: Send + 'static>(
        &self,
        env: &Env,
        start: Start,
        call: Call<T>,
        convert: fn(T) -> Output,
    ) -> Result<i64> {
        let runtime = runtime()?;
        let raw = start & RAW != 0;
        let watched = (start & WATCHED != 0).then(Watched::default);
        let call = match &watched {
            Some(watched) => call.with_progress(&watched.progress),
            None => call,
        };
        let (id, warnings) = (number(call.id()), call.warnings());
        // It begins here, so that closing the client after this waits for it.
        let running = call.run(raw);
        self.queue.begin(env, id, watched.as_ref())?;
        let queue = Arc::clone(&self.queue);
        runtime.spawn(async move {
            let result = AssertUnwindSafe(async {
                let Some(watched) = watched else { return Some(running.await) };
                // Dropping the call's future drops the request on the wire.
                tokio::select! {
                    biased;
                    () = watched.cancelled.notified() => None,
                    result = running => Some(result),
                }
            });
            // A call that never ends would keep the process alive: a panic ends it.
            let ended = match result.catch_unwind().await {
                Ok(Some(result)) => Ended::new(result, convert, raw, warnings.take()),
                Ok(None) => CallResult::cancelled(warnings.take()).into(),
                Err(_) => CallResult::defect(DEFECT).into(),
            };
            queue.end(id, ended);
        });
        Ok(id)
    }
}
