//! The sessions of a usage history, stored as columns. Rows are created lazily.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::columns::{NULL_INT, RowJson};
use super::dictionary::Dictionary;

/// A screen-sharing session.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session<'a> {
    /// The presenter's e-mail address.
    pub email: Option<&'a str>,
    /// The company's short name.
    pub sname: Option<&'a str>,
    /// The company's human-readable name.
    pub lname: Option<&'a str>,
    /// The beginning of the session.
    pub start_date: Option<Timestamp>,
    /// The end of the session.
    pub end_date: Option<Timestamp>,
    /// The duration in seconds, `end_date - start_date`.
    pub duration: Option<i64>,
    /// The maximum number of viewers at one time (`viewer_info.max_viewer_count` in JSON).
    pub max_viewer_count: Option<i64>,
    /// The client's id, if the history has its clients
    /// ([`UsageHistory::with_clients`](crate::UsageHistory::with_clients)) and the client is among
    /// them. The API does not send it.
    pub client_id: Option<i64>,
}

/// The sessions of a [`UsageHistory`](crate::UsageHistory), stored as columns.
///
/// ```
/// use crankwheel::UsageHistory;
///
/// let history = UsageHistory::from_json(r#"{"sessions": [
///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
/// ]}"#)?;
/// let sessions = history.sessions();
/// let seconds: i64 = sessions.iter().filter_map(|session| session.duration).sum();
/// assert_eq!(seconds, 60);
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Sessions {
    pub(super) columns: Arc<SessionColumns>,
    /// The client's id for each distinct `sname`, if the clients are given.
    pub(super) client_ids: Option<Arc<[Option<i64>]>>,
}

#[derive(Default)]
pub(super) struct SessionColumns {
    pub(super) email: Dictionary,
    pub(super) sname: Dictionary,
    pub(super) lname: Dictionary,
    pub(super) start: Vec<i64>,
    pub(super) end: Vec<i64>,
    pub(super) duration: Vec<i64>,
    pub(super) viewers: Vec<i64>,
    /// The raw JSON of the rows that the columns cannot represent: with unknown, absent or null
    /// members.
    pub(super) unusual: RowJson,
}

impl Sessions {
    /// Returns the number of sessions.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.len(), 2);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.columns.start.len()
    }

    /// Returns true if there are no sessions.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert!(!sessions.is_empty());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.columns.start.is_empty()
    }

    /// Returns the session at `row`, counted from 0.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.get(0).unwrap().duration, Some(60));
    /// assert_eq!(sessions.get(2), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn get(&self, row: usize) -> Option<Session<'_>> {
        let number = |column: &[i64]| column.get(row).copied().filter(|number| *number != NULL_INT);
        let time =
            |column: &[i64]| number(column).and_then(|micros| Timestamp::from_microsecond(micros).ok());
        (row < self.len()).then(|| Session {
            email: self.columns.email.get(row),
            sname: self.columns.sname.get(row),
            lname: self.columns.lname.get(row),
            start_date: time(&self.columns.start),
            end_date: time(&self.columns.end),
            duration: number(&self.columns.duration),
            max_viewer_count: number(&self.columns.viewers),
            client_id: self.client_id(row),
        })
    }

    /// Returns the client's id for each distinct `sname`, in the order of the values of
    /// [`Sessions::sname`]; `None` if the history does not have its clients.
    ///
    /// ```
    /// use crankwheel::{Client, List, UsageHistory};
    ///
    /// let clients = List::<Client>::from_json(r#"[{"id": 27084, "sname": "acmecorp"}]"#)?;
    /// let history = UsageHistory::from_json(r#"{"sessions": [{"sname": "acmecorp"}, {"sname": "gone"}]}"#)?;
    /// assert_eq!(history.sessions().client_ids(), None);
    /// let history = history.with_clients(&clients);
    /// assert_eq!(history.sessions().client_ids(), Some([Some(27084), None].as_slice()));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn client_ids(&self) -> Option<&[Option<i64>]> {
        self.client_ids.as_deref()
    }

    /// Returns the client's id of a row.
    fn client_id(&self, row: usize) -> Option<i64> {
        let code = *self.columns.sname.codes().get(row)?;
        *self.client_ids.as_deref()?.get(usize::try_from(code).ok()?)?
    }

    /// Returns an iterator over the sessions.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.iter().filter(|session| session.email.is_some()).count(), 1);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Session<'_>> {
        // Every row below the length exists.
        (0..self.len()).map(|row| self.get(row).unwrap_or(Session::EMPTY))
    }

    /// Returns the column of the presenters' e-mail addresses.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.email().get(0), Some("agent@acme.example"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn email(&self) -> &Dictionary {
        &self.columns.email
    }

    /// Returns the column of the companies' short names.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.sname().get(0), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn sname(&self) -> &Dictionary {
        &self.columns.sname
    }

    /// Returns the column of the companies' human-readable names.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.lname().get(0), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn lname(&self) -> &Dictionary {
        &self.columns.lname
    }

    /// Returns the column of the beginnings, in microseconds since 1970. [`NULL_INT`] is null.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// use crankwheel::table::NULL_INT;
    /// assert_eq!(sessions.start_micros(), [NULL_INT, NULL_INT]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn start_micros(&self) -> &[i64] {
        &self.columns.start
    }

    /// Returns the column of the ends, in microseconds since 1970. [`NULL_INT`] is null.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// use crankwheel::table::NULL_INT;
    /// assert_eq!(sessions.end_micros(), [NULL_INT, NULL_INT]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn end_micros(&self) -> &[i64] {
        &self.columns.end
    }

    /// Returns the column of the durations, in seconds. [`NULL_INT`] is null.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// use crankwheel::table::NULL_INT;
    /// assert_eq!(sessions.duration(), [60, NULL_INT]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn duration(&self) -> &[i64] {
        &self.columns.duration
    }

    /// Returns the column of the maximum numbers of viewers at one time. [`NULL_INT`] is null.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// use crankwheel::table::NULL_INT;
    /// assert_eq!(sessions.max_viewer_count(), [NULL_INT, NULL_INT]);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn max_viewer_count(&self) -> &[i64] {
        &self.columns.viewers
    }

    /// Returns an iterator over the rows that the columns cannot represent, with their raw JSON:
    /// rows with unknown, absent or null members.
    ///
    /// ```
    /// use crankwheel::UsageHistory;
    ///
    /// let history = UsageHistory::from_json(r#"{"sessions": [
    ///     {"email": "agent@acme.example", "duration": 60}, {"email": null, "duration": null}
    /// ]}"#)?;
    /// let sessions = history.sessions();
    /// assert_eq!(sessions.unusual_rows().count(), 2);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn unusual_rows(&self) -> impl Iterator<Item = (usize, &str)> {
        self.columns.unusual.iter()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Session<'_> {
    const EMPTY: Session<'static> = Session {
        email: None,
        sname: None,
        lname: None,
        start_date: None,
        end_date: None,
        duration: None,
        max_viewer_count: None,
        client_id: None,
    };
}
