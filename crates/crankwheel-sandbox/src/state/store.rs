//! Everything that one sandbox stores: one [`State`] behind one lock.
//!
//! Nothing is forgotten, and everything has a time: a client the moments at which it was created
//! and deleted, a plan change its instant, a session its start. The clock decides what a request
//! sees, so setting the clock back shows the past again.

use std::collections::{BTreeMap, HashMap};

use super::api_key::ApiKey;
use super::client::Client;
use super::clock::Clock;
use super::login_token::LoginToken;
use super::plan::Plan;
use super::request_log::RequestLog;
use super::sessions::{Session, Sessions};
use super::users::{User, Users};
use crate::faults::{CannedResponses, Faults};
use crate::options::SandboxOptions;

/// The first id; the following clients count up from it.
const FIRST_CLIENT_ID: i64 = 27_001;

/// The state of one sandbox.
pub(crate) struct State {
    pub(crate) options: SandboxOptions,
    /// The instant of the start, where the demo data ends.
    pub(crate) started: i64,
    /// The address that login links point to.
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) key: String,
    pub(crate) read_only_key: String,
    /// The e-mail address of the person who owns these two keys.
    pub(crate) key_owner: String,
    pub(crate) more_keys: Vec<ApiKey>,
    pub(crate) plans: Vec<Plan>,
    /// By id, ascending.
    pub(crate) clients: Vec<Client>,
    /// The ids of the clients that have or had a short name.
    names: HashMap<String, Vec<i64>>,
    pub(crate) users: Users,
    pub(crate) sessions: Sessions,
    /// By the token itself.
    pub(crate) tokens: BTreeMap<String, LoginToken>,
    pub(crate) random: fastrand::Rng,
    pub(crate) log: RequestLog,
    pub(crate) canned: CannedResponses,
    pub(crate) faults: Faults,
    pub(crate) requests_seen: u64,
}

impl State {
    /// Creates an empty state.
    pub(crate) fn new(options: SandboxOptions, base_url: String, started: i64) -> Self {
        let (key, read_only_key) = options.keys();
        Self {
            clock: Clock::start(options.now),
            base_url,
            key,
            read_only_key,
            key_owner: "admin@reseller.example".to_owned(),
            more_keys: Vec::new(),
            started,
            plans: Plan::examples(),
            clients: Vec::new(),
            names: HashMap::new(),
            users: Users::default(),
            sessions: Sessions::default(),
            tokens: BTreeMap::new(),
            random: fastrand::Rng::with_seed(options.seed),
            log: RequestLog::default(),
            canned: CannedResponses::default(),
            faults: Faults::default(),
            requests_seen: 0,
            options,
        }
    }

    /// Makes the state empty again. The address and the first two keys stay.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.options.clone(), std::mem::take(&mut self.base_url), self.started);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Adds a client; its id must be the highest so far.
    pub(crate) fn add_client(&mut self, client: Client) {
        self.index_name(client.string("sname").to_owned(), client.id);
        self.clients.push(client);
    }

    /// Records that a client has this short name.
    pub(crate) fn index_name(&mut self, sname: String, id: i64) {
        let ids = self.names.entry(sname).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }

    /// Replaces all clients.
    pub(super) fn set_clients(&mut self, clients: Vec<Client>) {
        self.clients.clear();
        self.names.clear();
        for client in clients {
            self.add_client(client);
        }
    }

    /// Returns the clients that have or had this short name.
    pub(crate) fn clients_named(&self, sname: &str) -> impl Iterator<Item = &Client> {
        let ids = self.names.get(sname).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.client_ever(*id))
    }

    /// The next free client id.
    pub(crate) fn next_client_id(&self) -> i64 {
        self.clients.last().map_or(FIRST_CLIENT_ID, |client| client.id.saturating_add(1))
    }

    /// Returns a client that exists now or existed once.
    pub(crate) fn client_ever(&self, id: i64) -> Option<&Client> {
        let index = self.clients.binary_search_by_key(&id, |client| client.id).ok()?;
        self.clients.get(index)
    }

    /// Returns a client that exists now.
    pub(crate) fn client(&self, id: i64) -> Option<&Client> {
        let now = self.now();
        self.client_ever(id).filter(|client| client.exists_at(now))
    }

    pub(crate) fn client_mut(&mut self, id: i64) -> Option<&mut Client> {
        let now = self.now();
        let index = self.clients.binary_search_by_key(&id, |client| client.id).ok()?;
        self.clients.get_mut(index).filter(|client| client.exists_at(now))
    }

    /// Returns users of clients that exist now, in the order in which they were added: all whose
    /// address is this one, with or without a prefix, and some others.
    pub(crate) fn users_like(&self, email: &str) -> impl Iterator<Item = (&User, &Client)> {
        let now = self.now();
        self.users
            .candidates(email)
            .filter(move |(_, user)| user.created_at <= now)
            .filter_map(|(_, user)| Some((user, self.client(user.client_id)?)))
    }

    /// Returns the sessions that start between these instants (both included) and have ended by
    /// now.
    pub(crate) fn sessions_between(&self, from: i64, to: i64) -> impl Iterator<Item = &Session> {
        let now = self.now();
        let all = self.sessions.all();
        let within = all.get(self.sessions.between(from, to)).unwrap_or_default();
        within.iter().filter(move |session| session.end() <= now)
    }

    /// Creates a settings id.
    pub(crate) fn new_uuid(&mut self) -> String {
        random_uuid(&mut self.random)
    }

    /// Creates a value of the `x-request-id` header, in the form of the live API. No value is
    /// created twice.
    pub(crate) fn new_request_id(&mut self) -> String {
        self.requests_seen += 1;
        // Multiplying by an odd number maps each count to a different value: ids look random but
        // are unique.
        let mixed = self.requests_seen.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.options.seed;
        let mut id = String::with_capacity(32);
        let digits = b"0123456789abcdefghijklmnopqrstuv";
        for value in [mixed, mixed.rotate_left(29).wrapping_mul(0xD6E8_FEB8_6659_FD93)] {
            for position in 0..16 {
                let digit = usize::try_from((value >> (position * 4)) & 31).unwrap_or(0);
                id.push(char::from(digits.get(digit).copied().unwrap_or(b'0')));
            }
        }
        id
    }
}

/// Draws a version 4 UUID.
pub(crate) fn random_uuid(random: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(random.u128(..).to_le_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use crate::testing::demo_state;

    #[test]
    fn request_ids_never_repeat() {
        let mut state = demo_state(0);
        let ids: std::collections::HashSet<String> = (0..5_000).map(|_| state.new_request_id()).collect();
        assert_eq!(ids.len(), 5_000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }
}
