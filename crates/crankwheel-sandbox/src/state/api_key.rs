//! API keys.

use serde::{Deserialize, Serialize};

/// An API key of the reseller's beside the two that a sandbox starts with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) read_only: bool,
    /// Address of the person to whom it belongs: who set a plan with it.
    pub(crate) owner: String,
}
