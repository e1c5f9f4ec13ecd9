//! The whole state as JSON, and back. Canned answers, faults and the log of requests are not part of it, nor
//! are address and the two first keys, which stay those of the sandbox that reads it.

use std::collections::{BTreeMap, HashMap};

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::api_key::Key;
use super::client::Client;
use super::clock::Clock;
use super::fields::{CLIENT_FIELDS, Field, SETTINGS_FIELDS, Values, can_be_stored};
use super::login_token::LoginToken;
use super::plan::{Plan, PlanChange};
use super::sessions::{Session, Sessions};
use super::store::World;
use super::users::{Role, User, Users};
use crate::error::SandboxError;
use crate::time;

/// Raised when an older sandbox could not read the snapshot.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    #[serde(with = "time::as_text")]
    now: i64,
    frozen: bool,
    random: String,
    requests_seen: u64,
    keys: &'a [Key],
    plans: &'a [Plan],
    clients: Vec<WrittenClient<'a>>,
    users: Vec<UserRow>,
    sessions: WrittenSessions<'a>,
    login_tokens: BTreeMap<&'a str, &'a LoginToken>,
}

#[derive(Serialize)]
struct WrittenClient<'a> {
    id: i64,
    #[serde(with = "time::as_text")]
    created_at: i64,
    #[serde(with = "time::as_text_or_null")]
    deleted_at: Option<i64>,
    fields: &'a Values,
    settings: &'a Values,
    settings_id: &'a str,
    demo_id: Option<&'a str>,
    plan_changes: &'a [PlanChange],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserRow {
    client_id: i64,
    email: String,
    role: Role,
    #[serde(with = "time::as_text")]
    created_at: i64,
}

/// Start, place of the user, seconds, viewers: short, since there can be millions.
#[derive(Serialize, Deserialize)]
struct SessionRow(#[serde(with = "time::as_text")] i64, u32, u32, u32);

struct WrittenSessions<'a>(&'a [Session]);

impl Serialize for WrittenSessions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.len()))?;
        for session in self.0 {
            rows.serialize_element(&SessionRow(
                session.start,
                session.user,
                session.seconds,
                session.viewers,
            ))?;
        }
        rows.end()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    version: u32,
    #[serde(with = "time::as_text")]
    now: i64,
    frozen: bool,
    random: String,
    requests_seen: u64,
    keys: Vec<Key>,
    plans: Vec<Plan>,
    clients: Vec<ReadClient>,
    users: Vec<UserRow>,
    sessions: Vec<SessionRow>,
    login_tokens: HashMap<String, LoginToken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadClient {
    id: i64,
    #[serde(with = "time::as_text")]
    created_at: i64,
    #[serde(with = "time::as_text_or_null")]
    deleted_at: Option<i64>,
    fields: BTreeMap<String, Value>,
    settings: BTreeMap<String, Value>,
    settings_id: String,
    demo_id: Option<String>,
    plan_changes: Vec<PlanChange>,
}

fn invalid<T>(text: String) -> Result<T, SandboxError> {
    Err(SandboxError::Invalid(format!("not a snapshot: {text}")))
}

impl World {
    /// The state as JSON.
    pub(crate) fn snapshot(&mut self) -> Result<String, SandboxError> {
        self.sessions.settle();
        let users = self.users.all().iter().map(|user| UserRow {
            client_id: user.client_id,
            email: user.email.clone(),
            role: user.role,
            created_at: user.created_at,
        });
        let clients = self.clients.iter().map(|client| WrittenClient {
            id: client.id,
            created_at: client.created_at,
            deleted_at: client.deleted_at,
            fields: &client.fields,
            settings: &client.settings,
            settings_id: &client.settings_id,
            demo_id: client.demo_id.as_deref(),
            plan_changes: &client.plan_changes,
        });
        let written = Written {
            version: VERSION,
            now: self.now(),
            frozen: self.clock.is_frozen(),
            random: format!("{:016x}", self.random.get_seed()),
            requests_seen: self.requests_seen,
            keys: &self.more_keys,
            plans: &self.plans,
            clients: clients.collect(),
            users: users.collect(),
            sessions: WrittenSessions(self.sessions.all()),
            login_tokens: self.tokens.iter().map(|(text, token)| (text.as_str(), token)).collect(),
        };
        serde_json::to_string(&written).map_err(|error| SandboxError::Invalid(error.to_string()))
    }

    /// Takes over the state in this JSON; leaves everything as it is if that is refused.
    pub(crate) fn restore(&mut self, json: &[u8]) -> Result<(), SandboxError> {
        let read: Read = match serde_json::from_slice(json) {
            Ok(read) => read,
            Err(error) => return invalid(error.to_string()),
        };
        if read.version != VERSION {
            return invalid(format!("version {} is not {VERSION}", read.version));
        }
        let Ok(random) = u64::from_str_radix(&read.random, 16) else {
            return invalid("random is no hexadecimal number".to_owned());
        };
        let mut clients = Vec::with_capacity(read.clients.len());
        for client in read.clients {
            clients.push(client_of(client)?);
        }
        if !clients.is_sorted_by(|one: &Client, next| one.id < next.id) {
            return invalid("the clients are not in the order of their ids".to_owned());
        }
        let mut users = Users::default();
        for UserRow { client_id, email, role, created_at } in read.users {
            if clients.binary_search_by_key(&client_id, |client| client.id).is_err() {
                return invalid(format!("a user of client {client_id}, which is not in it"));
            }
            users.add(User { email, client_id, role, created_at });
        }
        let mut sessions = Vec::with_capacity(read.sessions.len());
        for SessionRow(start, user, seconds, viewers) in read.sessions {
            if users.get(user).is_none() {
                return invalid(format!("a session of user {user}, which is not in it"));
            }
            sessions.push(Session { start, user, seconds, viewers });
        }
        sessions.sort_by_key(|session| session.start);

        self.forget_names();
        for client in &clients {
            self.note_name(client.text("sname").to_owned(), client.id);
        }
        self.clock = Clock::at(read.now, read.frozen);
        self.random = fastrand::Rng::with_seed(random);
        self.requests_seen = read.requests_seen;
        self.more_keys = read.keys;
        self.plans = read.plans;
        self.clients = clients;
        self.users = users;
        self.sessions = Sessions::from_ordered(sessions);
        self.tokens = read.login_tokens;
        Ok(())
    }
}

fn client_of(read: ReadClient) -> Result<Client, SandboxError> {
    let fields = values(CLIENT_FIELDS, read.fields)?;
    if !fields.get("sname").is_some_and(Value::is_string) {
        return invalid(format!("client {} has no sname", read.id));
    }
    let mut plan_changes = read.plan_changes;
    plan_changes.sort_by_key(|change| change.at);
    Ok(Client {
        id: read.id,
        created_at: read.created_at,
        deleted_at: read.deleted_at,
        fields,
        settings: values(SETTINGS_FIELDS, read.settings)?,
        settings_id: read.settings_id,
        demo_id: read.demo_id,
        plan_changes,
    })
}

/// Values under the names of the table.
fn values(table: &'static [Field], read: BTreeMap<String, Value>) -> Result<Values, SandboxError> {
    let mut values = Values::new();
    for (name, value) in read {
        let Some(field) = table.iter().find(|field| field.name == name) else {
            return invalid(format!("there is no field {name:?}"));
        };
        if !can_be_stored(field, &value) {
            return invalid(format!("{name} cannot be {value}"));
        }
        values.insert(field.name, value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{expect, send, world};
    use serde_json::json;

    #[test]
    fn a_snapshot_brings_everything_back() {
        let mut one = world(12);
        let alive: Vec<i64> = one.clients.iter().filter(|c| c.deleted_at.is_none()).map(|c| c.id).collect();
        let (id, gone) = (alive[3], alive[5]);
        let sname = one.client(id).unwrap().text("sname").to_owned();
        expect(&mut one, "POST", &format!("/ss/rsapi/clients/{id}/plan/plan_2"), None, 204);
        expect(&mut one, "DELETE", &format!("/ss/rsapi/clients/{gone}"), None, 204);
        let snapshot = one.snapshot().unwrap();
        let mut two = world(0);
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
    fn what_is_no_snapshot_changes_nothing() {
        let mut world = world(2);
        let good = world.snapshot().unwrap();
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
            assert!(world.restore(bad.as_bytes()).is_err(), "{bad}");
            assert_eq!(world.snapshot().unwrap(), good);
        }
    }
}
