//! Login links: credentials that hide themselves.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::json::{DecodeError, Path, read_text, scan};
use crate::secret::Secret;
use crate::spelling::name;

/// A URL that logs its user in: whoever has it is that user, for two minutes (the API document, Grant Token).
///
/// Printing, debugging and serializing hide the token; only [`url`](LoginLink::url),
/// [`dashboard_only`](LoginLink::dashboard_only) and [`popup_only`](LoginLink::popup_only) reveal it.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginLink {
    url: Secret,
    expires_at: Timestamp,
}

impl LoginLink {
    /// How long a link is valid.
    pub const VALID_FOR: Duration = Duration::from_secs(120);

    pub(crate) fn decode(body: &Bytes, asked_at: Timestamp) -> Result<Self, DecodeError> {
        // Errors name the place, never the value: it would be the credential.
        let refuse = || {
            let at = Path::Key(&Path::Root, "login_url");
            DecodeError::new(&at, "expected a URL (what was found is not shown: it may be a credential)")
        };
        let raw = scan::whole(body).map_err(|_| DecodeError::new(&Path::Root, "not valid JSON"))?;
        let members = scan::members(raw, &Path::Root)
            .map_err(|_| DecodeError::new(&Path::Root, "expected an object"))?;
        let url = members
            .into_iter()
            .rev()
            .find(|(name, _)| name == "login_url")
            .and_then(|(_, value)| read_text(value.get()))
            .ok_or_else(refuse)?;
        if url::Url::parse(&url).is_err() {
            return Err(refuse());
        }
        // To the second, rounded down: never later than the server's.
        let asked_at = Timestamp::from_second(asked_at.as_second()).unwrap_or(asked_at);
        let expires_at = asked_at.checked_add(SignedDuration::from_secs(120)).unwrap_or(Timestamp::MAX);
        Ok(LoginLink { url: Secret::new(url), expires_at })
    }

    /// The link as it came: opens the dashboard, and the pop-up where CrankWheel is installed.
    pub fn url(&self) -> &str {
        self.url.reveal()
    }

    /// The link that opens only the dashboard.
    pub fn dashboard_only(&self) -> String {
        self.with_mode("dashboard_only")
    }

    /// The link that opens only the pop-up; open it in a new window or tab.
    pub fn popup_only(&self) -> String {
        self.with_mode("popup_only")
    }

    /// Two minutes after the link was asked for, by this machine's clock: it is never later than the server's.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn with_mode(&self, mode: &str) -> String {
        let url = self.url();
        // A link that carries a query of its own takes the mode as one more parameter, before any fragment.
        let (base, fragment) = match url.split_once('#') {
            Some((base, fragment)) => (base, Some(fragment)),
            None => (url, None),
        };
        let separator = if base.contains('?') { '&' } else { '?' };
        let mut out = format!("{base}{separator}mode={mode}");
        if let Some(fragment) = fragment {
            out.push('#');
            out.push_str(fragment);
        }
        out
    }
}

impl fmt::Debug for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginLink(url=***, {}={})", name("expires_at"), self.expires_at)
    }
}

impl fmt::Display for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(url: &str) -> Result<LoginLink, DecodeError> {
        let body = Bytes::from(format!(r#"{{"login_url": {url}}}"#));
        LoginLink::decode(&body, "2019-03-03T15:47:51Z".parse().unwrap())
    }

    #[test]
    fn modes_and_expiry() {
        let plain = link(r#""https://meeting.is/ss/auth/rlogin/a@b.c:82E2""#).unwrap();
        assert_eq!(
            plain.dashboard_only(),
            "https://meeting.is/ss/auth/rlogin/a@b.c:82E2?mode=dashboard_only"
        );
        assert_eq!(plain.expires_at().to_string(), "2019-03-03T15:49:51Z");
        let more = link(r##""https://meeting.is/x?y=1#z""##).unwrap();
        assert_eq!(more.popup_only(), "https://meeting.is/x?y=1&mode=popup_only#z");
    }

    #[test]
    fn neither_printing_nor_errors_show_the_token() {
        let shown = link(r#""https://meeting.is/ss/auth/rlogin/a@b.c:82E2""#).unwrap();
        assert!(!format!("{shown} {shown:?}").contains("82E2"));
        let error = link(r#"["https://meeting.is/ss/auth/rlogin/a@b.c:82E2"]"#).unwrap_err();
        assert!(!error.to_string().contains("82E2"), "{error}");
        assert!(error.to_string().contains("$.login_url"), "{error}");
    }
}
