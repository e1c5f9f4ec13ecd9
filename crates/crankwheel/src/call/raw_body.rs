//! The response to a raw request, whose body is not read as a model.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::json::scan;
use crate::transport::Response;

/// The response to [`CrankWheel::request`](crate::CrankWheel::request), whatever its body.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
/// println!("{} {}", response.status_code(), response.json()?);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RawBody {
    response: Response,
}

impl RawBody {
    pub(crate) fn new(response: &Response) -> Self {
        RawBody { response: response.clone() }
    }

    /// Returns the HTTP status, such as 200.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
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
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
    /// for (name, value) in response.headers() {
    ///     println!("{name}: {value}");
    /// }
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
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
    /// assert!(response.request_id().is_some());
    /// # Ok(()) }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.response.request_id()
    }

    /// Returns the body.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
    /// println!("{} bytes", response.body().len());
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
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
    /// assert_eq!(response.attempts(), 1);
    /// # Ok(()) }
    /// ```
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// Reads the body as JSON. An empty body is `null`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let response = cw.request("GET", "/ss/rsapi/reseller/plans", &[], None).await?;
    /// assert_eq!(response.json()?[0]["api_name"], "plan_1");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Response`](ErrorKind::Response) if the body is not JSON.
    pub fn json(&self) -> Result<Value, Error> {
        body_json(&self.response.body)
    }
}

/// Reads a body as JSON, an empty one as `null`.
#[doc(hidden)]
pub fn body_json(body: &Bytes) -> Result<Value, Error> {
    let mark = scan::BYTE_ORDER_MARK.as_bytes();
    if body.strip_prefix(mark).unwrap_or(body).iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    let raw = scan::parse(body)
        .map_err(|error| Error::new(ErrorKind::Response, format!("response body: {}", error.problem)))?;
    Ok(scan::value(raw.get()))
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({}, {} bytes)", self.response.status, self.response.body.len())
    }
}
