//! Credentials, which stay in Rust until a getter reveals them.

use crankwheel::{LoginLink, Secret};
use napi_derive::napi;

/// A login link.
#[napi]
pub struct NativeLink {
    link: LoginLink,
}

impl NativeLink {
    pub fn new(link: LoginLink) -> Self {
        NativeLink { link }
    }
}

#[napi]
impl NativeLink {
    /// Returns the link.
    #[napi]
    pub fn url(&self) -> String {
        self.link.url().to_owned()
    }

    /// Returns the link that opens only the dashboard.
    #[napi]
    pub fn dashboard_only(&self) -> String {
        self.link.dashboard_only()
    }

    /// Returns the link that opens only the pop-up.
    #[napi]
    pub fn popup_only(&self) -> String {
        self.link.popup_only()
    }

    /// Returns the time of expiry in milliseconds since 1970.
    #[napi]
    pub fn expires_at(&self) -> f64 {
        self.link.expires_at().as_millisecond() as f64
    }
}

/// A hidden key.
#[napi]
pub struct NativeSecret {
    secret: Secret,
}

impl NativeSecret {
    pub fn new(secret: Secret) -> Self {
        NativeSecret { secret }
    }
}

#[napi]
impl NativeSecret {
    /// Returns the key.
    #[napi]
    pub fn reveal(&self) -> String {
        self.secret.reveal().to_owned()
    }
}
