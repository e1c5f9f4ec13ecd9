//! `GET /clients_usage`: every session of every client, with sums per user.
//!
//! The answer can have ten million rows. So the sums, which the API writes first, are made at once, and the
//! rows while they are sent, straight into bytes, with everything that repeats in each row of a user written
//! once beforehand.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use super::query::{PeriodRule, Query};
use crate::response::Answer;
use crate::state::{Session, World};
use crate::time::ZuluWriter;

/// About so many bytes of rows are made at a time.
const PIECE: usize = 128 * 1_024;
/// No row of usual names is longer.
const ROW_BYTES: usize = 512;

/// What one user's rows share, and their sums.
struct UserPart {
    /// `"sname":…,"lname":…`
    company: Arc<[u8]>,
    /// The address as JSON text.
    email: Box<[u8]>,
    sum: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    seconds: u64,
    count: u64,
}

impl Sum {
    fn add(&mut self, session: &Session) {
        self.seconds += u64::from(session.seconds);
        self.count += 1;
    }

    /// `"total_sec":…,"total_count":…`
    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\"total_sec\":");
        number(out, self.seconds);
        out.extend_from_slice(b",\"total_count\":");
        number(out, self.count);
    }
}

pub(crate) fn history(world: &World, query: &Query) -> Result<Answer, Answer> {
    let period = query.period(("from", "to"), PeriodRule::Optional, world.now())?;
    let mut sums = vec![Sum::default(); world.users.all().len()];
    for session in world.sessions_from(period.from.at, period.to.at) {
        if let Some(sum) = usize::try_from(session.user).ok().and_then(|user| sums.get_mut(user)) {
            sum.add(session);
        }
    }
    let parts = user_parts(world, sums);

    let mut out = Vec::new();
    out.extend_from_slice(b"{\"stats\":{\"user_stats\":[");
    let total = write_user_stats(&mut out, world, &parts);
    out.extend_from_slice(b"],");
    total.write(&mut out);
    out.extend_from_slice(b"},\"sessions\":[");
    let mut rows = Rows {
        places: world.sessions.between(period.from.at, period.to.at),
        sessions: Arc::clone(world.sessions.all()),
        parts,
        now: world.now(),
        writer: ZuluWriter::new(),
        state: RowsState::First,
    };
    // A short history is whole at once and gets a length.
    rows.fill(&mut out);
    let mut answer = Answer::json_bytes(StatusCode::OK, out);
    if rows.state != RowsState::Done {
        answer.pieces = Some(Box::new(rows));
    }
    Ok(answer)
}

/// One entry per user who had sessions, none for users of companies that are gone.
fn user_parts(world: &World, sums: Vec<Sum>) -> Vec<Option<UserPart>> {
    let mut companies: HashMap<i64, Option<Arc<[u8]>>> = HashMap::new();
    let company = |id| {
        let client = world.client(id)?;
        let mut company = b"\"sname\":".to_vec();
        json(&mut company, client.value("sname"));
        company.extend_from_slice(b",\"lname\":");
        json(&mut company, client.value("lname"));
        Some(company.into())
    };
    let users = world.users.all().iter().zip(sums);
    users
        .map(|(user, sum)| {
            if sum.count == 0 {
                return None;
            }
            let company = match companies.entry(user.client_id) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => place.insert(company(user.client_id)).clone(),
            };
            let mut email = Vec::new();
            json(&mut email, &user.email);
            Some(UserPart { company: company?, email: email.into(), sum })
        })
        .collect()
}

/// The users who had sessions, by address. Gives the sum of all.
fn write_user_stats(out: &mut Vec<u8>, world: &World, parts: &[Option<UserPart>]) -> Sum {
    let mut active: Vec<(&str, i64, &UserPart)> = world
        .users
        .all()
        .iter()
        .zip(parts)
        .filter_map(|(user, part)| Some((user.email.as_str(), user.client_id, part.as_ref()?)))
        .collect();
    active.sort_unstable_by_key(|(email, client_id, _)| (*email, *client_id));
    let mut total = Sum::default();
    for (place, (_, _, part)) in active.iter().enumerate() {
        total.seconds += part.sum.seconds;
        total.count += part.sum.count;
        out.extend_from_slice(if place == 0 { b"{" } else { b",{" });
        out.extend_from_slice(&part.email);
        out.extend_from_slice(b":{");
        part.sum.write(out);
        out.push(b',');
        out.extend_from_slice(&part.company);
        out.extend_from_slice(b"}}");
    }
    total
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RowsState {
    /// Before the first row.
    First,
    Between,
    /// The end is written, too.
    Done,
}

/// The rows, and the end of the answer. They hold on to the sessions as they were.
struct Rows {
    sessions: Arc<Vec<Session>>,
    places: Range<usize>,
    parts: Vec<Option<UserPart>>,
    now: i64,
    writer: ZuluWriter,
    state: RowsState,
}

impl Rows {
    /// Writes rows until there is enough for one piece.
    fn fill(&mut self, out: &mut Vec<u8>) {
        let within = self.sessions.get(self.places.clone()).unwrap_or_default();
        for session in within {
            if out.len() >= PIECE {
                return;
            }
            self.places.start += 1;
            let part = usize::try_from(session.user).ok().and_then(|user| self.parts.get(user));
            let (Some(Some(part)), true) = (part, session.end() <= self.now) else { continue };
            if self.state == RowsState::Between {
                out.push(b',');
            }
            self.state = RowsState::Between;
            write_row(out, &mut self.writer, session, part);
        }
        out.extend_from_slice(b"]}");
        self.state = RowsState::Done;
    }
}

impl Iterator for Rows {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.state == RowsState::Done {
            return None;
        }
        let mut out = Vec::with_capacity(PIECE + ROW_BYTES);
        self.fill(&mut out);
        Some(out.into())
    }
}

fn write_row(out: &mut Vec<u8>, writer: &mut ZuluWriter, session: &Session, part: &UserPart) {
    out.extend_from_slice(b"{\"viewer_info\":{\"max_viewer_count\":");
    number(out, u64::from(session.viewers));
    out.extend_from_slice(b"},\"start_date\":\"");
    writer.write(out, session.start);
    out.extend_from_slice(b"\",");
    out.extend_from_slice(&part.company);
    out.extend_from_slice(b",\"end_date\":\"");
    writer.write(out, session.end());
    out.extend_from_slice(b"\",\"email\":");
    out.extend_from_slice(&part.email);
    out.extend_from_slice(b",\"duration\":");
    number(out, u64::from(session.seconds));
    out.push(b'}');
}

/// Any value as JSON. Writing it into memory does not fail.
fn json(out: &mut Vec<u8>, value: &impl Serialize) {
    let _ = serde_json::to_writer(out, value);
}

fn number(out: &mut Vec<u8>, value: u64) {
    json(out, &value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Role, User};
    use crate::testing::{at, expect, send, world};
    use crate::time::SECOND;
    use serde_json::{Value, json};

    #[test]
    fn written_like_the_documents_example() {
        let mut world = world(0);
        let body = Some(json!({ "sname": "exampleco", "lname": "Example \"Co\"" }));
        let id = expect(&mut world, "POST", "/ss/rsapi/clients", body, 201)["id"].as_i64().unwrap();
        let email = "user6@example.com".to_owned();
        let user = world.users.add(User { email, client_id: id, role: Role::User, created_at: 0 });
        let start = at("2019-02-23T09:56:02Z");
        world.sessions.add(Session { start, user, seconds: 5, viewers: 1 });
        world.sessions.add(Session { start: start + SECOND / 2, user, seconds: 7, viewers: 0 });
        let answer = send(&mut world, "GET", "/ss/rsapi/clients_usage", None);
        let expected = concat!(
            r#"{"stats":{"user_stats":[{"user6@example.com":{"total_sec":12,"total_count":2,"sname":"exampleco","#,
            r#""lname":"Example \"Co\""}}],"total_sec":12,"total_count":2},"sessions":[{"#,
            r#""viewer_info":{"max_viewer_count":1},"start_date":"2019-02-23T09:56:02.000000Z","#,
            r#""sname":"exampleco","lname":"Example \"Co\"","end_date":"2019-02-23T09:56:07.000000Z","#,
            r#""email":"user6@example.com","duration":5},{"viewer_info":{"max_viewer_count":0},"#,
            r#""start_date":"2019-02-23T09:56:02.500000Z","sname":"exampleco","lname":"Example \"Co\"","#,
            r#""end_date":"2019-02-23T09:56:09.500000Z","email":"user6@example.com","duration":7}]}"#
        );
        assert_eq!(String::from_utf8_lossy(&answer.body), expected);
        let earlier = "/ss/rsapi/clients_usage?from=2019-02-01T00:00:00Z&to=2019-02-23T09:56:02Z";
        let first_only = expect(&mut world, "GET", earlier, None, 200);
        assert_eq!(first_only["stats"]["total_sec"], 5);
        expect(&mut world, "DELETE", &format!("/ss/rsapi/clients/{id}"), None, 204);
        let none = expect(&mut world, "GET", "/ss/rsapi/clients_usage", None, 200);
        assert_eq!(
            none,
            json!({ "stats": { "user_stats": [], "total_sec": 0, "total_count": 0 }, "sessions": [] })
        );
    }

    #[test]
    fn the_sums_add_up_from_the_rows() {
        let mut world = world(12);
        let history = expect(&mut world, "GET", "/ss/rsapi/clients_usage", None, 200);
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
