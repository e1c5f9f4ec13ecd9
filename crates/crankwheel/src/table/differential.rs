//! The expected form of sessions is a short cut: whatever a body contains and wherever it is cut, the
//! result is that of the general path, value for value and error for error.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::error::Error;

/// The names of the members of a session, in the order of the API, and another order.
const ORDERS: [[&str; 7]; 2] = [
    ["viewer_info", "start_date", "sname", "lname", "end_date", "email", "duration"],
    ["email", "lname", "duration", "end_date", "sname", "viewer_info", "start_date"],
];

/// The white space of a body: before and after a colon, after a comma, and within brackets.
const SPACES: [[&str; 3]; 4] = [["", "", ""], ["", " ", ""], [" ", "\n\t", " "], ["\r", "", "\r\n "]];

/// Returns JSON strings of any kind, without the quotes. Most of them occur often.
fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        160 => select(&["acme", "137742285", "agent@acme.example", "Zoë", "", "a\\\\", "The \\\"A\\\" Group"][..])
            .prop_map(str::to_owned),
        40 => "[a-d]{1,3}",
        20 => "[a-z]{20,24}@[a-z]{5}\\.example",
        10 => select(&["\\u0061gent", "agent\\u00e9", "\\ud83d\\ude00", "\\ud800", "x\\udfffy", "\\/", "\\n\\u0001"][..])
            .prop_map(str::to_owned),
        1 => select(&["\\x", "\\u12", "\u{1}", "a\nb", "\\", "\"", "\u{7f}", "\u{2028}"][..]).prop_map(str::to_owned),
    ]
}

/// Returns timestamps in all forms of the API, and other strings.
fn timestamp() -> impl Strategy<Value = String> {
    let day = (2018..2021, 1..13, 1..30).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    let parts = (day, 0..24, 0..60, 0..60, 0..1_000_000);
    (parts, 0..240).prop_map(|((day, hour, minute, second, micros), form)| {
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        match form {
            12 => format!("{day}T{time}Z"),
            13 => format!("{day}T{time}.0Z"),
            14 => format!("{day}T{time}.{micros:06}"),
            15 => format!("{day} {time}.0Z"),
            16 => format!("{day}T{time}+01:00"),
            17 => format!("{day}T{time}.{micros:06}789Z"),
            18 => format!("{day}T{hour:02}:{minute:02}:60Z"),
            19 => format!("{day}\\u0054{time}Z"),
            20 => format!("9999-12-31T{time}Z"),
            21 => format!("-000001-01-01T{time}Z"),
            22 => day,
            23 => "soon".to_owned(),
            _ => format!("{day}T{time}.{micros:06}Z"),
        }
    })
}

/// Returns numbers, most of which are counts.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        200 => (0..100_000).prop_map(|number: i32| number.to_string()),
        1 => select(&["-5", "5.0", "5e2", "0.5", "007", "-", "9223372036854775807", "-9223372036854775808",
            "123456789012345678901234567890", "1234567890123456789", "999999999999999999", "1.", "0x1", "5 "][..])
            .prop_map(str::to_owned),
    ]
}

/// Returns the JSON of the member with this name.
fn value(name: &'static str) -> BoxedStrategy<String> {
    let usual = match name {
        "duration" => number().boxed(),
        "viewer_info" => prop_oneof![
            100 => number().prop_map(|count| format!("{{\"max_viewer_count\":{count}}}")),
            1 => number().prop_map(|count| format!("{{ \"max_viewer_count\" : {count} }}")),
            1 => number().prop_map(|count| format!("{{\"max_viewer_count\":1,\"max_viewer_count\":{count}}}")),
            1 => select(&["{}", "{\"names\":[1]}", "{\"max_viewer_count\":3,\"names\":[{}]}", "3"][..]).prop_map(str::to_owned),
        ]
        .boxed(),
        "start_date" | "end_date" => timestamp().prop_map(|text| format!("\"{text}\"")).boxed(),
        _ => string().prop_map(|text| format!("\"{text}\"")).boxed(),
    };
    prop_oneof![200 => usual, 1 => select(&["null", "true", "[]", "{\"a\":[1]}", "7", "\"x\""][..]).prop_map(str::to_owned)]
        .boxed()
}

/// A change of a session's members.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Remove(Index),
    Repeat(Index),
    Unknown(Index, String),
    Shuffle(Vec<Index>),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        40 => Just(Change::Nothing),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => any::<Index>().prop_map(Change::Repeat),
        1 => (any::<Index>(), string()).prop_map(|(at, name)| Change::Unknown(at, name)),
        1 => prop::collection::vec(any::<Index>(), 7).prop_map(Change::Shuffle),
    ]
}

/// Returns the members of a session, as names and values in JSON.
fn session(order: [&'static str; 7]) -> impl Strategy<Value = Vec<(String, String)>> {
    let members = order.map(|name| value(name).prop_map(move |value| (name.to_owned(), value))).to_vec();
    (members, change()).prop_map(|(mut members, change)| {
        match change {
            Change::Nothing => {}
            Change::Remove(at) => drop(members.remove(at.index(7))),
            Change::Repeat(at) => members.push(members[at.index(7)].clone()),
            Change::Unknown(at, name) => members.insert(at.index(8), (name, "[null]".to_owned())),
            Change::Shuffle(places) => {
                places.iter().enumerate().for_each(|(at, to)| members.swap(at, to.index(7)))
            }
        }
        members
    })
}

/// Returns bodies. One in three is damaged.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let sessions = select(&ORDERS[..]).prop_flat_map(|order| prop::collection::vec(session(order), 0..24));
    let spaces = (select(&SPACES[..]), prop::collection::vec(0..40_usize, 24));
    let damage = prop::option::weighted(0.33, (any::<Index>(), any::<u8>(), 0..4));
    (sessions, spaces, damage).prop_map(|(sessions, (spaces, odd), damage)| {
        let mut rows = Vec::new();
        for (members, odd) in sessions.into_iter().zip(odd) {
            // One session in forty has other white space.
            let [before, after, within] = if odd == 0 { SPACES[2] } else { spaces };
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("\"{name}\"{before}:{after}{value}")).collect();
            rows.push(format!("{{{within}{}{within}}}", members.join(&format!(",{after}"))));
        }
        let body = format!(
            "{{\"stats\":{{\"total_sec\":5}},\"sessions\":[{}],\"more\":1}}",
            rows.join(&format!(",{}", spaces[1]))
        );
        let mut body = body.into_bytes();
        match damage {
            Some((at, byte, 0)) => {
                let at = at.index(body.len());
                body[at] = byte;
            }
            Some((at, byte, 1)) => body.insert(at.index(body.len()), byte),
            Some((at, _, 2)) => drop(body.remove(at.index(body.len()))),
            Some((at, _, _)) => body.truncate(at.index(body.len())),
            None => {}
        }
        body
    })
}

/// Everything that a history has.
fn content(history: &UsageHistory) -> impl PartialEq + std::fmt::Debug + use<> {
    let sessions = history.sessions();
    let strings = [sessions.email(), sessions.sname(), sessions.lname()]
        .map(|column| (column.iter().map(str::to_owned).collect::<Vec<_>>(), column.codes().to_vec()));
    let numbers =
        [sessions.start_micros(), sessions.end_micros(), sessions.duration(), sessions.max_viewer_count()];
    let unusual: Vec<_> = sessions.unusual_rows().map(|(row, json)| (row, json.to_owned())).collect();
    (strings, numbers.map(<[i64]>::to_vec), unusual, history.to_json_text())
}

/// Cuts a body into pieces of these sizes.
fn cut<'a>(mut body: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for size in sizes.iter().cycle() {
        if body.is_empty() {
            break;
        }
        let (piece, rest) = body.split_at((*size).min(body.len()));
        pieces.push(piece);
        body = rest;
    }
    pieces
}

fn outcome(read: Result<UsageHistory, Error>) -> Result<impl PartialEq + std::fmt::Debug, String> {
    read.map(|history| content(&history)).map_err(|error| error.to_string())
}

proptest! {
    #[test]
    fn expected_forms_are_a_short_cut_only(body in body(), sizes in prop::collection::vec(prop_oneof![1..8_usize, 1..3000_usize], 1..4)) {
        let pieces = cut(&body, &sizes);
        let general = outcome(HistoryReader::general().read(pieces.iter().copied()));
        let short = outcome(HistoryReader::default().read(pieces));
        prop_assert_eq!(&short, &general, "{} in pieces of {:?}", body.escape_ascii(), sizes);
        let whole = outcome(HistoryReader::default().read([&*body]));
        prop_assert_eq!(whole.is_ok(), general.is_ok());
        if whole.is_ok() {
            prop_assert_eq!(whole, general);
        }
    }
}

#[test]
fn most_sessions_take_the_short_cut() {
    let row = |number: usize| {
        format!(
            r#"{{"viewer_info":{{"max_viewer_count":{}}},"start_date":"2019-02-{:02}T10:00:00.000001Z","sname":"c{}","lname":"The \"{}\" Group","end_date":"2019-02-28T10:09:30.701107Z","email":"a{}@b.example","duration":{number}}}"#,
            number % 7,
            number % 28 + 1,
            number % 50,
            number % 50,
            number % 300,
        )
    };
    let rows: Vec<_> = (0..1000).map(row).collect();
    let mut builder = builder::Builder::default();
    let mut general = 0;
    for (index, row) in rows.iter().enumerate() {
        if builder.push_expected(row.as_bytes()).is_none() {
            general += 1;
            builder.push(row, &crate::json::Path::Index(&crate::json::Path::Root, index)).unwrap();
        }
    }
    assert_eq!(general, 1);
    assert_eq!(builder.finish().lname().len(), 50);
}
