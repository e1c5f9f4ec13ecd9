//! Login links that were created and what they are for.

use serde::{Deserialize, Serialize};

use crate::time;

/// What is known of a login link; the token itself is the key under which it is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginToken {
    pub(crate) email: String,
    #[serde(with = "time::as_text")]
    pub(crate) expires_at: i64,
    pub(crate) dest_url: Option<String>,
}
