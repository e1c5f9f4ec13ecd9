//! Checks the rules for any bytes that a server sends: no panic, a model that was read keeps its JSON,
//! and no error shows a secret.

use crankwheel::{
    BillingOverview, Client, ClientBilling, ClientUsage, Error, List, LoginOption, Model, Period, Plan,
    UsageHistory, fuzzing, parse_timestamp,
};
use serde_json::Value;
use serde_json::value::RawValue;

/// The number of kinds of responses; the first byte of an input chooses one.
pub const KINDS: u8 = 12;

/// The kind that is read in pieces: its second byte chooses their sizes.
pub const HISTORY: u8 = 8;

/// Reads an input as a response of its kind.
pub fn input(bytes: &[u8]) {
    if let Some((kind, body)) = bytes.split_first() {
        response(kind % KINDS, body);
    }
}

/// Reads bytes as a response of this kind.
pub fn response(kind: u8, body: &[u8]) {
    let text = std::str::from_utf8(body);
    match (kind, text) {
        (7, _) => link(body),
        (HISTORY, _) => {
            if let Some((cut, body)) = body.split_first() {
                history(*cut, body);
            }
        }
        (9, _) => {
            let raw = fuzzing::raw_body(body);
            assert!(!format!("{raw:?}").contains("rlogin"));
            let _ = raw.json();
        }
        (10, _) => {
            let (head, body) = body.split_at(body.len().min(2));
            let status = u16::from_be_bytes([
                head.first().copied().unwrap_or(1) % 6,
                head.last().copied().unwrap_or(0),
            ]);
            let (header, body) = body.split_at(body.len().min(24));
            keeps_secrets(&fuzzing::status_error(status.clamp(300, 999), header, body));
            keeps_secrets(&fuzzing::response_error(body, status.is_multiple_of(2)));
        }
        (_, Err(_)) => {}
        (0, Ok(text)) => model::<Client>(text),
        (1, Ok(text)) => model::<ClientUsage>(text),
        (2, Ok(text)) => model::<ClientBilling>(text),
        (3, Ok(text)) => model::<BillingOverview>(text),
        (4, Ok(text)) => list::<Client>(text),
        (5, Ok(text)) => list::<Plan>(text),
        (6, Ok(text)) => list::<LoginOption>(text),
        (_, Ok(text)) => {
            let _ = (Period::parse(text), parse_timestamp(text));
        }
    }
}

fn model<M: Model + std::fmt::Debug>(text: &str) {
    if let Ok(read) = M::from_json(text) {
        // One byte-order mark is accepted, and is not part of the JSON.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        assert_eq!(read.json(), text.trim_matches([' ', '\n', '\r', '\t']));
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            assert_eq!(read.to_json(), value);
        }
        assert!(M::from_json(read.json()).expect("what was read is read again") == read);
        let _ = (read.extra(), format!("{read:?}"));
    }
}

fn list<M: Model>(text: &str) {
    if let Ok(read) = List::<M>::from_json(text) {
        assert_eq!(read.iter().count(), read.len());
        assert!(List::<M>::from_json(read.json()).expect("what was read is read again") == read);
    }
}

/// Reads a history whole, in pieces, and without the short cut for sessions in the same form: all have
/// the same result, the body is valid JSON, and it is written and read again without loss.
fn history(cut: u8, body: &[u8]) {
    let whole = UsageHistory::from_json_pieces([body]);
    let size = usize::from(cut % 61) + 1;
    let pieces = UsageHistory::from_json_pieces(body.chunks(size));
    let general = fuzzing::general_history(body);
    match (&whole, &general) {
        (Ok(whole), Ok(general)) => {
            assert!(whole == general, "the short cut reads another history");
            assert_eq!(whole.to_json_text(), general.to_json_text(), "the short cut keeps other JSON");
        }
        (Err(whole), Err(general)) => assert_eq!(whole.to_string(), general.to_string()),
        (whole, general) => panic!("with the short cut: {:?}; general: {:?}", whole.is_ok(), general.is_ok()),
    }
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => {
            // One byte-order mark is accepted, and is not part of the JSON.
            let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
            assert!(serde_json::from_slice::<&RawValue>(json).is_ok(), "what was read is not valid JSON");
            let written = whole.to_json_text();
            assert_eq!(written, pieces.to_json_text(), "pieces of {size} are read differently");
            let again = UsageHistory::from_json(&written).expect("what was written is read");
            assert!(again == whole, "the history was changed by writing and reading it");
            assert_eq!(whole.sessions().iter().count(), whole.sessions().len());
        }
        (Err(whole), Err(pieces)) => assert_eq!(whole.kind(), pieces.kind()),
        (whole, pieces) => panic!("whole: {:?}; in pieces of {size}: {:?}", whole.err(), pieces.err()),
    }
}

fn link(body: &[u8]) {
    match fuzzing::login_link(body) {
        Ok(link) => {
            let shown = format!("{link} {link:?}");
            assert!(link.url().len() < 60 || !shown.contains(link.url()), "a link shows itself");
        }
        // No part of the body may be shown.
        Err(error) => assert!(error.message().len() < 120, "{error}"),
    }
}

fn keeps_secrets(error: &Error) {
    let shown = format!("{error} {error:?} {:?} {:?} {:?}", error.body(), error.errors(), error.headers());
    assert!(!shown.contains(fuzzing::KEY), "{shown}");
    for (_, token) in shown.match_indices("/rlogin/").map(|(at, marker)| shown.split_at(at + marker.len())) {
        assert!(token.starts_with("***"), "{shown}");
    }
}
