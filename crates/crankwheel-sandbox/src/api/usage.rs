//! `GET /clients/{id}/usage`: counts the meetings of a client.

use http::StatusCode;
use serde::Serialize;

use super::query::{PeriodRule, Query};
use crate::response::Response;
use crate::state::State;

/// The minimum length of a meeting, unless the request names another one.
const MIN_SECONDS: u32 = 40;

/// The response body, with the fields in the API's order.
#[derive(Serialize)]
struct ClientUsage<'a> {
    start: &'a str,
    num_sessions: usize,
    min_seconds: u32,
    end: &'a str,
    /// A string here and a number in every other response, as in the API document's example.
    company_id: String,
}

pub(crate) fn usage(state: &State, id: i64, query: &Query) -> Result<Response, Response> {
    if state.client(id).is_none() {
        return Err(Response::detail(StatusCode::NOT_FOUND));
    }
    let period = query.period(("start", "end"), PeriodRule::BothOrNeither, state.now())?;
    let min_seconds = query.count("min_seconds")?.unwrap_or(MIN_SECONDS);
    let num_sessions = state
        .sessions_between(period.from.at, period.to.at)
        .filter(|session| {
            session.viewers > 0
                && session.seconds >= min_seconds
                && session.end() <= period.to.at
                && state.users.get(session.user).is_some_and(|user| user.client_id == id)
        })
        .count();
    let response = ClientUsage {
        start: &period.from.text,
        num_sessions,
        min_seconds,
        end: &period.to.text,
        company_id: id.to_string(),
    };
    Ok(Response::json(StatusCode::OK, &response))
}

#[cfg(test)]
mod tests {
    use crate::state::Session;
    use crate::state::{Role, User};
    use crate::testing::{NOW, at, demo_state, expect};
    use crate::time::SECOND;
    use serde_json::json;

    #[test]
    fn only_meetings_in_the_period_count() {
        let mut state = demo_state(0);
        let body = Some(json!({ "sname": "acmecompany" }));
        let id = expect(&mut state, "POST", "/ss/rsapi/clients", body, 201)["id"].as_i64().unwrap();
        let person = |client_id| User { email: "a@b.is".into(), client_id, role: Role::User, created_at: 0 };
        let user = state.users.add(person(id));
        let other = state.users.add(person(id + 1));
        let start = at("2019-02-01T00:00:00Z");
        let sessions = [
            (user, 0, 40, 1),           // counts
            (user, 0, 39, 1),           // too short
            (user, 0, 60, 0),           // no viewer
            (other, 0, 60, 1),          // of another company
            (user, -1, 60, 1),          // starts before it
            (user, 3_600, 3_600, 2),    // counts: ends with the period
            (user, 3_601, 3_600, 2),    // ends after it
            (user, 40 * 86_400, 60, 1), // in the clock's future
        ];
        for (user, after, seconds, viewers) in sessions {
            state.sessions.add(Session { start: start + after * SECOND, user, seconds, viewers });
        }
        let path = format!("/ss/rsapi/clients/{id}/usage");
        let period = "start=2019-02-01T00:00:00Z&end=2019-02-01T02:00:00Z";
        let usage = expect(&mut state, "GET", &format!("{path}?{period}"), None, 200);
        assert_eq!(
            usage,
            json!({ "start": "2019-02-01T00:00:00Z", "num_sessions": 2, "min_seconds": 40,
                    "end": "2019-02-01T02:00:00Z", "company_id": id.to_string() })
        );
        let shorter = expect(&mut state, "GET", &format!("{path}?{period}&min_seconds=39"), None, 200);
        assert_eq!(shorter["num_sessions"], 3);
        let longer = expect(&mut state, "GET", &format!("{path}?{period}&min_seconds=60"), None, 200);
        assert_eq!(longer["num_sessions"], 1);
        let default = expect(&mut state, "GET", &path, None, 200);
        assert_eq!(default["end"], NOW.replace('Z', ".000000Z"));
        assert_eq!(default["start"], "2019-02-03T15:00:00.000000Z");
        for bad in ["start=2019-02-01T00:00:00Z", "end=2019-02-01T00:00:00Z", "min_seconds=x"] {
            expect(&mut state, "GET", &format!("{path}?{bad}"), None, 400);
        }
        expect(&mut state, "GET", "/ss/rsapi/clients/1/usage", None, 404);
    }
}
