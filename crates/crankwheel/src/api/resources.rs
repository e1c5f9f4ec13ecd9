//! The resources, which have the operations as methods.

use std::fmt;
use std::sync::Arc;

use crate::transport::Shared;

/// The operations on client companies. [`CrankWheel::clients`](crate::CrankWheel::clients) returns
/// it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let clients = cw.clients();
/// println!("{} clients", clients.list().await?.len());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Clients {
    pub(super) shared: Arc<Shared>,
}

/// The operations of the reseller account. [`CrankWheel::reseller`](crate::CrankWheel::reseller)
/// returns it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let reseller = cw.reseller();
/// println!("{} plans", reseller.plans().await?.len());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Reseller {
    pub(super) shared: Arc<Shared>,
}

/// The operations of single sign-on. [`CrankWheel::sso`](crate::CrankWheel::sso) returns it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let sso = cw.sso();
/// let accounts = sso.login_options("nobody@acme.example").await?;
/// assert!(accounts.is_empty());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Sso {
    pub(super) shared: Arc<Shared>,
}

macro_rules! resources {
    ($($resource:ident)*) => {$(
        impl $resource {
            pub(crate) fn new(shared: &Arc<Shared>) -> Self {
                $resource { shared: Arc::clone(shared) }
            }
        }

        impl fmt::Debug for $resource {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let base_url = self.shared.base_url();
                f.debug_struct(stringify!($resource)).field("base_url", &base_url).finish_non_exhaustive()
            }
        }
    )*};
}

resources!(Clients Reseller Sso);
