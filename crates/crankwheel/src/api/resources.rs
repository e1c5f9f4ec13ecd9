//! The resources: what operations are called on.

use std::fmt;
use std::sync::Arc;

use crate::transport::Shared;

/// Client companies of the reseller.
#[derive(Clone)]
pub struct Clients {
    pub(super) shared: Arc<Shared>,
}

/// What concerns the reseller as a whole.
#[derive(Clone)]
pub struct Reseller {
    pub(super) shared: Arc<Shared>,
}

/// Single sign-on.
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
