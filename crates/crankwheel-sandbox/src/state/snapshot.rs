//! Snapshots: the state as JSON, and back.
//!
//! A snapshot does not have the canned responses, the faults and the request log, nor the address
//! and the first two keys, which stay those of the sandbox that restores it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::api_key::ApiKey;
use super::client::Client;
use super::clock::Clock;
use super::login_token::LoginToken;
use super::plan::Plan;
use super::sessions::{Session, Sessions};
use super::store::State;
use super::users::{User, Users};
use crate::error::SandboxError;
use crate::time;

/// Increased when an older sandbox could not read the snapshot.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot<'a> {
    version: u32,
    #[serde(with = "time::rfc3339")]
    now: i64,
    frozen: bool,
    random: String,
    requests_seen: u64,
    keys: Cow<'a, [ApiKey]>,
    plans: Cow<'a, [Plan]>,
    clients: Cow<'a, [Client]>,
    users: Cow<'a, [User]>,
    sessions: Cow<'a, [Session]>,
    login_tokens: Cow<'a, BTreeMap<String, LoginToken>>,
}

fn invalid<T>(reason: String) -> Result<T, SandboxError> {
    Err(SandboxError::Invalid(format!("snapshot: not a valid snapshot; {reason}")))
}

impl State {
    /// Writes the state as JSON.
    pub(crate) fn snapshot(&mut self) -> Result<String, SandboxError> {
        self.sessions.sort();
        let snapshot = Snapshot {
            version: VERSION,
            now: self.now(),
            frozen: self.clock.is_frozen(),
            random: format!("{:016x}", self.random.get_seed()),
            requests_seen: self.requests_seen,
            keys: Cow::Borrowed(&self.more_keys),
            plans: Cow::Borrowed(&self.plans),
            clients: Cow::Borrowed(&self.clients),
            users: Cow::Borrowed(self.users.all()),
            sessions: Cow::Borrowed(self.sessions.all()),
            login_tokens: Cow::Borrowed(&self.tokens),
        };
        serde_json::to_string(&snapshot).map_err(|error| SandboxError::Invalid(error.to_string()))
    }

    /// Replaces the state by that of a snapshot. Changes nothing if the snapshot is invalid.
    pub(crate) fn restore(&mut self, json: &[u8]) -> Result<(), SandboxError> {
        let snapshot: Snapshot<'_> = match serde_json::from_slice(json) {
            Ok(snapshot) => snapshot,
            Err(error) => return invalid(error.to_string()),
        };
        if snapshot.version != VERSION {
            return invalid(format!("expected version {VERSION}, found {}", snapshot.version));
        }
        let Ok(random) = u64::from_str_radix(&snapshot.random, 16) else {
            return invalid(format!("random must be hexadecimal, got {:?}", snapshot.random));
        };
        let clients = snapshot.clients.into_owned();
        if !clients.is_sorted_by(|one, next| one.id < next.id) {
            return invalid("the clients are not in the order of their ids".to_owned());
        }
        let mut users = Users::default();
        for user in snapshot.users.into_owned() {
            if clients.binary_search_by_key(&user.client_id, |client| client.id).is_err() {
                return invalid(format!("a user refers to the unknown client {}", user.client_id));
            }
            users.add(user);
        }
        let mut sessions = snapshot.sessions.into_owned();
        if let Some(session) = sessions.iter().find(|session| users.get(session.user).is_none()) {
            return invalid(format!("a session refers to the unknown user {}", session.user));
        }
        sessions.sort_by_key(|session| session.start);

        self.clock = Clock::at(snapshot.now, snapshot.frozen);
        self.random = fastrand::Rng::with_seed(random);
        self.requests_seen = snapshot.requests_seen;
        self.more_keys = snapshot.keys.into_owned();
        self.plans = snapshot.plans.into_owned();
        self.set_clients(clients);
        self.users = users;
        self.sessions = Sessions::from_ordered(sessions);
        self.tokens = snapshot.login_tokens.into_owned();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{demo_state, expect, send};
    use serde_json::{Value, json};

    #[test]
    fn a_snapshot_brings_everything_back() {
        let mut one = demo_state(12);
        let alive: Vec<i64> = one.clients.iter().filter(|c| c.deleted_at.is_none()).map(|c| c.id).collect();
        let (id, gone) = (alive[3], alive[5]);
        let sname = one.client(id).unwrap().string("sname").to_owned();
        expect(&mut one, "POST", &format!("/ss/rsapi/clients/{id}/plan/plan_2"), None, 204);
        expect(&mut one, "DELETE", &format!("/ss/rsapi/clients/{gone}"), None, 204);
        let snapshot = one.snapshot().unwrap();
        let mut two = demo_state(0);
        two.restore(snapshot.as_bytes()).unwrap();
        assert_eq!(two.snapshot().unwrap(), snapshot);
        for path in ["clients", "clients_usage", "reseller/billing", "reseller/plans"] {
            let target = format!("/ss/rsapi/{path}");
            assert_eq!(send(&mut one, "GET", &target, None).body, send(&mut two, "GET", &target, None).body);
        }
        let body = Some(json!({ "sname": sname }));
        assert_eq!(expect(&mut two, "POST", "/ss/rsapi/clients", body, 409)["id"], id);
        let body = || Some(json!({ "sname": "acmecompany" }));
        let (first, second) = (
            expect(&mut one, "POST", "/ss/rsapi/clients", body(), 201),
            expect(&mut two, "POST", "/ss/rsapi/clients", body(), 201),
        );
        assert_eq!(first, second, "the random source goes on where it was");
    }

    #[test]
    fn an_invalid_snapshot_changes_nothing() {
        let mut state = demo_state(2);
        let good = state.snapshot().unwrap();
        let value: Value = serde_json::from_str(&good).unwrap();
        let broken = |pointer: &str, with: Value| {
            let mut value = value.clone();
            *value.pointer_mut(pointer).unwrap() = with;
            value.to_string()
        };
        for bad in [
            String::new(),
            "{}".to_owned(),
            broken("/version", json!(2)),
            broken("/now", json!("yesterday")),
            broken("/random", json!("x")),
            broken("/clients/0/id", json!(99_999)),
            broken("/clients/0/fields/sname", json!(7)),
            broken("/clients/0/fields", json!({ "sname": "acmecompany", "unknown": 1 })),
            broken("/users/0/client_id", json!(1)),
            broken("/sessions/0/1", json!(4_000_000_000_u32)),
        ] {
            assert!(state.restore(bad.as_bytes()).is_err(), "{bad}");
            assert_eq!(state.snapshot().unwrap(), good);
        }
    }
}
