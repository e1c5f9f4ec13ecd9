//! What must hold for any bytes that a server sends: no panic, and what is read comes back whole.

use crankwheel::{
    BillingOverview, Client, ClientBilling, ClientUsage, List, LoginOption, Model, Period, Plan,
    UsageHistory, parse_timestamp,
};
use serde_json::Value;

/// Reads the bytes as every kind of answer.
pub fn answer(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    model::<Client>(text);
    model::<ClientUsage>(text);
    model::<ClientBilling>(text);
    model::<BillingOverview>(text);
    list::<Client>(text);
    list::<Plan>(text);
    list::<LoginOption>(text);
    if let Ok(history) = UsageHistory::from_json(text) {
        let again = UsageHistory::from_json(&history.to_json_text()).expect("what was written is read");
        assert!(again == history, "a history changed on its way: {text}");
        assert_eq!(history.sessions().iter().count(), history.sessions().len());
    }
    let _ = Period::parse(text);
    let _ = parse_timestamp(text);
}

fn model<M: Model + std::fmt::Debug>(text: &str) {
    if let Ok(read) = M::from_json(text) {
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
