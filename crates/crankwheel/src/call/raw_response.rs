//! The raw response of a call.

use std::fmt;

use bytes::Bytes;

use crate::error::Error;
use crate::transport::Response;

/// A raw response and the value that it means.
/// [`Call::with_raw_response`](crate::Call::with_raw_response) returns it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let response = cw.clients().list().with_raw_response().await?;
/// println!("{} after {} attempts", response.status_code(), response.attempts());
/// for client in response.parse()?.iter() {
///     println!("{}", client.sname);
/// }
/// # Ok(()) }
/// ```
pub struct RawResponse<T> {
    pub(crate) response: Response,
    pub(crate) value: Result<T, Error>,
}

impl<T> RawResponse<T> {
    /// Returns the HTTP status, such as 200.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// assert_eq!(response.status_code(), 200);
    /// # Ok(()) }
    /// ```
    pub fn status_code(&self) -> u16 {
        self.response.status
    }

    /// Returns the headers, with their names in lower case. Cookies are left out.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// let headers = response.headers();
    /// assert!(headers.iter().any(|(name, _)| name == "content-type"));
    /// # Ok(()) }
    /// ```
    pub fn headers(&self) -> Vec<(String, String)> {
        self.response.header_list()
    }

    /// Returns the header `x-request-id`, which CrankWheel's support asks for.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// assert!(response.request_id().is_some());
    /// # Ok(()) }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.response.request_id()
    }

    /// Returns the body. The body of a grant-token response is a credential.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// assert!(response.body().starts_with(b"["));
    /// # Ok(()) }
    /// ```
    pub fn body(&self) -> &Bytes {
        &self.response.body
    }

    /// Returns the number of attempts that the request took, 1 without retries.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// assert_eq!(response.attempts(), 1);
    /// # Ok(()) }
    /// ```
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// Returns the value that the response means, as the call itself does.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.clients().list().with_raw_response().await?;
    /// let clients = response.parse()?;
    /// assert_eq!(clients.len(), 3);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Response`](crate::ErrorKind::Response) if the body does not have the documented form.
    pub fn parse(self) -> Result<T, Error> {
        self.value
    }
}

impl<T> fmt::Debug for RawResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing that the server wrote: it can be a credential.
        write!(f, "RawResponse({}, {} bytes)", self.response.status, self.response.body.len())
    }
}
