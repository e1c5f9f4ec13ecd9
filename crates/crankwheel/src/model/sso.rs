//! Login links, which are credentials and are not printed.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::json::{DecodeError, Path, read_text, scan};
use crate::secret::Secret;
use crate::spelling::name;

/// A URL that logs a user in. For two minutes, anyone who has it can log in as the user (the
/// API document, Grant Token).
///
/// Display and debug output mask the token. Only [`url`](LoginLink::url),
/// [`dashboard_only`](LoginLink::dashboard_only) and [`popup_only`](LoginLink::popup_only) return
/// it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// # use crankwheel::{ClientFields, GrantToken, SettingsFields};
/// # let acme = cw.clients().create(ClientFields::new().sname("acmecorp")
/// #     .settings(SettingsFields::new().provisioning_provider("reseller"))).await?;
/// # let options = GrantToken::new().create_in(&acme);
/// let link = cw.sso().grant_token("agent@acme.example", options).await?;
/// assert!(link.to_string().starts_with("LoginLink(url=***"));
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct LoginLink {
    url: Secret,
    expires_at: Timestamp,
}

impl LoginLink {
    /// The time for which a link is valid.
    ///
    /// ```
    /// assert_eq!(crankwheel::LoginLink::VALID_FOR.as_secs(), 120);
    /// ```
    pub const VALID_FOR: Duration = Duration::from_secs(120);

    pub(crate) fn decode(body: &Bytes, sent_at: Timestamp) -> Result<Self, DecodeError> {
        // The error names the place but not the value, which could be the credential.
        let refuse = || {
            let at = Path::Key(&Path::Root, "login_url");
            DecodeError::new(&at, "expected a URL (what was found is not shown: it may be a credential)")
        };
        let raw = scan::parse(body).map_err(|_| DecodeError::new(&Path::Root, "not valid JSON"))?;
        let members = scan::members(raw.get(), &Path::Root)
            .map_err(|_| DecodeError::new(&Path::Root, "expected an object"))?;
        let url = members
            .into_iter()
            .rev()
            .find(|(name, _)| name == "login_url")
            .and_then(|(_, value)| read_text(value.get()))
            .ok_or_else(refuse)?;
        if Url::parse(&url).is_err() {
            return Err(refuse());
        }
        // Rounded down, so that it is never later than the server's.
        let sent_at = Timestamp::from_second(sent_at.as_second()).unwrap_or(sent_at);
        let expires_at = sent_at.checked_add(SignedDuration::from_secs(120)).unwrap_or(Timestamp::MAX);
        Ok(LoginLink { url: Secret::new(url), expires_at })
    }

    /// Returns the link, which opens the dashboard, and the pop-up if CrankWheel is installed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # use crankwheel::{ClientFields, GrantToken, SettingsFields};
    /// # let acme = cw.clients().create(ClientFields::new().sname("acmecorp")
    /// #     .settings(SettingsFields::new().provisioning_provider("reseller"))).await?;
    /// # let options = GrantToken::new().create_in(&acme);
    /// let link = cw.sso().grant_token("agent@acme.example", options).await?;
    /// assert!(link.url().contains("/rlogin/"));
    /// # Ok(()) }
    /// ```
    pub fn url(&self) -> &str {
        self.url.reveal()
    }

    /// Returns the link that opens only the dashboard.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # use crankwheel::{ClientFields, GrantToken, SettingsFields};
    /// # let acme = cw.clients().create(ClientFields::new().sname("acmecorp")
    /// #     .settings(SettingsFields::new().provisioning_provider("reseller"))).await?;
    /// # let options = GrantToken::new().create_in(&acme);
    /// let link = cw.sso().grant_token("agent@acme.example", options).await?;
    /// assert!(link.dashboard_only().ends_with("?mode=dashboard_only"));
    /// # Ok(()) }
    /// ```
    pub fn dashboard_only(&self) -> String {
        self.with_mode("dashboard_only")
    }

    /// Returns the link that opens only the pop-up. Open it in a new window or tab.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # use crankwheel::{ClientFields, GrantToken, SettingsFields};
    /// # let acme = cw.clients().create(ClientFields::new().sname("acmecorp")
    /// #     .settings(SettingsFields::new().provisioning_provider("reseller"))).await?;
    /// # let options = GrantToken::new().create_in(&acme);
    /// let link = cw.sso().grant_token("agent@acme.example", options).await?;
    /// assert!(link.popup_only().ends_with("?mode=popup_only"));
    /// # Ok(()) }
    /// ```
    pub fn popup_only(&self) -> String {
        self.with_mode("popup_only")
    }

    /// Returns the time two minutes after the request was sent, by the local clock. With a correct
    /// clock, it is never later than the server's expiry.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # use crankwheel::{ClientFields, GrantToken, SettingsFields};
    /// # let acme = cw.clients().create(ClientFields::new().sname("acmecorp")
    /// #     .settings(SettingsFields::new().provisioning_provider("reseller"))).await?;
    /// # let options = GrantToken::new().create_in(&acme);
    /// let link = cw.sso().grant_token("agent@acme.example", options).await?;
    /// assert!(link.expires_at() > jiff::Timestamp::now());
    /// # Ok(()) }
    /// ```
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn with_mode(&self, mode: &str) -> String {
        // It was parsed when it was read.
        let Ok(mut url) = Url::parse(self.url()) else { return self.url().to_owned() };
        url.query_pairs_mut().append_pair("mode", mode);
        url.into()
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
