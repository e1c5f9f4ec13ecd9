//! `GET /clients_usage`: every session of every client, with sums per user.
//!
//! The answer can have a million rows, so it is written straight into bytes, with everything about a user
//! that repeats in each of their rows written once beforehand.

use http::StatusCode;
use serde::Serialize;

use crate::answer::Answer;
use crate::query::{PeriodRule, Query};
use crate::state::{Session, World};
use crate::when::ZuluWriter;

/// About as long as one row is.
const ROW_BYTES: usize = 224;

/// What one user's rows share, and their sums.
#[derive(Default)]
struct UserPart {
    /// `"sname":…,"lname":…`
    company: Vec<u8>,
    /// The address as JSON text.
    email: Vec<u8>,
    total_sec: u64,
    total_count: u64,
}

pub(crate) fn history(world: &World, query: &Query) -> Result<Answer, Answer> {
    let period = query.period(("from", "to"), PeriodRule::Optional, world.now())?;
    let mut parts = user_parts(world);
    // First the sums, since the API writes them before the rows.
    let mut rows = 0_usize;
    let (mut total_sec, mut total_count) = (0_u64, 0_u64);
    for session in world.sessions_from(period.from.at, period.to.at) {
        if let Some(part) = part_of(&mut parts, session) {
            part.total_sec += u64::from(session.seconds);
            part.total_count += 1;
            total_sec += u64::from(session.seconds);
            total_count += 1;
            rows += 1;
        }
    }

    let mut out = Vec::with_capacity(rows.saturating_mul(ROW_BYTES).saturating_add(4_096));
    out.extend_from_slice(b"{\"stats\":{\"user_stats\":[");
    write_user_stats(&mut out, world, &parts);
    out.extend_from_slice(b"],\"total_sec\":");
    number(&mut out, total_sec);
    out.extend_from_slice(b",\"total_count\":");
    number(&mut out, total_count);
    out.extend_from_slice(b"},\"sessions\":[");
    let mut writer = ZuluWriter::new();
    let mut first = true;
    for session in world.sessions_from(period.from.at, period.to.at) {
        if let Some(part) = part_of(&mut parts, session) {
            if !first {
                out.push(b',');
            }
            first = false;
            write_row(&mut out, &mut writer, session, part);
        }
    }
    out.extend_from_slice(b"]}");
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

/// One entry per user, none for users of companies that are gone.
fn user_parts(world: &World) -> Vec<Option<UserPart>> {
    let company = |id| {
        let client = world.client(id)?;
        let mut company = b"\"sname\":".to_vec();
        json(&mut company, client.value("sname"));
        company.extend_from_slice(b",\"lname\":");
        json(&mut company, client.value("lname"));
        Some(company)
    };
    world
        .users
        .iter()
        .map(|user| {
            let mut email = Vec::new();
            json(&mut email, &user.email);
            Some(UserPart { company: company(user.client_id)?, email, ..UserPart::default() })
        })
        .collect()
}

fn part_of<'a>(parts: &'a mut [Option<UserPart>], session: &Session) -> Option<&'a mut UserPart> {
    parts.get_mut(usize::try_from(session.user).ok()?)?.as_mut()
}

/// The users who had sessions, by address.
fn write_user_stats(out: &mut Vec<u8>, world: &World, parts: &[Option<UserPart>]) {
    let mut active: Vec<(&str, i64, &UserPart)> = world
        .users
        .iter()
        .zip(parts)
        .filter_map(|(user, part)| Some((user.email.as_str(), user.client_id, part.as_ref()?)))
        .filter(|(_, _, part)| part.total_count > 0)
        .collect();
    active.sort_unstable_by_key(|(email, client_id, _)| (*email, *client_id));
    for (place, (_, _, part)) in active.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"{" } else { b",{" });
        out.extend_from_slice(&part.email);
        out.extend_from_slice(b":{\"total_sec\":");
        number(out, part.total_sec);
        out.extend_from_slice(b",\"total_count\":");
        number(out, part.total_count);
        out.push(b',');
        out.extend_from_slice(&part.company);
        out.extend_from_slice(b"}}");
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
    use crate::when::SECOND;
    use serde_json::{Value, json};

    #[test]
    fn written_like_the_documents_example() {
        let mut world = world(0);
        let body = Some(json!({ "sname": "exampleco", "lname": "Example \"Co\"" }));
        let id = expect(&mut world, "POST", "/ss/rsapi/clients", body, 201)["id"].as_i64().unwrap();
        let email = "user6@example.com".to_owned();
        let user = world.add_user(User { email, client_id: id, role: Role::User, created_at: 0 });
        let start = at("2019-02-23T09:56:02Z");
        world.add_session(Session { start, user, seconds: 5, viewers: 1 });
        world.add_session(Session { start: start + SECOND / 2, user, seconds: 7, viewers: 0 });
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
