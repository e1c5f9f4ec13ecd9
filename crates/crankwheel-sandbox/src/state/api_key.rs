//! API keys.

use serde::{Deserialize, Serialize};

/// An API key of the reseller, in addition to the two that a sandbox starts with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKey {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) read_only: bool,
    /// The e-mail address of the key's owner, who is the `set_by` of plans set with the key.
    pub(crate) owner: String,
}
