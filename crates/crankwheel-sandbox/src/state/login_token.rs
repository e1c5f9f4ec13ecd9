//! Login links that were created.

use serde::{Deserialize, Serialize};

use crate::time;

/// One login link; the state stores it by its token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginToken {
    pub(crate) email: String,
    #[serde(with = "time::rfc3339")]
    pub(crate) expires_at: i64,
    pub(crate) dest_url: Option<String>,
}
