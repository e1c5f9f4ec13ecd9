//! A call that is not yet sent: an operation with its arguments.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::context::Context;
use super::dry_run::DryRun;
use super::raw_response::RawResponse;
use crate::error::Error;
use crate::json::DecodeError;
use crate::transport::{
    Admitted, CallScope, Deadline, Progress, Reader, Request, Response, Shared, next_call_id,
    redact_argument_error, refuse_write,
};
use crate::warnings::Warnings;

/// An operation with its arguments. Nothing is sent until it is awaited.
///
/// [`Call::with_raw_response`] returns the raw response too, and [`Call::dry_run`] returns the
/// request instead of sending it. Invalid arguments are reported when the call is awaited.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let call = cw.clients().list();
/// let clients = call.await?;
/// assert_eq!(clients.len(), 3);
/// # Ok(()) }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    id: u64,
    shared: Arc<Shared>,
    progress: Option<Progress>,
    warnings: Warnings,
    prepared: Result<Prepared<T>, Error>,
}

/// Keeps a client from being closed to the end.
#[doc(hidden)]
pub struct InFlight {
    admitted: Option<Admitted>,
    shared: Arc<Shared>,
}

impl InFlight {
    /// Ends it. Returns true if the client is closed: this may have dropped its last connections.
    pub fn end(self) -> bool {
        drop(self.admitted);
        self.shared.connections.is_closed()
    }
}

/// The requests of a call, ready to be sent.
struct Prepared<T> {
    /// The last request, with placeholders for values from earlier responses.
    preview: Request,
    run: Box<dyn FnOnce(Context) -> Running<T> + Send>,
}

/// A call that is being sent.
type Running<T> = BoxFuture<'static, Result<RawResponse<T>, Error>>;

impl<T: Send + 'static> Call<T> {
    /// Creates a call of one request.
    pub(crate) fn single(
        shared: &Arc<Shared>,
        request: Result<Request, Error>,
        read: fn(&Request, &Response) -> Result<T, DecodeError>,
    ) -> Self {
        Self::steps(shared, request, move |context, request| {
            async move {
                let response = context.send(&request).await?;
                context.read_all(request, response, read).await
            }
            .boxed()
        })
    }

    /// Creates a call of one request whose response is read while it arrives.
    pub(crate) fn streaming<R: Reader<Output = T>>(
        shared: &Arc<Shared>,
        request: Result<Request, Error>,
    ) -> Self {
        Self::steps(shared, request, |context, request| {
            async move { context.send_into::<R>(request).await }.boxed()
        })
    }

    /// Creates a call that can send several requests. A dry run returns `preview`.
    pub(crate) fn steps(
        shared: &Arc<Shared>,
        preview: Result<Request, Error>,
        run: impl FnOnce(Context, Request) -> Running<T> + Send + 'static,
    ) -> Self {
        let prepared = preview.map(|preview| {
            let request = preview.clone();
            Prepared { preview, run: Box::new(move |context| run(context, request)) as Box<_> }
        });
        Call {
            id: next_call_id(),
            shared: Arc::clone(shared),
            progress: None,
            warnings: Warnings::default(),
            prepared,
        }
    }

    /// Counts the bytes and rows of the response in `progress` while they arrive, for a call whose
    /// response is read meanwhile: the usage history.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let progress = crankwheel::Progress::new();
    /// let call = cw.reseller().usage("2019-02").with_progress(&progress);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn with_progress(mut self, progress: &Progress) -> Self {
        self.progress = Some(progress.clone());
        self
    }

    /// Returns the id of the call, as its events have it in [`RequestEvent::call_id`].
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// assert_ne!(cw.clients().list().id(), cw.clients().list().id());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// [`RequestEvent::call_id`]: crate::RequestEvent::call_id
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Sends the call. The body of the response is kept only if `raw` is true.
    ///
    /// The call begins now, before the future is polled: if the client is closed after this, the call
    /// is not refused.
    #[doc(hidden)]
    pub fn run(self, raw: bool) -> impl Future<Output = Result<RawResponse<T>, Error>> + Send + 'static {
        let Call { id, shared, progress, warnings, prepared } = self;
        // A read-only client does not send the additional request of a write either.
        let checked = prepared.and_then(|call| refuse_write(&shared.config, &call.preview).map(|()| call));
        let begun = checked.map(|call| (shared.connections.admit(), call));
        async move {
            let (admitted, Prepared { preview, run }) = match begun {
                Ok(begun) => begun,
                Err(error) => return Err(redact_argument_error(id, &shared, error).await),
            };
            let admitted = admitted.map_err(|error| preview.not_sent(error))?;
            let timeout = shared.config.settings.timeout;
            let deadline = Deadline::new(timeout.unwrap_or_else(|| preview.default_timeout()));
            let running = async {
                let scope = CallScope::begin(id, &shared, &preview, deadline, progress).await?;
                run(Context { shared: Arc::clone(&shared), scope, raw, warnings }).await
            };
            tokio::select! {
                biased;
                ended = running => ended,
                limit = admitted.ended() => Err(shared.redacted(preview.dropped(limit))),
            }
        }
    }

    /// Returns a guard that lets [`CrankWheel::drain`](crate::CrankWheel::drain) wait until it is
    /// dropped, so that a binding can deliver the result of the call first.
    #[doc(hidden)]
    pub fn in_flight(&self) -> InFlight {
        InFlight { admitted: self.shared.connections.admit().ok(), shared: Arc::clone(&self.shared) }
    }

    /// Returns the warnings about the responses of the call, to which it adds while it runs.
    #[doc(hidden)]
    pub fn warnings(&self) -> Warnings {
        self.warnings.clone()
    }

    /// Sends the call and returns the raw response: status, headers, body, and the value that the
    /// response means.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// println!("{} {:?}", response.status_code(), response.request_id());
    /// let clients = response.parse()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The future fails as the call does. A body that cannot be read is not an error here but of
    /// [`RawResponse::parse`].
    pub fn with_raw_response(self) -> BoxFuture<'static, Result<RawResponse<T>, Error>> {
        async move { self.run(true).await }.boxed()
    }

    /// Returns the request that the call would send, and sends nothing. A value that the call would
    /// request first is a placeholder, such as `<settings.id of client 27084>`.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let request = cw.clients().delete(27084).dry_run()?;
    /// assert_eq!(request.method, "DELETE");
    /// assert!(request.curl().contains("$CRANKWHEEL_API_KEY"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if an argument is invalid.
    pub fn dry_run(self) -> Result<DryRun, Error> {
        let config = &self.shared.config;
        let request = self.prepared.map(|prepared| prepared.preview);
        let checked = request.and_then(|request| Ok((request.url(&config.base_url)?, request)));
        let (url, request) = checked.map_err(|error| self.shared.redacted(error))?;
        Ok(DryRun::new(config, &url, &request))
    }

    /// Returns the same call with its result converted.
    #[doc(hidden)]
    pub fn map<U: Send + 'static>(self, convert: impl FnOnce(T) -> U + Send + 'static) -> Call<U> {
        let prepared = self.prepared.map(|prepared| Prepared {
            preview: prepared.preview,
            run: Box::new(move |context| {
                let running = (prepared.run)(context);
                async move {
                    let RawResponse { response, value } = running.await?;
                    Ok(RawResponse { response, value: value.map(convert) })
                }
                .boxed()
            }) as Box<_>,
        });
        let Call { id, shared, progress, warnings, .. } = self;
        Call { id, shared, progress, warnings, prepared }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        async move { self.run(false).await?.value }.boxed()
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prepared {
            Ok(Prepared { preview, .. }) => write!(f, "Call({} {})", preview.method, preview.path),
            Err(error) => write!(f, "Call({error:?})"),
        }
    }
}
