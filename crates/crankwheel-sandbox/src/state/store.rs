//! Everything that the sandbox knows: one `World` behind one lock.
//!
//! Nothing is ever forgotten and everything has its time: a client has a moment at which it came to life and
//! perhaps one at which it was deleted, a plan change has its instant, a session its start. What a request
//! sees follows from the clock, so that setting the clock back shows the past again.

use std::collections::HashMap;

use super::api_key::Key;
use super::client::Client;
use super::clock::Clock;
use super::login_token::LoginToken;
use super::plan::Plan;
use super::request_log::RequestLog;
use super::sessions::{Session, Sessions};
use super::users::{User, Users};
use crate::faults::{CannedAnswers, Faults};
use crate::options::SandboxOptions;

/// Ids count up from here.
const FIRST_CLIENT_ID: i64 = 27_001;
/// The state of one sandbox.
pub(crate) struct World {
    pub(crate) options: SandboxOptions,
    /// "Now" at the start: where the demo data ends.
    pub(crate) started: i64,
    /// Where the sandbox can be reached; login links point there.
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) key: String,
    pub(crate) read_only_key: String,
    /// E-mail address of the person to whom these two belong.
    pub(crate) key_owner: String,
    pub(crate) more_keys: Vec<Key>,
    pub(crate) plans: Vec<Plan>,
    /// By id, ascending.
    pub(crate) clients: Vec<Client>,
    /// Ids of the clients that have or had a short name.
    names: HashMap<String, Vec<i64>>,
    pub(crate) users: Users,
    pub(crate) sessions: Sessions,
    /// By the token's text.
    pub(crate) tokens: HashMap<String, LoginToken>,
    pub(crate) random: fastrand::Rng,
    pub(crate) log: RequestLog,
    pub(crate) canned: CannedAnswers,
    pub(crate) faults: Faults,
    pub(crate) requests_seen: u64,
}

impl World {
    /// An empty state. `started` is "now" at the start.
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
            tokens: HashMap::new(),
            random: fastrand::Rng::with_seed(options.seed),
            log: RequestLog::default(),
            canned: CannedAnswers::default(),
            faults: Faults::default(),
            requests_seen: 0,
            options,
        }
    }

    /// Forgets everything. Address and keys stay.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.options.clone(), std::mem::take(&mut self.base_url), self.started);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Adds a client; its id must be the highest yet.
    pub(crate) fn add_client(&mut self, client: Client) {
        self.note_name(client.text("sname").to_owned(), client.id);
        self.clients.push(client);
    }

    /// Remembers that a client has this short name.
    pub(crate) fn note_name(&mut self, sname: String, id: i64) {
        let ids = self.names.entry(sname).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }

    /// For a restore, which notes all names anew.
    pub(crate) fn forget_names(&mut self) {
        self.names.clear();
    }

    /// The clients that have or once had this short name.
    pub(crate) fn clients_named(&self, sname: &str) -> impl Iterator<Item = &Client> {
        let ids = self.names.get(sname).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.client_ever(*id))
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

    /// Users of clients that exist now, in the order in which they were added: those whose address is this
    /// one, as it is or with a prefix, and some others.
    pub(crate) fn users_like(&self, email: &str) -> impl Iterator<Item = (&User, &Client)> {
        let now = self.now();
        self.users
            .candidates(email)
            .filter(move |(_, user)| user.created_at <= now)
            .filter_map(|(_, user)| Some((user, self.client(user.client_id)?)))
    }

    /// The sessions that start within these instants (both included) and have ended by now.
    pub(crate) fn sessions_from(&self, from: i64, to: i64) -> impl Iterator<Item = &Session> {
        let now = self.now();
        let all = self.sessions.all();
        let within = all.get(self.sessions.between(from, to)).unwrap_or_default();
        within.iter().filter(move |session| session.end() <= now)
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

    use crate::testing::world;

    #[test]
    fn request_ids_never_repeat() {
        let mut world = world(0);
        let ids: std::collections::HashSet<String> = (0..5_000).map(|_| world.new_request_id()).collect();
        assert_eq!(ids.len(), 5_000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }
}
