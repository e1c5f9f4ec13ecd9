//! Impersonation keys, which contain the reseller's own key.

use super::hidden::Secret;

/// The prefix of every impersonation key.
pub(crate) const IMPERSONATION_PREFIX: &str = "resellerimpersonate-";

/// Returns `resellerimpersonate-<client id>-<reseller key>`, which acts as an administrator of that
/// client.
pub(crate) fn impersonation_key(client_id: i64, key: &Secret) -> Secret {
    Secret::new(format!("{IMPERSONATION_PREFIX}{client_id}-{}", key.reveal()))
}

/// Returns the id of the client that a key acts for, if it is an impersonation key.
pub(crate) fn impersonated_client(key: &Secret) -> Option<String> {
    let (id, _) = key.reveal().strip_prefix(IMPERSONATION_PREFIX)?.split_once('-')?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.to_owned())
}
