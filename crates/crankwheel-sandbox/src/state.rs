//! Everything that the sandbox knows: one `World` behind one lock.
//!
//! Nothing is ever forgotten and everything has its time: a client has a moment at which it came to life and
//! perhaps one at which it was deleted, a plan change has its instant, a session its start. What a request
//! sees follows from the clock, so that setting the clock back shows the past again.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canned::CannedAnswers;
use crate::clock::Clock;
use crate::demo;
use crate::options::SandboxOptions;
use crate::plans::Plan;
use crate::request_log::RequestLog;
use crate::rules::Values;
use crate::sso::LoginToken;
use crate::when::SECOND;

/// Ids count up from here.
const FIRST_CLIENT_ID: i64 = 27_001;
/// Plan API name of a client without a plan of the reseller's.
pub(crate) const NO_PLAN: &str = "unset_or_custom";
/// Sessions a month of a client without a plan, as the API document's examples show.
pub(crate) const NO_PLAN_SESSIONS: u64 = 25;

/// What a user may do in a client's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An agent: shares screens.
    User,
    /// May change the account.
    Admin,
    /// The account's owner.
    Owner,
}

/// One change of plan.
#[derive(Clone, Debug)]
pub(crate) struct PlanChange {
    pub(crate) at: i64,
    pub(crate) plan: String,
    pub(crate) human_name: String,
    pub(crate) session_limit: u64,
    pub(crate) license_count: u64,
    pub(crate) set_by: String,
}

/// One client company.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: i64,
    pub(crate) created_at: i64,
    pub(crate) deleted_at: Option<i64>,
    /// The fields that are stored as they are; see `rules::CLIENT_FIELDS`.
    pub(crate) fields: Values,
    /// The same for the settings.
    pub(crate) settings: Values,
    pub(crate) settings_id: String,
    pub(crate) demo_id: Option<String>,
    /// Ordered by time.
    pub(crate) plan_changes: Vec<PlanChange>,
}

impl Client {
    /// A stored field; null if it was never set.
    pub(crate) fn value(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }

    /// A stored field that is text.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.value(field).as_str().unwrap_or_default()
    }

    pub(crate) fn exists_at(&self, at: i64) -> bool {
        self.created_at <= at && self.deleted_at.is_none_or(|deleted| at < deleted)
    }

    /// The plan change in force at this time, if a plan was set by then.
    pub(crate) fn plan_at(&self, at: i64) -> Option<&PlanChange> {
        let passed = self.plan_changes.partition_point(|change| change.at <= at);
        self.plan_changes.get(passed.checked_sub(1)?)
    }

    /// Puts a change into its place; one at the same instant as an older change comes after it.
    pub(crate) fn change_plan(&mut self, change: PlanChange) {
        let place = self.plan_changes.partition_point(|earlier| earlier.at <= change.at);
        self.plan_changes.insert(place, change);
    }

    /// Whether people may be logged in to it with links.
    pub(crate) fn allows_login_links(&self) -> bool {
        self.settings.get("provisioning_provider").and_then(Value::as_str) == Some("reseller")
    }
}

/// One account of a person in a client. Sessions point to it by its place in the list, so users stay in it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) client_id: i64,
    pub(crate) role: Role,
    pub(crate) created_at: i64,
}

/// One screen share. Small, since there can be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) start: i64,
    pub(crate) user: u32,
    pub(crate) seconds: u32,
    pub(crate) viewers: u32,
}

impl Session {
    pub(crate) fn end(&self) -> i64 {
        self.start.saturating_add(i64::from(self.seconds) * SECOND)
    }
}

/// The state of one sandbox.
pub(crate) struct World {
    pub(crate) options: SandboxOptions,
    /// Where the sandbox can be reached; login links point there.
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) key: String,
    pub(crate) read_only_key: String,
    /// E-mail address of the person to whom the keys belong.
    pub(crate) key_owner: String,
    pub(crate) plans: Vec<Plan>,
    /// By id, ascending.
    pub(crate) clients: Vec<Client>,
    pub(crate) users: Vec<User>,
    /// By start, ascending.
    pub(crate) sessions: Vec<Session>,
    /// By the token's text.
    pub(crate) tokens: HashMap<String, LoginToken>,
    pub(crate) random: fastrand::Rng,
    pub(crate) log: RequestLog,
    pub(crate) canned: CannedAnswers,
    requests_seen: u64,
}

impl World {
    /// A fresh state. `started` is "now" at the start; demo data ends there.
    pub(crate) fn new(options: SandboxOptions, base_url: String, started: i64) -> Self {
        let (key, read_only_key) = options.keys();
        let mut world = Self {
            clock: Clock::start(options.now),
            base_url,
            key,
            read_only_key,
            key_owner: "admin@reseller.example".to_owned(),
            plans: Plan::examples(),
            clients: Vec::new(),
            users: Vec::new(),
            sessions: Vec::new(),
            tokens: HashMap::new(),
            random: fastrand::Rng::with_seed(options.seed),
            log: RequestLog::default(),
            canned: CannedAnswers::default(),
            requests_seen: 0,
            options,
        };
        demo::fill(&mut world, started);
        world
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The next free client id.
    pub(crate) fn next_client_id(&self) -> i64 {
        self.clients.last().map_or(FIRST_CLIENT_ID, |client| client.id.saturating_add(1))
    }

    /// A client that ever existed.
    pub(crate) fn client_ever(&self, id: i64) -> Option<&Client> {
        let place = self.clients.binary_search_by_key(&id, |client| client.id).ok()?;
        self.clients.get(place)
    }

    /// A client that exists now.
    pub(crate) fn client(&self, id: i64) -> Option<&Client> {
        let now = self.now();
        self.client_ever(id).filter(|client| client.exists_at(now))
    }

    /// The same, to change it.
    pub(crate) fn client_mut(&mut self, id: i64) -> Option<&mut Client> {
        let now = self.now();
        let place = self.clients.binary_search_by_key(&id, |client| client.id).ok()?;
        self.clients.get_mut(place).filter(|client| client.exists_at(now))
    }

    /// Those users of clients that exist now that are wanted, in the order in which they were added.
    pub(crate) fn users_where(
        &self,
        wanted: impl Fn(&User) -> bool,
    ) -> impl Iterator<Item = (&User, &Client)> {
        let now = self.now();
        self.users
            .iter()
            .filter(move |user| wanted(user) && user.created_at <= now)
            .filter_map(|user| Some((user, self.client(user.client_id)?)))
    }

    /// Adds a user and gives its place in the list.
    pub(crate) fn add_user(&mut self, user: User) -> u32 {
        self.users.push(user);
        u32::try_from(self.users.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Puts a session into its place in time.
    pub(crate) fn add_session(&mut self, session: Session) {
        let place = self.sessions.partition_point(|earlier| earlier.start <= session.start);
        self.sessions.insert(place, session);
    }

    /// The sessions that start within these instants (both included) and have ended by now.
    pub(crate) fn sessions_from(&self, from: i64, to: i64) -> impl Iterator<Item = &Session> {
        let now = self.now();
        let first = self.sessions.partition_point(|session| session.start < from);
        let last = self.sessions.partition_point(|session| session.start <= to);
        self.sessions.get(first..last).unwrap_or_default().iter().filter(move |session| session.end() <= now)
    }

    /// A new settings id.
    pub(crate) fn new_uuid(&mut self) -> String {
        random_uuid(&mut self.random)
    }

    /// A value for the `x-request-id` of an answer: of the API's form, and never twice the same.
    pub(crate) fn new_request_id(&mut self) -> String {
        self.requests_seen += 1;
        // Multiplying by an odd number maps every count to another value, so ids look random and cannot meet.
        let mixed = self.requests_seen.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.options.seed;
        let mut id = String::with_capacity(32);
        let digits = b"0123456789abcdefghijklmnopqrstuv";
        for value in [mixed, mixed.rotate_left(29).wrapping_mul(0xD6E8_FEB8_6659_FD93)] {
            for place in 0..16 {
                let digit = usize::try_from((value >> (place * 4)) & 31).unwrap_or(0);
                id.push(char::from(digits.get(digit).copied().unwrap_or(b'0')));
            }
        }
        id
    }
}

/// A version 4 UUID from this source.
pub(crate) fn random_uuid(random: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_le_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::world;

    #[test]
    fn request_ids_never_repeat() {
        let mut world = world(0);
        let ids: std::collections::HashSet<String> = (0..5_000).map(|_| world.new_request_id()).collect();
        assert_eq!(ids.len(), 5_000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }

    #[test]
    fn sessions_stay_in_order() {
        let mut world = world(0);
        for start in [5, 1, 9, 5] {
            world.add_session(Session { start, user: 0, seconds: 0, viewers: 1 });
        }
        let starts: Vec<i64> = world.sessions_from(1, 5).map(|session| session.start).collect();
        assert_eq!(starts, [1, 5, 5]);
        assert_eq!(world.sessions_from(10, 5).count(), 0);
    }
}
