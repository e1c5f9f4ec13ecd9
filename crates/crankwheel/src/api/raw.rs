//! Raw requests: any path below the base URL, for endpoints that are newer than the SDK.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::call::{Call, RawBody};
use crate::error::Error;
use crate::spelling::string;
use crate::transport::{Request, Safety, Shared};

/// Raw requests as an administrator of one client.
/// [`CrankWheel::impersonate`](crate::CrankWheel::impersonate) returns it.
///
/// ```
/// let cw = crankwheel::CrankWheel::new("my-key")?;
/// let acting = cw.impersonate(27084)?;
/// let request = acting.request("GET", "/ss/api/users", &[], None).dry_run()?;
/// assert!(request.curl().contains("Basic resellerimpersonate-27084-$CRANKWHEEL_API_KEY"));
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone)]
pub struct Impersonation {
    shared: Arc<Shared>,
}

impl Impersonation {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Impersonation { shared }
    }

    /// Sends a request with the impersonation key. The arguments are those of
    /// [`CrankWheel::request`](crate::CrankWheel::request).
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let call = cw.impersonate(27084)?.request("GET", "/ss/api/users", &[("page", "2")], None);
    /// assert_eq!(call.dry_run()?.url, "https://meeting.is/ss/api/users?page=2");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        json: Option<&Value>,
    ) -> Call<RawBody> {
        raw_request(&self.shared, method, path, query, json)
    }
}

impl fmt::Debug for Impersonation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Impersonation").field("base_url", &self.shared.base_url()).finish_non_exhaustive()
    }
}

/// Creates a call for any request below the base URL.
pub(crate) fn raw_request(
    shared: &Arc<Shared>,
    method: &str,
    path: &str,
    query: &[(&str, &str)],
    json: Option<&Value>,
) -> Call<RawBody> {
    let request = RequestMethod::parse(method).and_then(|method| method.request(path, query, json));
    Call::single(shared, request, |_, response| Ok(RawBody::new(response)))
}

/// The method of a raw request.
struct RequestMethod(&'static str);

impl RequestMethod {
    fn parse(method: &str) -> Result<Self, Error> {
        const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
        let known = METHODS.iter().find(|name| name.eq_ignore_ascii_case(method));
        known.map(|name| RequestMethod(name)).ok_or_else(|| {
            Error::invalid("method", format!("must be one of {}, got {}", METHODS.join(", "), string(method)))
        })
    }

    fn request(self, path: &str, query: &[(&str, &str)], json: Option<&Value>) -> Result<Request, Error> {
        const TEMPLATE: &str = "(raw request)";
        let path = checked_path(path)?;
        let check = "find out whether it was applied before you send it again";
        let mut request = match self.0 {
            "GET" | "HEAD" => Request { method: self.0, ..Request::read(path, TEMPLATE) },
            method => Request::write(method, path, TEMPLATE, check),
        };
        request.needs_body = true;
        // The response to grant token is a credential, also that of a raw request.
        request.secret_response = request.safety == Safety::Write && request.path.contains("grant_token");
        let pair = |(name, value): &(&str, &str)| (Cow::Owned((*name).to_owned()), (*value).to_owned());
        request.query = query.iter().map(pair).collect();
        Ok(match json {
            Some(body) => request.json(body),
            None => request,
        })
    }
}

/// Checks that URL parsers read a path as one below the base URL.
fn checked_path(path: &str) -> Result<String, Error> {
    // The message does not quote the path, which could be a login link.
    let refuse = |why: &str| Err(Error::invalid("path", why));
    if path.contains("://") || path.starts_with("//") || path.contains('\\') {
        return refuse(
            "must be a path below the base URL, such as /ss/rsapi/clients, without a scheme or host",
        );
    }
    if path.contains(['?', '#']) {
        return refuse("must not contain `?` or `#`; pass the query as `query`, or percent-encode them");
    }
    if path.chars().any(|c| c.is_control() || c.is_whitespace() || !c.is_ascii()) {
        return refuse("must be printable ASCII without spaces; percent-encode all other characters");
    }
    let dots = |segment: &str| {
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        decoded == "." || decoded == ".."
    };
    if path.split('/').any(dots) {
        return refuse("must not have `.` or `..` as a segment, which would reach another endpoint");
    }
    Ok(if path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_the_base_url() {
        assert_eq!(checked_path("ss/rsapi/clients").unwrap(), "/ss/rsapi/clients");
        for path in [
            "https://evil.example/x",
            "//evil.example/x",
            "/a\\b",
            "/a?b=c",
            "/a#b",
            "/a/../b",
            "/a/%2e%2E/b",
            "/a b",
            "/a\nb",
        ] {
            assert!(checked_path(path).is_err(), "{path:?}");
        }
    }
}
