//! The context of a call, which sends its requests.

use std::sync::Arc;

use super::raw_response::RawResponse;
use crate::error::Error;
use crate::json::DecodeError;
use crate::secret::Redactor;
use crate::transport::{BodySink, CallScope, Request, Response, Safety, Shared, send};

/// The context that a call runs in: its client, and what its requests share.
pub(crate) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) scope: CallScope,
    /// True if the caller wants the raw response, with its body.
    pub(super) raw: bool,
}

impl Context {
    /// Sends one request.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        send(&self.shared, &self.scope, request, None).await
    }

    /// Sends one request and passes the body of its response to `sink`. The body is kept only if
    /// the caller wants the raw response.
    pub(super) async fn send_into(
        &self,
        request: &Request,
        sink: &mut dyn BodySink,
    ) -> Result<Response, Error> {
        if !self.raw {
            return send(&self.shared, &self.scope, request, Some(sink)).await;
        }
        let response = self.send(request).await?;
        sink.begin();
        // In pieces, so that the sink does not buffer a second copy of the body.
        let _ = response.body.chunks(1 << 16).all(|piece| sink.take(piece));
        Ok(response)
    }

    /// Reads a response. The raw response is returned even if its body cannot be read.
    pub fn read<T>(
        &self,
        request: &Request,
        response: Response,
        read: impl FnOnce(&Request, &Response) -> Result<T, DecodeError>,
    ) -> RawResponse<T> {
        let value = read(request, &response).map_err(|problem| {
            let secrets = &self.shared.config.proxy_secrets;
            let error = response.response_error(request, &problem);
            let error =
                if request.safety == Safety::Read { error } else { request.failed_write(error, true) };
            error.redacted(&Redactor::new(Some(&self.scope.key), secrets))
        });
        RawResponse { response, value }
    }
}
