//! Usage histories are read tolerantly, and return their raw JSON.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::json::testing::any_json;
use crate::model::{Client, List};

fn history(json: &Json) -> UsageHistory {
    UsageHistory::from_json(&json.to_string()).unwrap()
}

#[test]
fn a_history_returns_the_json_of_every_row() {
    let plain = json!({"viewer_info": {"max_viewer_count": 3}, "start_date": "2020-04-23T09:56:02.000000Z", "sname": "1377",
        "lname": "Zoë \"Q\" \\", "end_date": "2020-04-23T09:56:07.000000Z", "email": "a@b.c", "duration": 5});
    let mut running = plain.clone();
    running["end_date"] = Json::Null;
    running["duration"] = Json::Null;
    let mut newer = plain.clone();
    newer["viewer_info"]["names"] = json!(["x"]);
    newer["room"] = json!(1);
    let mut short = plain.clone();
    short.as_object_mut().unwrap().remove("viewer_info");
    let stats = json!({"total_sec": 5, "total_count": 4, "new": 1, "user_stats": [
        {"a@b.c": {"total_sec": 5, "total_count": 1, "sname": "x", "lname": "X", "role": {"a": 1}}},
        {"a@b.c": {"total_sec": 0, "total_count": 3, "sname": "y", "lname": null}}]});
    let whole = json!({"stats": stats, "sessions": [plain, running, newer, short], "more": [null]});
    let read = history(&whole);
    assert_eq!(read.to_json(), whole);
    assert_eq!(read.sessions().unusual_rows().count(), 3);
    let users = &read.stats().user_stats;
    assert_eq!((users.len(), &*users[1].email, users[1].sname.as_deref()), (2, "a@b.c", Some("y")));
    let row = read.sessions().get(0).unwrap();
    assert_eq!((row.duration, row.max_viewer_count, row.email), (Some(5), Some(3), Some("a@b.c")));
    assert_eq!(read.sessions().get(1).unwrap().end_date, None);
    assert_eq!(read.extra_json().unwrap(), r#"{"more":[null]}"#);
    assert_eq!(read.extra_stats_json().unwrap(), r#"{"new":1}"#);
    assert_eq!((read.sessions().extra_json(0), read.sessions().extra_json(1)), (None, None));
    assert_eq!(read.sessions().extra_json(2).unwrap(), r#"{"room":1}"#);
    assert_eq!(users[0].extra_json().unwrap(), r#"{"role":{"a":1}}"#);
    assert_eq!(users[1].extra_json(), None);
    assert_eq!(history(&json!({"sessions": []})).to_json(), json!({"sessions": []}));
    assert_eq!(history(&json!({"sessions": null})).to_json(), json!({"sessions": null}));
}

#[test]
fn half_a_surrogate_pair_does_not_affect_other_rows() {
    let text = r#"{"\ud800":1,"stats":{"total_sec":5,"\ud801":2,"user_stats":[{"\ud802":{"total_sec":5,"total_count":1,"sname":"\ud803"}}]},"sessions":[
        {"\ud804":1,"email":"a@b.c","duration":5},
        {"email":"\ud805","lname":"caf\u00e9 \ud806","sname":"\udfff","duration":6,"viewer_info":{"\ud807":1,"max_viewer_count":2}},
        {"email":"a@b.c","duration":7}],"\ud800":3}"#;
    let text = format!("\u{feff}{text}");
    let read = UsageHistory::from_json(&text).unwrap();
    let durations: Vec<_> = read.sessions().iter().map(|row| row.duration).collect();
    assert_eq!(durations, [Some(5), Some(6), Some(7)]);
    let row = read.sessions().get(1).unwrap();
    assert_eq!(
        (row.lname, row.sname, row.max_viewer_count),
        (Some("café \\ud806"), Some(r"\udfff"), Some(2))
    );
    assert_eq!(&*read.stats().user_stats[0].email, r"\ud802");
    assert!(read.user_stats_json().starts_with(r#"[{"\ud802":"#));
    let json = read.to_json_text();
    for half in 0..8 {
        assert!(
            json.contains(&format!("\"\\ud80{half}\":")) || json.contains(&format!("\\ud80{half}\"")),
            "{json}"
        );
    }
    let again = UsageHistory::from_json(&json).unwrap();
    assert_eq!((again.to_json_text(), again), (json, read));
}

#[test]
fn a_value_of_a_wrong_type_is_an_error_with_its_place() {
    for (row, place) in [
        (json!({"duration": "5"}), "$.sessions[1].duration"),
        (json!({"start_date": "soon"}), "$.sessions[1].start_date"),
        (json!({"viewer_info": {"max_viewer_count": 1.5}}), "$.sessions[1].viewer_info.max_viewer_count"),
        (json!({"email": 5}), "$.sessions[1].email"),
        (json!("x"), "$.sessions[1]"),
    ] {
        let whole = json!({"sessions": [{}, row]}).to_string();
        let error = UsageHistory::from_json(&whole).unwrap_err();
        assert!(error.message().contains(place), "{error}");
    }
}

proptest! {
    #[test]
    fn reading_any_string_does_not_panic(text in "\\PC{0,64}") {
        let _ = UsageHistory::from_json(&text);
    }

    #[test]
    fn a_history_of_any_json_is_refused_or_returns_it(json in any_json(), rows in prop::collection::vec(any_json(), 0..4)) {
        let wrapped = json!({"sessions": rows, "stats": json, "more": rows});
        if let Ok(read) = UsageHistory::from_json(&wrapped.to_string()) {
            prop_assert_eq!(read.to_json(), wrapped.clone());
        }
    }
}

/// Returns a list of clients with these ids and names.
fn clients(rows: &[(i64, &str)]) -> List<Client> {
    let row = |(id, sname): &(i64, &str)| json!({"id": id, "sname": sname, "settings": {"id": "1"}});
    List::from_json(&Json::from_iter(rows.iter().map(row)).to_string()).unwrap()
}

fn session(sname: &str, duration: impl Into<Json>, viewers: impl Into<Json>) -> Json {
    json!({"sname": sname, "email": "a@b.example", "duration": duration.into(),
        "viewer_info": {"max_viewer_count": viewers.into()}})
}

#[test]
fn rows_get_the_ids_of_the_given_clients() {
    let response = json!({
        "sessions": [session("137742285", 60, 1), session("gone", 60, 1), {"duration": 1}, session("acme", 60, 1)],
        "stats": {"user_stats": [
            {"a@b.example": {"total_sec": 1, "total_count": 1, "sname": "acme"}},
            {"a@b.example": {"total_sec": 1, "total_count": 1, "sname": "gone"}},
            {"a@b.example": {"total_sec": 1, "total_count": 1, "sname": null}}]}});
    let before = history(&response);
    // Of two clients with one name the first counts.
    let after = before.with_clients(&clients(&[(7, "acme"), (8, "137742285"), (9, "acme"), (10, "idle")]));
    let ids = |history: &UsageHistory| -> Vec<_> {
        let sessions: Vec<_> = history.sessions().iter().map(|row| row.client_id).collect();
        [sessions, history.stats().user_stats.iter().map(|user| user.client_id).collect()].concat()
    };
    assert_eq!(ids(&before), [None; 7]);
    assert_eq!(ids(&after), [Some(8), None, None, Some(7), Some(7), None, None]);
    // The response stays as it is, and the ids can be given again.
    assert_eq!(after.to_json(), response);
    assert_eq!(
        after,
        before.with_client_ids(after.client_ids().unwrap().map(|(sname, id)| (sname.into(), id)))
    );
    assert_ne!(after, before);
    assert_eq!(ids(&after.with_clients(&clients(&[(5, "gone")])))[..2], [None, Some(5)]);
}

#[test]
fn meetings_are_counted_with_the_limits_of_the_api() {
    let read = history(&json!({"sessions": [
        session("beta", 40, 1), session("acme", 39, 5), session("acme", 3_600, 0), session("beta", 41, 2),
        session("acme", Json::Null, 1), session("acme", 60, Json::Null), session("137742285", 86_400, 1),
        {"sname": null, "duration": 60, "viewer_info": {"max_viewer_count": 1}}]}));
    let counts = |history: &UsageHistory, least| -> Vec<_> {
        let counts = history.count_meetings(least).into_iter();
        counts.map(|count| (count.sname.into_string(), count.client_id, count.num_sessions)).collect()
    };
    let expected = |rows: &[(&str, Option<i64>, u64)]| -> Vec<_> {
        rows.iter().map(|(sname, id, count)| ((*sname).to_owned(), *id, *count)).collect()
    };
    let default = expected(&[("beta", None, 2), ("acme", None, 0), ("137742285", None, 1)]);
    assert_eq!(counts(&read, None), default);
    assert_eq!(counts(&read, Some(40)), default);
    assert_eq!(
        counts(&read, Some(41)),
        expected(&[("beta", None, 1), ("acme", None, 0), ("137742285", None, 1)])
    );
    assert_eq!(counts(&read, Some(0))[1], ("acme".to_owned(), None, 1));
    assert_eq!(counts(&read, Some(u32::MAX))[2].2, 0);
    let given = read.with_clients(&clients(&[(3, "idle"), (2, "acme"), (1, "beta")]));
    let rows = [("idle", Some(3), 0), ("acme", Some(2), 0), ("beta", Some(1), 2), ("137742285", None, 1)];
    assert_eq!(counts(&given, None), expected(&rows));
    assert_eq!(counts(&history(&json!({"sessions": null})), None), []);
}
