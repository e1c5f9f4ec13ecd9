//! The totals of a usage history.

use serde_json::value::RawValue;

use super::cells::{count, text};
use super::unusual::{USER, Unusual};
use crate::json::{DecodeError, Path, scan};

/// The totals of a usage history. [`UsageHistory::stats`](crate::UsageHistory::stats) returns them.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let history = cw.reseller().usage(()).await?;
/// let stats = history.stats();
/// println!("{:?} sessions, {:?} s", stats.total_count, stats.total_sec);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageStats {
    /// The total duration of all sessions, in seconds.
    pub total_sec: Option<i64>,
    /// The number of sessions.
    pub total_count: Option<i64>,
    /// The totals of each user at each company. An e-mail address can appear for several companies.
    pub user_stats: Vec<UserStats>,
}

/// The totals of one user at one company.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let history = cw.reseller().usage(()).await?;
/// for user in &history.stats().user_stats {
///     println!("{} at {:?}: {} s", user.email, user.sname, user.total_sec);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserStats {
    /// The user's e-mail address.
    pub email: Box<str>,
    /// The company's short name.
    pub sname: Option<Box<str>>,
    /// The company's human-readable name.
    pub lname: Option<Box<str>>,
    /// The total duration of the user's sessions, in seconds.
    pub total_sec: i64,
    /// The number of the user's sessions.
    pub total_count: i64,
    /// The client's id, if the history has its clients
    /// ([`UsageHistory::with_clients`](crate::UsageHistory::with_clients)) and the client is among
    /// them. The API does not send it.
    pub client_id: Option<i64>,
    pub(super) unusual: Unusual,
}

impl UsageStats {
    pub(super) fn decode(raw: &RawValue, at: &Path<'_>) -> Result<Self, DecodeError> {
        let mut stats = UsageStats::default();
        if raw.get() == "null" {
            return Ok(stats);
        }
        for (name, value) in scan::members(raw.get(), at)? {
            let at = Path::Key(at, &name);
            match &*name {
                "total_sec" => stats.total_sec = count(value, &at)?,
                "total_count" => stats.total_count = count(value, &at)?,
                "user_stats" if value.get() == "null" => {}
                // A list of maps, each with the e-mail address of one user. Several are accepted.
                "user_stats" => {
                    for (index, item) in scan::list(value.get(), &at)?.into_iter().enumerate() {
                        let at = Path::Index(&at, index);
                        for (email, totals) in scan::members(item.get(), &at)? {
                            stats.user_stats.push(UserStats::decode(
                                &email,
                                totals,
                                &Path::Key(&at, &email),
                            )?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(stats)
    }
}

impl UserStats {
    fn decode(email: &str, raw: &RawValue, at: &Path<'_>) -> Result<Self, DecodeError> {
        let (mut sname, mut lname, mut total_sec, mut total_count) = (None, None, None, None);
        let mut unusual = Unusual::default();
        for (name, value) in scan::members(raw.get(), at)? {
            let at = Path::Key(at, &name);
            if !USER.contains(&&*name) {
                unusual.0.get_or_insert_with(|| raw.get().into());
            }
            match &*name {
                "sname" => sname = text(Some(value), &at)?.0,
                "lname" => lname = text(Some(value), &at)?.0,
                "total_sec" => total_sec = count(value, &at)?,
                "total_count" => total_count = count(value, &at)?,
                _ => {}
            }
        }
        let needed = |value: Option<i64>, name| {
            value.ok_or_else(|| DecodeError::new(&Path::Key(at, name), "expected an integer, found nothing"))
        };
        Ok(UserStats {
            email: email.into(),
            sname: sname.map(Box::from),
            lname: lname.map(Box::from),
            total_sec: needed(total_sec, "total_sec")?,
            total_count: needed(total_count, "total_count")?,
            client_id: None,
            unusual,
        })
    }
}
