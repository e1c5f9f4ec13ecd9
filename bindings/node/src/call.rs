//! A prepared call: one operation with its arguments, to be sent or previewed.

use std::sync::Arc;

use crankwheel::{Call, Error, Progress, Warnings};
use napi::bindgen_prelude::{Env, Object};
use napi::{Either, Result};
use napi_derive::napi;
use tokio::sync::Notify;

use crate::error::{ErrorData, Header, headers};
use crate::events::number;
use crate::output::{CallResult, Output};
use crate::runtime::promise;

/// One operation, ready to be sent.
#[napi]
pub struct PreparedCall {
    /// `None` after it was sent.
    call: Option<std::result::Result<Call<Output>, Error>>,
    cancelled: Arc<Notify>,
    progress: Option<Progress>,
    warnings: Warnings,
}

/// A request that was not sent, without the key.
#[napi(object, object_from_js = false)]
pub struct DryRunData {
    pub method: String,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: Option<String>,
    pub curl: String,
}

impl PreparedCall {
    /// Creates a call from an operation, or from the error of its arguments.
    pub fn new<T: Send + 'static>(
        call: impl FnOnce() -> std::result::Result<Call<T>, Error>,
        convert: fn(T) -> Output,
    ) -> Self {
        let call = call().map(|call| call.map(convert));
        let warnings = call.as_ref().map(Call::warnings).unwrap_or_default();
        PreparedCall { call: Some(call), cancelled: Arc::new(Notify::new()), progress: None, warnings }
    }

    fn take(&mut self) -> Result<std::result::Result<Call<Output>, Error>> {
        self.call.take().ok_or_else(|| napi::Error::from_reason("the call was already sent"))
    }
}

#[napi]
impl PreparedCall {
    /// Returns the id of the call, as its events have it; 0 if its arguments are not valid.
    #[napi(getter)]
    pub fn id(&self) -> i64 {
        match &self.call {
            Some(Ok(call)) => number(call.id()),
            _ => 0,
        }
    }

    /// Counts what arrives, for `progress`.
    #[napi]
    pub fn watch(&mut self) {
        let progress = Progress::new();
        self.call = self.call.take().map(|call| call.map(|call| call.with_progress(&progress)));
        self.progress = Some(progress);
    }

    /// Returns the bytes received, their total (0 if it is not known), and the rows.
    #[napi]
    pub fn progress(&self) -> Vec<i64> {
        let counts = self.progress.as_ref().map(|progress| {
            [progress.received_bytes(), progress.total_bytes().unwrap_or(0), progress.rows()]
        });
        counts.unwrap_or_default().map(number).to_vec()
    }

    /// Takes the warnings about the responses of the call.
    #[napi]
    pub fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// Sends the call. The promise is always fulfilled, also after an error.
    #[napi(ts_return_type = "Promise<CallResult>")]
    pub fn send<'env>(&mut self, env: &'env Env, raw: bool) -> Result<Object<'env>> {
        // It begins here, so that closing the client after this waits for it.
        let running = self.take()?.map(|call| call.run(raw));
        let cancelled = Arc::clone(&self.cancelled);
        promise(env, async move {
            let running = match running {
                Ok(running) => running,
                Err(error) => return CallResult::of(Err(error), raw),
            };
            // Dropping the call's future drops the request on the wire.
            tokio::select! {
                biased;
                () = cancelled.notified() => CallResult::cancelled(),
                result = running => CallResult::of(result, raw),
            }
        })
    }

    /// Cancels the call, before or while it is in flight.
    #[napi]
    pub fn cancel(&self) {
        self.cancelled.notify_one();
    }

    /// Returns the request that would be sent.
    #[napi]
    pub fn dry_run(&mut self) -> Result<Either<DryRunData, ErrorData>> {
        Ok(match self.take()?.and_then(Call::dry_run) {
            Ok(run) => Either::A(DryRunData {
                method: run.method.to_owned(),
                url: run.url.clone(),
                headers: headers(run.headers.iter().cloned()),
                body: run.body.clone(),
                curl: run.curl(),
            }),
            Err(error) => Either::B(error.into()),
        })
    }
}
