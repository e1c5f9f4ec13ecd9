//! Counting the sessions of a usage history as the API counts the meetings of a client.

use std::collections::HashMap;

use super::history::UsageHistory;

/// The default of the shortest meeting, in seconds (the API document, Get Client Usage).
const MIN_SECONDS: u32 = 40;

/// The number of meetings of one company. [`UsageHistory::count_meetings`] returns them.
///
/// ```
/// let history = crankwheel::UsageHistory::from_json(r#"{"sessions": [
///     {"sname": "acmecorp", "duration": 60, "viewer_info": {"max_viewer_count": 1}}
/// ]}"#)?;
/// let counts = history.count_meetings(None);
/// assert_eq!((&*counts[0].sname, counts[0].num_sessions), ("acmecorp", 1));
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeetingCount {
    /// The company's short name.
    pub sname: Box<str>,
    /// The client's id, if the history has its clients and the client is among them.
    pub client_id: Option<i64>,
    /// The number of meetings, to compare with
    /// [`ClientUsage::num_sessions`](crate::ClientUsage::num_sessions).
    pub num_sessions: u64,
}

impl UsageHistory {
    /// Counts the meetings of each company as the API does for one client
    /// ([`Clients::usage`](crate::Clients::usage)), without a request for each client.
    ///
    /// The history has every session; a meeting is one of at least `min_seconds` with at least one
    /// viewer. `None` is the API's default of 40 seconds (the API document, Get Client Usage). That is
    /// why the history has more sessions than the API counts meetings. A session without a duration, a
    /// viewer count or a company is not counted.
    ///
    /// The counts are in the order of the companies' first sessions. If the history has its clients
    /// ([`UsageHistory::with_clients`]), they come first, in their order, and clients without a meeting
    /// have the count 0.
    ///
    /// The API also counts Instant Demo requests that led to a phone call. Those without a screen share
    /// are not in the history, so for clients that use Instant Demo its count can be higher.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let clients = cw.clients().list().await?;
    /// let history = cw.reseller().usage("2019-02").await?.with_clients(&clients);
    /// for count in history.count_meetings(None) {
    ///     println!("{}: {} meetings", count.sname, count.num_sessions);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn count_meetings(&self, min_seconds: Option<u32>) -> Vec<MeetingCount> {
        let min_seconds = i64::from(min_seconds.unwrap_or(MIN_SECONDS));
        let sessions = self.sessions();
        let snames = sessions.sname();
        let mut by_code = vec![0_u64; snames.len()];
        let rows = snames.codes().iter().zip(sessions.duration()).zip(sessions.max_viewer_count());
        for ((code, duration), viewers) in rows {
            // The value for null is negative.
            if *duration >= min_seconds
                && *viewers >= 1
                && let Some(count) = usize::try_from(*code).ok().and_then(|code| by_code.get_mut(code))
            {
                *count += 1;
            }
        }
        let mut counted: HashMap<&str, u64> = snames.iter().zip(by_code.iter().copied()).collect();
        let count = |sname: &str, client_id, num_sessions| MeetingCount {
            sname: sname.into(),
            client_id,
            num_sessions,
        };
        let mut counts = Vec::new();
        for (sname, id) in self.clients().into_iter().flat_map(|clients| clients.iter()) {
            counts.push(count(sname, Some(id), counted.remove(sname).unwrap_or_default()));
        }
        for sname in snames.iter() {
            if let Some(number) = counted.remove(sname) {
                counts.push(count(sname, None, number));
            }
        }
        counts
    }
}
