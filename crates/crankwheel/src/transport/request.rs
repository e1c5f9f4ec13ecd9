//! A request before it is sent: method, path, query and body, and the rules for sending it.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::secret::encode_segment;
use crate::spelling::string;

/// The effect of a request, which determines its connection and its retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    /// Changes nothing. It uses pooled connections and is retried.
    Read,
    /// Creates a login link. It uses pooled connections, because a second link does no harm, and is
    /// retried like a write.
    IssuesCredential,
    /// Changes something. It uses a new connection, and is retried only if it was certainly not
    /// applied.
    Write,
    /// Changes something, but is idempotent or the caller opted in. It uses a new connection, and
    /// is retried like a read.
    Repeatable,
}

impl Safety {
    /// Returns true if the request can use a pooled connection. The response to a write can leave
    /// bytes on its connection, and a stale connection would leave the result of a write unknown.
    pub fn pooled(self) -> bool {
        matches!(self, Safety::Read | Safety::IssuesCredential)
    }
}

/// The maximum size of a decompressed response.
const MAX_RESPONSE: u64 = 64 << 20;
/// The same for responses that grow with the number of clients.
const MAX_LARGE_RESPONSE: u64 = 4 << 30;

/// The default timeout of a call.
const TIMEOUT: Duration = Duration::from_secs(90);
/// The same for responses that grow with the number of clients.
const LARGE_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// A request to the API.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: &'static str,
    /// The path below the base URL, percent-encoded.
    pub path: String,
    /// The path with names for its variable parts, for logs, which must not contain e-mail
    /// addresses.
    pub template: &'static str,
    pub query: Vec<(Cow<'static, str>, String)>,
    pub body: Option<Bytes>,
    pub safety: Safety,
    /// True if the response grows with the number of clients, which raises its limits.
    pub large: bool,
    /// True if the caller needs the body of the response.
    pub needs_body: bool,
    /// True if the response is a credential, no part of which can be shown.
    pub secret_response: bool,
    /// Tells the caller how to find out whether a write was applied.
    pub check: String,
    /// Tells the caller what to check after a 404. If empty, it is the id or e-mail address.
    pub not_found: String,
}

impl Request {
    /// Creates a read.
    pub fn read(path: String, template: &'static str) -> Self {
        Request {
            method: "GET",
            path,
            template,
            query: Vec::new(),
            body: None,
            safety: Safety::Read,
            large: false,
            needs_body: true,
            secret_response: false,
            check: String::new(),
            not_found: String::new(),
        }
    }

    /// Creates a write. `check` tells the caller how to find out whether it was applied.
    pub fn write(
        method: &'static str,
        path: String,
        template: &'static str,
        check: impl Into<String>,
    ) -> Self {
        let read = Self::read(path, template);
        Request { method, safety: Safety::Write, needs_body: false, check: check.into(), ..read }
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// Returns the maximum size of the response in bytes.
    pub fn max_response_size(&self) -> u64 {
        if self.large { MAX_LARGE_RESPONSE } else { MAX_RESPONSE }
    }

    /// Returns the default timeout of the call.
    pub fn default_timeout(&self) -> Duration {
        if self.large { LARGE_TIMEOUT } else { TIMEOUT }
    }

    /// Returns the error of a request that was not sent.
    pub fn not_sent(&self, error: Error) -> Error {
        let error = error.with_request(self.method, &self.path);
        if self.safety == Safety::Read { error } else { self.failed_write(error, false) }
    }

    /// Returns the error of a call that was dropped because closing the client took longer than `limit`.
    pub fn dropped(&self, limit: Duration) -> Error {
        let message = format!("the client was closed, and the call did not end within {limit:?}");
        let error = Error::new(ErrorKind::Timeout, message).with_request(self.method, &self.path);
        if self.safety == Safety::Read { error } else { self.failed_write(error, true) }
    }

    /// Adds to the error of a write whether it may have been applied, and how to find out.
    pub fn failed_write(&self, error: Error, maybe_applied: bool) -> Error {
        let error = error.with_maybe_applied(Some(maybe_applied));
        if maybe_applied && !self.check.is_empty() { error.hint(&self.check) } else { error }
    }

    /// Returns the URL below a base URL, whose path is kept.
    pub fn url(&self, base: &Url) -> Result<Url, Error> {
        let query = self.query.iter().map(|(name, value)| name.len() + value.len()).max().unwrap_or(0);
        let (part, longest) =
            if query > self.path.len() { ("query", query) } else { ("path", self.path.len()) };
        if longest > MAX_URL_PART {
            return Err(too_long(part, longest, MAX_URL_PART));
        }
        let path = format!("{}{}", base.path().trim_end_matches('/'), self.path);
        let mut url = base.clone();
        url.set_path(&path);
        if !self.query.is_empty() {
            let mut query = String::new();
            for (index, (name, value)) in self.query.iter().enumerate() {
                query.extend((index > 0).then_some("&"));
                query.extend(utf8_percent_encode(name, QUERY));
                query.push('=');
                query.extend(utf8_percent_encode(value, QUERY));
            }
            url.set_query(Some(&query));
        }
        // A path that the URL parser changes would reach another endpoint.
        if url.path() == path {
            Ok(url)
        } else {
            Err(Error::invalid("path", format!("not a valid path of a URL, got {}", string(&self.path))))
        }
    }
}

/// The maximum length of a path, and of one pair of the query. Servers and gateways accept less.
pub(crate) const MAX_URL_PART: usize = 16 << 10;

/// The maximum length of a name in a path. An e-mail address has at most 254 characters.
const MAX_SEGMENT: usize = 1000;

/// Returns the error for an argument that is too long for a URL.
pub(crate) fn too_long(name: &str, length: usize, most: usize) -> Error {
    Error::invalid(name, format!("must be at most {most} characters long to fit in a URL, got {length}"))
}

/// Letters, digits and `-._~` are not encoded in a query; everything else is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes an untrusted string as one segment of a path.
///
/// Empty segments, `.` and `..` are refused: URL parsers remove them, and the request would reach
/// another endpoint.
pub(crate) fn encode_segment_named(name: &str, text: &str) -> Result<String, Error> {
    match text {
        "" => Err(Error::invalid(name, "must not be empty")),
        _ if text.len() > MAX_SEGMENT && text.chars().count() > MAX_SEGMENT => {
            Err(too_long(name, text.chars().count(), MAX_SEGMENT))
        }
        "." | ".." => {
            Err(Error::invalid(name, format!("must not be {text:?}, which would reach another endpoint")))
        }
        _ if text.chars().any(char::is_control) => {
            Err(Error::invalid(name, "must not contain line breaks or other control characters"))
        }
        _ => Ok(encode_segment(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_path_of_the_base_url_is_kept() {
        let base = Url::parse("https://gate.example/cw").unwrap();
        for (long, part) in [
            (Request::read(format!("/{}", "a".repeat(1 << 20)), ""), "path: "),
            (Request::read("/a".into(), "").query("start", "b".repeat(1 << 20)), "query: "),
        ] {
            let error = long.url(&base).unwrap_err();
            assert!(error.message().starts_with(part) && error.message().len() < 200, "{error}");
        }
        let request = Request::read("/ss/rsapi/clients".into(), "").query("start", "a b&c=d/é");
        assert_eq!(
            request.url(&base).unwrap().as_str(),
            "https://gate.example/cw/ss/rsapi/clients?start=a%20b%26c%3Dd%2F%C3%A9"
        );
    }

    #[test]
    fn segments_are_encoded_or_refused() {
        for refused in ["", ".", "..", "a\nb", "a\rb", "\0"] {
            assert!(encode_segment_named("email", refused).is_err(), "{refused:?}");
        }
        let long = encode_segment_named("email", &"ü".repeat(1001)).unwrap_err();
        assert_eq!(long.message(), "email: must be at most 1000 characters long to fit in a URL, got 1001");
        assert!(encode_segment_named("email", &"ü".repeat(1000)).is_ok());
        assert_eq!(encode_segment_named("email", "a/b?c#d@x.y").unwrap(), "a%2Fb%3Fc%23d@x.y");
        assert_eq!(encode_segment_named("email", "%2e%2e").unwrap(), "%252e%252e");
    }

    proptest! {
        #[test]
        fn a_segment_stays_one_segment(text in "\\PC*") {
            let base = Url::parse("https://h/p").unwrap();
            if let Ok(segment) = encode_segment_named("email", &text) {
                let url = Request::read(format!("/a/{segment}/z"), "").url(&base).unwrap();
                let parts: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(parts.len(), 4);
                let decoded = percent_encoding::percent_decode_str(parts[2]).decode_utf8().unwrap();
                prop_assert_eq!(decoded, text);
            }
        }
    }
}
