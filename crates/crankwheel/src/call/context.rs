//! The context of a call, which sends its requests.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::raw_response::RawResponse;
use crate::error::{Error, ErrorKind};
use crate::json::DecodeError;
use crate::secret::Redactor;
use crate::transport::{
    CallScope, MAX_INLINE, Reader, Request, Response, Safety, Shared, Whole, finished, send,
};
use crate::warnings::{Found, Warnings, collect_warnings};

/// The context that a call runs in: its client, and what its requests share.
pub(crate) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) scope: CallScope,
    /// True if the caller wants the raw response, with its body.
    pub(super) raw: bool,
    /// The warnings about its responses.
    pub(super) warnings: Warnings,
}

impl Context {
    /// Sends one request.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        send(&self.shared, &self.scope, request, &mut Whole).await
    }

    /// Sends one request and reads the body of its response while it arrives. The body is kept only
    /// if the caller wants the raw response.
    pub(super) async fn send_into<R: Reader>(
        &self,
        request: Request,
    ) -> Result<RawResponse<R::Output>, Error> {
        let mut reader = R::default();
        if !self.raw {
            let response = send(&self.shared, &self.scope, &request, &mut reader).await?;
            return self.read_all(request, response, |_, _| reader.finish()).await;
        }
        let response = self.send(&request).await?;
        let read = |_: &Request, response: &Response| {
            // In pieces, so that the reader does not buffer a second copy of the body.
            let _ = response.body.chunks(1 << 16).all(|piece| reader.take(piece));
            reader.finish()
        };
        self.read_all(request, response, read).await
    }

    /// Reads a response of any size. A large one is read on a thread for blocking work.
    pub(super) async fn read_all<T: Send + 'static>(
        &self,
        request: Request,
        response: Response,
        read: impl FnOnce(&Request, &Response) -> Result<T, DecodeError> + Send + 'static,
    ) -> Result<RawResponse<T>, Error> {
        if response.size <= MAX_INLINE {
            return Ok(self.read(&request, response, read));
        }
        let (method, path) = (request.method, request.path.clone());
        let attempts = response.attempts;
        let failed = |kind, what: &str| {
            let mut error = Error::new(kind, format!("{what} ({method} {path})"));
            error.inner.attempts = attempts;
            error.inner.elapsed = Some(self.scope.deadline.elapsed());
            error.with_request(method, &path).redacted(&self.redactor())
        };
        let work = spawn_blocking(move || {
            let (value, found) = collect_warnings(|| read(&request, &response));
            (request, response, value, found)
        });
        match timeout(self.scope.deadline.left(), work).await.map(finished) {
            Ok(Some((request, response, value, found))) => {
                Ok(self.have_read(&request, response, value, found))
            }
            Ok(None) => Err(failed(ErrorKind::Connection, "the runtime of the call was shut down")),
            Err(_) => {
                let total = self.scope.deadline.total();
                let what = format!("the response was not read within {total:?}, the call's `timeout`");
                Err(failed(ErrorKind::Timeout, &what))
            }
        }
    }

    fn redactor(&self) -> Redactor {
        self.scope.redactor(&self.shared)
    }

    /// Reads a response. The raw response is returned even if its body cannot be read.
    pub fn read<T>(
        &self,
        request: &Request,
        response: Response,
        read: impl FnOnce(&Request, &Response) -> Result<T, DecodeError>,
    ) -> RawResponse<T> {
        let (value, found) = collect_warnings(|| read(request, &response));
        self.have_read(request, response, value, found)
    }

    fn have_read<T>(
        &self,
        request: &Request,
        response: Response,
        value: Result<T, DecodeError>,
        found: Found,
    ) -> RawResponse<T> {
        self.warnings.add(found);
        let value = value.map_err(|problem| {
            let mut error = response.response_error(request, &problem);
            error.inner.elapsed = Some(self.scope.deadline.elapsed());
            let error =
                if request.safety == Safety::Read { error } else { request.failed_write(error, true) };
            error.redacted(&self.redactor())
        });
        RawResponse { response, value }
    }
}
