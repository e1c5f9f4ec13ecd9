//! Credentials stay in Rust until they are asked for by name.

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
    #[napi]
    pub fn url(&self) -> String {
        self.link.url().to_owned()
    }

    #[napi]
    pub fn dashboard_only(&self) -> String {
        self.link.dashboard_only()
    }

    #[napi]
    pub fn popup_only(&self) -> String {
        self.link.popup_only()
    }

    /// Milliseconds since 1970.
    #[napi]
    pub fn expires_at(&self) -> f64 {
        self.link.expires_at().as_millisecond() as f64
    }
}

/// A key that is hidden.
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
    #[napi]
    pub fn reveal(&self) -> String {
        self.secret.reveal().to_owned()
    }
}
