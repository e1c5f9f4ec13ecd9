//! Pickles of the usage history and its parts: the raw JSON, and the ids of the clients if they were given.

use std::borrow::Cow;

use crankwheel as core;
use serde_json::{Value, json};

/// The `sname` and the id of each client.
pub type ClientIds = Vec<(Box<str>, i64)>;

/// The beginning of a pickle that has clients; raw JSON begins with another character.
const CLIENTS: &str = "clients:";

/// Returns what the pickle of a part of a history contains: its raw JSON, after a line with the ids of
/// the clients by `sname` if they were given.
pub fn pickled_with<'a, 'b>(
    clients: Option<impl Iterator<Item = (&'b str, i64)>>,
    json: Cow<'a, str>,
) -> Cow<'a, str> {
    let Some(clients) = clients else { return json };
    let clients: Vec<Value> = clients.map(|client| json!(client)).collect();
    format!("{CLIENTS}{}\n{json}", Value::from(clients)).into()
}

/// Returns the clients of a pickle, and the raw JSON.
pub fn clients_of(pickled: &str) -> (Option<ClientIds>, &str) {
    let line = pickled.strip_prefix(CLIENTS).and_then(|rest| rest.split_once('\n'));
    match line {
        Some((clients, json)) => (serde_json::from_str(clients).ok(), json),
        None => (None, pickled),
    }
}

/// Returns the history with the clients of a pickle.
pub fn joined(history: core::UsageHistory, clients: Option<ClientIds>) -> core::UsageHistory {
    match clients {
        Some(clients) => history.with_client_ids(clients),
        None => history,
    }
}
