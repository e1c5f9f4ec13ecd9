//! A request before it is sent: method, path, query and body, and what may be done with it.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::Error;
use crate::secret::encode_segment;
use crate::spelling::string;

/// What a request does, which decides how it is sent and when it may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    /// Changes nothing: pooled connections, retried.
    Read,
    /// Creates a login link: harmless to create again, so it may use the pool; retried like a write.
    IssuesCredential,
    /// Changes something: a connection of its own, sent again only if it was certainly not carried out.
    Write,
    /// Changes something, but twice does no more than once, or the caller asked for it: a connection of its own,
    /// retried like a read.
    Repeatable,
}

impl Safety {
    /// Whether pooled connections may be used. A write's answer can leave bytes on its connection, and a stale
    /// connection would make a write's outcome unknown.
    pub fn pooled(self) -> bool {
        matches!(self, Safety::Read | Safety::IssuesCredential)
    }
}

/// The largest response that is accepted, unpacked: small ones, and the two that grow with the reseller.
const SMALL_RESPONSE: u64 = 64 << 20;
const LARGE_RESPONSE: u64 = 4 << 30;

/// How long a call may take unless the caller says otherwise, alike.
const TOTAL: Duration = Duration::from_secs(90);
const TOTAL_LARGE: Duration = Duration::from_secs(15 * 60);

/// One request of the API.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: &'static str,
    /// Below the base URL, percent-encoded.
    pub path: String,
    /// The path with names for its variable parts: what logs show, e-mail addresses do not belong there.
    pub template: &'static str,
    pub query: Vec<(Cow<'static, str>, String)>,
    pub body: Option<Bytes>,
    pub safety: Safety,
    /// Whether the response can be very large, which gives it more time and space.
    pub large: bool,
    /// Whether the caller needs the response's body.
    pub needs_body: bool,
    /// Whether the response holds a credential, so that no part of it may be shown.
    pub secret_response: bool,
    /// How a caller finds out whether a write was applied.
    pub check: String,
}

impl Request {
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
        }
    }

    pub fn write(
        method: &'static str,
        path: String,
        template: &'static str,
        check: impl Into<String>,
    ) -> Self {
        let read = Self::read(path, template);
        Request { method, safety: Safety::Write, needs_body: false, check: check.into(), ..read }
    }

    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((Cow::Borrowed(name), value.into()));
        self
    }

    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    /// Returns how many bytes its response may have.
    pub fn largest_response(&self) -> u64 {
        if self.large { LARGE_RESPONSE } else { SMALL_RESPONSE }
    }

    /// How long its call may take by default.
    pub fn default_timeout(&self) -> Duration {
        if self.large { TOTAL_LARGE } else { TOTAL }
    }

    /// Says of a failed write whether it may have been carried out, and how to find out.
    pub fn outcome(&self, error: Error, maybe_applied: bool) -> Error {
        let error = error.maybe(Some(maybe_applied));
        if maybe_applied && !self.check.is_empty() { error.hint(&self.check) } else { error }
    }

    /// The URL below a base; the base's own path is kept in front.
    pub fn url(&self, base: &Url) -> Result<Url, Error> {
        let mut text = base.as_str().trim_end_matches('/').to_owned();
        let path = format!("{}{}", base.path().trim_end_matches('/'), self.path);
        text.push_str(&self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.extend(utf8_percent_encode(name, QUERY));
            text.push('=');
            text.extend(utf8_percent_encode(value, QUERY));
        }
        match Url::parse(&text) {
            // The last line of defence: what a URL parser changed would reach another endpoint.
            Ok(url) if url.path() == path => Ok(url),
            _ => {
                Err(Error::invalid("path", format!("not a valid path of a URL, got {}", string(&self.path))))
            }
        }
    }
}

/// Letters, digits and `-._~` stay as they are in a query; everything else is encoded.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes untrusted text as one segment of a path.
///
/// Empty ones, `.` and `..` are refused: URL parsers collapse them, and the request would reach another endpoint.
pub(crate) fn encode_segment_named(name: &str, text: &str) -> Result<String, Error> {
    match text {
        "" => Err(Error::invalid(name, "must not be empty")),
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
    fn a_base_path_is_kept() {
        let base = Url::parse("https://gate.example/cw").unwrap();
        let request = Request::read("/ss/rsapi/clients".into(), "").query("start", "a b&c=d/é");
        assert_eq!(
            request.url(&base).unwrap().as_str(),
            "https://gate.example/cw/ss/rsapi/clients?start=a%20b%26c%3Dd%2F%C3%A9"
        );
    }

    #[test]
    fn hostile_segments() {
        for refused in ["", ".", "..", "a\nb", "a\rb", "\0"] {
            assert!(encode_segment_named("email", refused).is_err(), "{refused:?}");
        }
        assert_eq!(encode_segment_named("email", "a/b?c#d@x.y").unwrap(), "a%2Fb%3Fc%23d@x.y");
        assert_eq!(encode_segment_named("email", "%2e%2e").unwrap(), "%252e%252e");
    }

    proptest! {
        #[test]
        fn a_segment_never_leaves_its_place(text in "\\PC*") {
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
