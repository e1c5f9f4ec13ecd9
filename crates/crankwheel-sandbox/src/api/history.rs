//! `GET /clients_usage`: every session of every client, with sums for each user.
//!
//! The response can have ten million sessions. The sums, which precede the sessions, are calculated
//! at once; the sessions are serialized while they are sent.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::query::{PeriodRule, Query};
use crate::response::Response;
use crate::state::{Session, State, User};
use crate::time;

/// About this many bytes of sessions are serialized at a time.
const PIECE_BYTES: usize = 128 * 1_024;
/// More than the length of a usual session.
const SESSION_BYTES: usize = 512;

/// The sums of one user, or of all users.
#[derive(Clone, Copy, Default, Serialize)]
struct Sum {
    total_sec: u64,
    total_count: u64,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.total_sec += other.total_sec;
        self.total_count += other.total_count;
    }
}

/// The names of a company.
#[derive(Serialize)]
struct Company {
    sname: Value,
    lname: Value,
}

#[derive(Serialize)]
struct Stats<'a> {
    user_stats: Vec<UserStats<'a>>,
    #[serde(flatten)]
    total: Sum,
}

/// The sums of one user: an object with the address as its only key.
struct UserStats<'a> {
    user: &'a User,
    sums: UserSums<'a>,
}

impl Serialize for UserStats<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.user.email, &self.sums)])
    }
}

#[derive(Serialize)]
struct UserSums<'a> {
    #[serde(flatten)]
    sum: Sum,
    #[serde(flatten)]
    company: &'a Company,
}

/// One session, with the fields in the API's order.
#[derive(Serialize)]
struct SessionRow<'a> {
    viewer_info: ViewerInfo,
    #[serde(with = "time::rfc3339")]
    start_date: i64,
    sname: &'a Value,
    lname: &'a Value,
    #[serde(with = "time::rfc3339")]
    end_date: i64,
    email: &'a str,
    duration: u32,
}

#[derive(Serialize)]
struct ViewerInfo {
    max_viewer_count: u32,
}

pub(crate) fn history(state: &State, query: &Query) -> Result<Response, Response> {
    let period = query.period(("from", "to"), PeriodRule::Optional, state.now())?;
    let mut sums = vec![Sum::default(); state.users.all().len()];
    for session in state.sessions_between(period.from.at, period.to.at) {
        if let Some(sum) = usize::try_from(session.user).ok().and_then(|user| sums.get_mut(user)) {
            sum.add(Sum { total_sec: session.seconds.into(), total_count: 1 });
        }
    }
    let companies = companies(state, &sums);

    let mut out = b"{\"stats\":".to_vec();
    json(&mut out, &stats(state, &sums, &companies));
    out.extend_from_slice(b",\"sessions\":[");
    let mut rows = Rows {
        sessions: Arc::clone(state.sessions.all()),
        range: state.sessions.between(period.from.at, period.to.at),
        users: Arc::clone(state.users.all()),
        companies,
        now: state.now(),
        progress: Progress::First,
    };
    // A short history is complete at once and has a length.
    rows.fill(&mut out);
    let mut response = Response::json_bytes(StatusCode::OK, out);
    if rows.progress != Progress::Done {
        response.pieces = Some(Box::new(rows));
    }
    Ok(response)
}

/// Returns the company of each user who has sessions; none if the company no longer exists.
fn companies(state: &State, sums: &[Sum]) -> Vec<Option<Arc<Company>>> {
    let mut known: HashMap<i64, Option<Arc<Company>>> = HashMap::new();
    let company = |id| {
        let client = state.client(id)?;
        let names = Company { sname: client.value("sname").clone(), lname: client.value("lname").clone() };
        Some(Arc::new(names))
    };
    let users = state.users.all().iter().zip(sums);
    users
        .map(|(user, sum)| {
            if sum.total_count == 0 {
                return None;
            }
            known.entry(user.client_id).or_insert_with(|| company(user.client_id)).clone()
        })
        .collect()
}

/// Returns the sums of the users who have sessions, ordered by address.
fn stats<'a>(state: &'a State, sums: &[Sum], companies: &'a [Option<Arc<Company>>]) -> Stats<'a> {
    let users = state.users.all().iter().zip(sums).zip(companies);
    let mut user_stats: Vec<UserStats<'a>> = users
        .filter_map(|((user, sum), company)| {
            let sums = UserSums { sum: *sum, company: company.as_deref()? };
            Some(UserStats { user, sums })
        })
        .collect();
    user_stats.sort_unstable_by_key(|entry| (&entry.user.email, entry.user.client_id));
    let mut total = Sum::default();
    for entry in &user_stats {
        total.add(entry.sums.sum);
    }
    Stats { user_stats, total }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Before the first session.
    First,
    Between,
    /// The end of the body is written, too.
    Done,
}

/// The sessions and the end of the body, from the state at the time of the request.
struct Rows {
    sessions: Arc<Vec<Session>>,
    range: Range<usize>,
    users: Arc<Vec<User>>,
    /// By the index of the user.
    companies: Vec<Option<Arc<Company>>>,
    now: i64,
    progress: Progress,
}

impl Rows {
    /// Writes sessions until there are enough for one piece.
    fn fill(&mut self, out: &mut Vec<u8>) {
        while out.len() < PIECE_BYTES {
            let Some(session) = self.range.next().and_then(|index| self.sessions.get(index)) else {
                out.extend_from_slice(b"]}");
                self.progress = Progress::Done;
                return;
            };
            let Some(row) = self.row(session) else { continue };
            if self.progress == Progress::Between {
                out.push(b',');
            }
            json(out, &row);
            self.progress = Progress::Between;
        }
    }

    /// Returns the row of a session that has ended and whose company still exists.
    fn row(&self, session: &Session) -> Option<SessionRow<'_>> {
        let index = usize::try_from(session.user).ok()?;
        let (user, company) = (self.users.get(index)?, self.companies.get(index)?.as_ref()?);
        (session.end() <= self.now).then(|| SessionRow {
            viewer_info: ViewerInfo { max_viewer_count: session.viewers },
            start_date: session.start,
            sname: &company.sname,
            lname: &company.lname,
            end_date: session.end(),
            email: &user.email,
            duration: session.seconds,
        })
    }
}

impl Iterator for Rows {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.progress == Progress::Done {
            return None;
        }
        let mut out = Vec::with_capacity(PIECE_BYTES + SESSION_BYTES);
        self.fill(&mut out);
        Some(out.into())
    }
}

/// Appends a value as JSON. Writing to memory does not fail.
fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Role;
    use crate::testing::{at, demo_state, expect, send};
    use crate::time::SECOND;
    use serde_json::json;

    #[test]
    fn serialized_like_the_documents_example() {
        let mut state = demo_state(0);
        let body = Some(json!({ "sname": "exampleco", "lname": "Example \"Co\"" }));
        let id = expect(&mut state, "POST", "/ss/rsapi/clients", body, 201)["id"].as_i64().unwrap();
        let email = "user6@example.com".to_owned();
        let user = state.users.add(User { email, client_id: id, role: Role::User, created_at: 0 });
        let start = at("2019-02-23T09:56:02Z");
        state.sessions.add(Session { start, user, seconds: 5, viewers: 1 });
        state.sessions.add(Session { start: start + SECOND / 2, user, seconds: 7, viewers: 0 });
        let response = send(&mut state, "GET", "/ss/rsapi/clients_usage", None);
        let expected = concat!(
            r#"{"stats":{"user_stats":[{"user6@example.com":{"total_sec":12,"total_count":2,"sname":"exampleco","#,
            r#""lname":"Example \"Co\""}}],"total_sec":12,"total_count":2},"sessions":[{"#,
            r#""viewer_info":{"max_viewer_count":1},"start_date":"2019-02-23T09:56:02.000000Z","#,
            r#""sname":"exampleco","lname":"Example \"Co\"","end_date":"2019-02-23T09:56:07.000000Z","#,
            r#""email":"user6@example.com","duration":5},{"viewer_info":{"max_viewer_count":0},"#,
            r#""start_date":"2019-02-23T09:56:02.500000Z","sname":"exampleco","lname":"Example \"Co\"","#,
            r#""end_date":"2019-02-23T09:56:09.500000Z","email":"user6@example.com","duration":7}]}"#
        );
        assert_eq!(String::from_utf8_lossy(&response.body), expected);
        let earlier = "/ss/rsapi/clients_usage?from=2019-02-01T00:00:00Z&to=2019-02-23T09:56:02Z";
        let first_only = expect(&mut state, "GET", earlier, None, 200);
        assert_eq!(first_only["stats"]["total_sec"], 5);
        expect(&mut state, "DELETE", &format!("/ss/rsapi/clients/{id}"), None, 204);
        let none = expect(&mut state, "GET", "/ss/rsapi/clients_usage", None, 200);
        assert_eq!(
            none,
            json!({ "stats": { "user_stats": [], "total_sec": 0, "total_count": 0 }, "sessions": [] })
        );
    }

    #[test]
    fn the_sums_are_those_of_the_sessions() {
        let mut state = demo_state(12);
        let history = expect(&mut state, "GET", "/ss/rsapi/clients_usage", None, 200);
        let sessions = history["sessions"].as_array().unwrap();
        assert!(sessions.len() > 100, "{}", sessions.len());
        let seconds = |rows: &mut dyn Iterator<Item = &Value>| -> u64 {
            rows.map(|row| row["duration"].as_u64().unwrap()).sum()
        };
        assert_eq!(history["stats"]["total_sec"], seconds(&mut sessions.iter()));
        assert_eq!(history["stats"]["total_count"], sessions.len());
        for user in history["stats"]["user_stats"].as_array().unwrap() {
            let (email, sums) = user.as_object().unwrap().iter().next().unwrap();
            let own = |row: &&Value| row["email"] == *email && row["sname"] == sums["sname"];
            assert_eq!(sums["total_sec"], seconds(&mut sessions.iter().filter(own)));
            assert_eq!(sums["total_count"], sessions.iter().filter(own).count());
        }
    }
}
