//! The usage history: every session of every client, and the totals.

use std::fmt;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::clients::Clients;
use super::sessions::Sessions;
use super::stats::UsageStats;
use crate::json::{Path, scan};
use crate::model::{Client, List};

/// All screen-sharing sessions of a period (the API document, Get Usage History for All Clients).
///
/// A clone is cheap. [`UsageHistory::to_json_text`] returns everything that the response contained.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let history = cw.reseller().usage(()).await?;
/// for session in history.sessions().iter() {
///     println!("{:?} {:?} s", session.email, session.duration);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct UsageHistory {
    inner: Arc<Inner>,
}

/// A member that the SDK does not know.
pub(super) struct ExtraMember {
    /// The JSON of its name.
    pub name: Box<str>,
    pub value: Box<RawValue>,
}

struct Inner {
    stats: UsageStats,
    sessions: Sessions,
    clients: Option<Clients>,
    response: Arc<Response>,
}

/// The parts of the response that the columns do not represent.
struct Response {
    /// The raw JSON of `stats`.
    raw_stats: Option<Box<RawValue>>,
    /// True if `sessions` was a list. It was null otherwise.
    is_list: bool,
    /// Members that this version does not know.
    extra: Vec<ExtraMember>,
}

impl UsageHistory {
    /// Creates a history. `sessions` is `None` if it was null.
    pub(super) fn new(
        stats: UsageStats,
        raw_stats: Option<Box<RawValue>>,
        sessions: Option<Sessions>,
        extra: Vec<ExtraMember>,
    ) -> Self {
        let is_list = sessions.is_some();
        let sessions = sessions.unwrap_or_default();
        let response = Arc::new(Response { raw_stats, is_list, extra });
        UsageHistory { inner: Arc::new(Inner { stats, sessions, clients: None, response }) }
    }

    /// Returns a history with these clients, which shares the response.
    pub(super) fn joined(&self, clients: Clients) -> Self {
        let mut stats = self.stats().clone();
        for user in &mut stats.user_stats {
            user.client_id = user.sname.as_deref().and_then(|sname| clients.id(sname));
        }
        let snames = self.sessions().sname().iter();
        let sessions = Sessions {
            columns: Arc::clone(&self.sessions().columns),
            client_ids: Some(snames.map(|sname| clients.id(sname)).collect()),
        };
        let response = Arc::clone(&self.inner.response);
        UsageHistory { inner: Arc::new(Inner { stats, sessions, clients: Some(clients), response }) }
    }

    pub(super) fn clients(&self) -> Option<&Clients> {
        self.inner.clients.as_ref()
    }

    /// Returns the totals, as the API adds them up.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let history = cw.reseller().usage(()).await?;
    /// for user in &history.stats().user_stats {
    ///     println!("{}: {} sessions", user.email, user.total_count);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn stats(&self) -> &UsageStats {
        &self.inner.stats
    }

    /// Returns the sessions.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [{"email": "agent@acme.example", "duration": 60}]}"#)?;
    /// assert_eq!(history.sessions().len(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Returns the history with the ids of these clients on its rows: [`Session::client_id`] and
    /// [`UserStats::client_id`]. A row finds its client by `sname`; without one it keeps `None`.
    ///
    /// It copies no session. The JSON of the history stays that of the response, without the ids.
    ///
    /// [`Session::client_id`]: crate::Session::client_id
    /// [`UserStats::client_id`]: crate::UserStats::client_id
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let clients = cw.clients().list().await?;
    /// let history = cw.reseller().usage(()).await?.with_clients(&clients);
    /// for session in history.sessions().iter() {
    ///     println!("{:?} {:?} s", session.client_id, session.duration);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn with_clients(&self, clients: &List<Client>) -> Self {
        self.with_client_ids(clients.iter().map(|client| (client.sname, client.id)))
    }

    /// As [`UsageHistory::with_clients`], with the `sname` and the id of each client.
    #[doc(hidden)]
    pub fn with_client_ids(&self, clients: impl IntoIterator<Item = (Box<str>, i64)>) -> Self {
        self.joined(Clients::new(clients))
    }

    /// Returns the `sname` and the id of each client that was given, `None` if no clients were given.
    #[doc(hidden)]
    pub fn client_ids(&self) -> Option<impl Iterator<Item = (&str, i64)>> {
        self.clients().map(Clients::iter)
    }

    /// Returns the raw JSON of the totals.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [{"email": "agent@acme.example", "duration": 60}]}"#)?;
    /// assert_eq!(history.stats_json(), "null");
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn stats_json(&self) -> &str {
        self.raw_stats().map_or("null", RawValue::get)
    }

    /// Returns the raw JSON of the totals by user, a list.
    #[doc(hidden)]
    pub fn user_stats_json(&self) -> &str {
        let members = self.raw_stats().and_then(|raw| scan::members(raw.get(), &Path::Root).ok());
        let users = members.into_iter().flatten().rev().find(|(name, _)| name == "user_stats");
        users.map(|(_, users)| users.get()).filter(|users| users.starts_with('[')).unwrap_or("[]")
    }

    pub(super) fn raw_stats(&self) -> Option<&RawValue> {
        self.inner.response.raw_stats.as_deref()
    }

    /// Returns the sessions, unless they were null.
    pub(super) fn listed_sessions(&self) -> Option<&Sessions> {
        self.inner.response.is_list.then_some(&self.inner.sessions)
    }

    pub(super) fn extra(&self) -> &[ExtraMember] {
        &self.inner.response.extra
    }

    /// Returns the JSON of the history as a value.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [{"email": "agent@acme.example", "duration": 60}]}"#)?;
    /// assert_eq!(history.to_json()["sessions"][0]["duration"], 60);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn to_json(&self) -> serde_json::Value {
        scan::value(&self.to_json_text())
    }
}

impl PartialEq for UsageHistory {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
            || (self.stats() == other.stats()
                && self.sessions().len() == other.sessions().len()
                && self.sessions().iter().eq(other.sessions().iter()))
    }
}

impl fmt::Debug for UsageHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsageHistory")
            .field("sessions", &self.sessions().len())
            .field("total_sec", &self.stats().total_sec)
            .field("total_count", &self.stats().total_count)
            .field("users", &self.stats().user_stats.len())
            .finish()
    }
}
