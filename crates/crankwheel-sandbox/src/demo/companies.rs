//! Companies with users, plans and a history of sessions.
//!
//! Each company has its own source of random numbers. So the same seed and the same "now" generate
//! the same bytes everywhere, and company number 5 is the same company however many there are.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::names::{CONSULTANTS, FIRST_NAMES, FIRST_WORDS, LAST_NAMES, LOCATIONS, SECOND_WORDS};
use super::random::{chance, office_hours, pick};
use super::sessions::{self, Agent, Workplace};
use crate::state::{Client, Role, Session, Sessions, State, User, Values, random_uuid};
use crate::time::{self, DAY, HOUR, SECOND};

/// One deleted company is added for this many companies that exist.
const COMPANIES_PER_DELETED: u32 = 12;
/// The months of the documentation's examples, 2019-01-01 to 2019-04-01. Without a `now`, some companies
/// have sessions in them, so that the examples find data whenever they run.
const EXAMPLES: (i64, i64) = (1_546_300_800 * SECOND, 1_554_076_800 * SECOND);
/// Every second one of the first companies is that old.
const COMPANIES_OF_EXAMPLES: u32 = 20;
/// Settings that are null in an older company and an empty string in a new one.
const NULL_SETTINGS: [&str; 8] = [
    "sms_template",
    "phone_conf_main_number",
    "phone_conf_extra_numbers",
    "lobby_url",
    "email_invite_subject",
    "email_invite_body",
    "dod_field_order_template",
    "content_filter_pattern",
];

/// A company that is being generated.
struct Draft {
    random: fastrand::Rng,
    client: Client,
    agents: Vec<Agent>,
    /// The start of its working day, in microseconds after midnight UTC.
    opening: i64,
    provider_is_reseller: bool,
}

/// Fills an empty state.
pub(crate) fn fill(state: &mut State) {
    let now = state.started;
    let days = i64::from(state.options.days);
    let window = now.saturating_sub(days * DAY);
    let existing = state.options.clients;
    let mut drafts: Vec<Draft> = (0..existing + existing / COMPANIES_PER_DELETED)
        .map(|number| draft(state, number, number >= existing, window, now))
        .collect();
    drafts.sort_by_key(|draft| draft.client.created_at);
    let mut names = HashMap::new();
    let mut workplaces = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        draft.client.id = state.next_client_id();
        name_company(&mut draft, &mut names);
        add_people(state, &mut draft, window);
        workplaces.push(Workplace {
            random: draft.random,
            agents: draft.agents,
            opening: draft.opening,
            created_at: draft.client.created_at,
            from: window.max(draft.client.created_at),
            to: now.min(draft.client.deleted_at.unwrap_or(now)),
        });
        state.add_client(draft.client);
    }
    let mut all = sessions_of_examples(state, &workplaces, window);
    all.extend(sessions::generate(workplaces, state.options.sessions, window, now));
    state.sessions = Sessions::from_ordered(all);
}

/// Returns true if there are sessions in the months of the documentation's examples, before the usual
/// history.
fn has_examples(state: &State, window: i64) -> bool {
    let options = &state.options;
    options.now.is_none() && options.sessions.is_none() && options.days > 0 && window > EXAMPLES.1
}

fn sessions_of_examples(state: &State, workplaces: &[Workplace], window: i64) -> Vec<Session> {
    if !has_examples(state, window) {
        return Vec::new();
    }
    let (from, to) = EXAMPLES;
    let older = workplaces.iter().filter(|workplace| workplace.created_at < from);
    let older = older.map(|workplace| Workplace { from, to, ..workplace.clone() }).collect();
    sessions::generate(older, None, from, to)
}

fn draft(state: &State, number: u32, deleted: bool, window: i64, now: i64) -> Draft {
    let seed = state.options.seed.wrapping_add(u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut random = fastrand::Rng::with_seed(seed);
    let older = deleted || chance(&mut random, 40);
    let created_at = if older {
        office_hours(&mut random, window) - random.i64(1..400) * DAY
    } else {
        let day = random.i64(0..((now - window) / DAY).max(1));
        office_hours(&mut random, window + day * DAY)
    };
    // No company is created in the hour before now, so that a test can recognize what it creates
    // itself.
    let mut created_at = created_at.min(now - HOUR);
    if number < COMPANIES_OF_EXAMPLES && number.is_multiple_of(2) && !deleted && has_examples(state, window) {
        created_at = EXAMPLES.0 - (created_at % (200 * DAY)).abs() - 60 * DAY;
    }
    let deleted_at = deleted.then(|| {
        let day = random.i64(0..((now - window) / DAY).max(1));
        office_hours(&mut random, window + day * DAY).max(created_at + HOUR).min(now - HOUR / 2)
    });
    let (geo, language, offset) = pick(&mut random, &LOCATIONS).copied().unwrap_or(("eu1", "en", 0));
    let provider_is_reseller = chance(&mut random, 85);
    let mut client = Client {
        id: 0,
        created_at,
        deleted_at,
        fields: Values::from([("geo", json!(geo)), ("hl", json!(language))]),
        settings: Values::new(),
        settings_id: random_uuid(&mut random),
        demo_id: chance(&mut random, 50).then(|| (0..8).map(|_| random.alphanumeric()).collect()),
        plan_changes: Vec::new(),
    };
    for name in NULL_SETTINGS {
        client.settings.insert(name, Value::Null);
    }
    for (name, percent) in [("audit_log", 20), ("enable_remote_control", 30)] {
        client.settings.insert(name, json!(chance(&mut random, percent)));
    }
    for (name, percent) in [("remove_cw_branding", 40), ("integrations_enabled", 25)] {
        client.fields.insert(name, json!(chance(&mut random, percent)));
    }
    if chance(&mut random, 10) {
        client.fields.insert("host", json!("syna.is"));
    }
    if chance(&mut random, 4) {
        let soft = now - random.i64(1..20) * DAY;
        client.fields.insert("first_exceeded_soft_limit", json!(time::to_limit(soft)));
        client.fields.insert("hard_limit_starts", json!(time::to_limit(soft + 14 * DAY)));
    }
    plan_history(state, &mut random, &mut client, now);
    Draft { random, client, agents: Vec::new(), opening: (9 - offset) * HOUR, provider_is_reseller }
}

/// Adds plan changes: after a trial without a plan usually a small one, then larger and sometimes
/// smaller ones.
fn plan_history(state: &State, random: &mut fastrand::Rng, client: &mut Client, now: i64) {
    if chance(random, 8) {
        return;
    }
    let mut size = match random.u32(0..100) {
        0..70 => 0,
        70..95 => 1,
        _ => 2,
    };
    let mut day = client.created_at + random.i64(7..28) * DAY;
    let last = client.deleted_at.unwrap_or(now).min(now - HOUR);
    for _ in 0..4 {
        let at = office_hours(random, day);
        let (true, Some(plan)) = (at < last, state.plans.get(size)) else { return };
        let set_by = if chance(random, 80) { state.key_owner.as_str() } else { "billing@reseller.example" };
        client.change_plan(plan.change(at, set_by));
        size = if size == 0 || (size == 1 && chance(random, 60)) { size + 1 } else { size.saturating_sub(1) };
        day += random.i64(45..240) * DAY;
    }
}

/// Sets a company's names, which must differ from those of the others.
fn name_company(draft: &mut Draft, taken: &mut HashMap<String, u32>) {
    let random = &mut draft.random;
    let first = pick(random, &FIRST_WORDS).copied().unwrap_or(("Example", "example"));
    let second = pick(random, &SECOND_WORDS).copied().unwrap_or(("Company", "company"));
    let mut sname = format!("{}{}", first.1, second.1);
    let mut lname = format!("{} {}", first.0, second.0);
    // No word contains a digit, so a number after them is a different name.
    let times = taken.entry(sname.clone()).or_default();
    *times += 1;
    if *times > 1 {
        sname.push_str(&times.to_string());
        lname = format!("{lname} {times}");
    }
    let fields = &mut draft.client.fields;
    if chance(random, 30) {
        fields.insert("smsname", json!(first.1.chars().take(11).collect::<String>()));
    }
    if chance(random, 50) {
        fields.insert("logo", json!(format!("https://logos.example/{sname}.png")));
    }
    if chance(random, 30) {
        fields.insert("post_session_url", json!(format!("https://www.{sname}.example/")));
    }
    let settings = &mut draft.client.settings;
    if draft.provider_is_reseller {
        settings.insert("provisioning_provider", json!("reseller"));
        settings.insert("provisioning_displayname", json!(format!("{lname} Console")));
        settings.insert("provisioning_url", json!(format!("https://console.{sname}.example/login")));
    }
    fields.insert("sname", json!(sname));
    fields.insert("lname", json!(lname));
}

/// Adds owner, administrators and agents, and in some companies a consultant who also has accounts
/// in others.
fn add_people(state: &mut State, draft: &mut Draft, window: i64) {
    let random = &mut draft.random;
    let count = match random.u32(0..100) {
        0..60 => random.u32(1..5),
        60..90 => random.u32(5..13),
        _ => random.u32(13..33),
    };
    let (id, created_at) = (draft.client.id, draft.client.created_at);
    let host = format!("{}.example", draft.client.string("sname"));
    let mut taken = HashSet::new();
    for number in 0..count {
        let first = pick(random, &FIRST_NAMES).copied().unwrap_or("kim");
        let last = pick(random, &LAST_NAMES).copied().unwrap_or("smith");
        let mut email = format!("{first}.{last}@{host}");
        if !taken.insert(email.clone()) {
            email = format!("{first}.{last}{number}@{host}");
        }
        let role = match number {
            0 => Role::Owner,
            1 if count > 2 => Role::Admin,
            _ => Role::User,
        };
        let joined =
            if chance(random, 70) { created_at } else { created_at.max(window) + random.i64(0..120) * DAY };
        let user = state.users.add(User { email, client_id: id, role, created_at });
        draft.agents.push(Agent { user, activity: random.u32(2..24), from: joined });
    }
    if draft.provider_is_reseller
        && chance(random, 20)
        && let Some(name) = pick(random, &CONSULTANTS)
    {
        let email = format!("{id}-cw-{name}@partner.example");
        let user = state.users.add(User { email, client_id: id, role: Role::Admin, created_at });
        draft.agents.push(Agent { user, activity: 2, from: created_at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::start;
    use crate::options::SandboxOptions;
    use crate::state::{CLIENT_FIELDS, FieldErrors, check_client, read_fields};
    use crate::testing::{NOW, at, expect};

    fn demo(clients: u32, days: u32, seed: u64) -> State {
        let options = SandboxOptions { clients, days, seed, now: NOW.parse().ok(), ..Default::default() };
        start(options, String::new(), at(NOW))
    }

    fn existing(state: &State) -> Vec<&Client> {
        state.clients.iter().filter(|client| client.exists_at(state.now())).collect()
    }

    #[test]
    fn as_many_companies_as_asked_for() {
        for clients in [0, 1, 11, 12, 50] {
            let state = demo(clients, 90, 7);
            assert_eq!(existing(&state).len(), usize::try_from(clients).unwrap());
        }
        assert_eq!(demo(3, 0, 7).sessions.len(), 0);
    }

    #[test]
    fn any_start_generates_valid_data() {
        for now in [jiff::Timestamp::MIN, jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX] {
            for days in [0, 1, 3_660] {
                let options = SandboxOptions { clients: 30, days, now: Some(now), ..Default::default() };
                let state = start(options, String::new(), now.as_microsecond());
                assert_eq!(existing(&state).len(), 30);
            }
        }
    }

    #[test]
    fn the_same_seed_generates_the_same_data() {
        let (one, two, other) = (demo(20, 60, 7), demo(20, 60, 7), demo(20, 60, 8));
        assert_eq!(one.sessions.all(), two.sessions.all());
        assert_eq!(
            format!("{:?}{:?}", one.clients, one.users.all()),
            format!("{:?}{:?}", two.clients, two.users.all())
        );
        assert_ne!(one.sessions.all(), other.sessions.all());
    }

    #[test]
    fn the_data_keep_the_rules() {
        let state = demo(60, 120, 3);
        let now = at(NOW);
        let mut names = HashSet::new();
        for client in &state.clients {
            let mut errors = FieldErrors::default();
            let body =
                client.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            read_fields(CLIENT_FIELDS, &body, "", &mut errors);
            check_client(&client.fields, &mut errors);
            assert!(errors.is_empty(), "{errors:?}");
            assert!(names.insert(client.string("sname").to_owned()));
            assert!(client.created_at < now);
            assert!(
                client.plan_changes.iter().all(|change| change.at > client.created_at && change.at < now)
            );
            assert!(client.plan_changes.is_sorted_by_key(|change| change.at));
        }
        assert!(state.clients.is_sorted_by_key(|client| client.created_at));
        assert!(state.sessions.all().is_sorted_by_key(|session| session.start));
        let mut last_end = vec![i64::MIN; state.users.all().len()];
        for session in state.sessions.all().iter() {
            let user = usize::try_from(session.user).unwrap();
            assert!(session.start >= last_end[user], "two sessions of one user overlap");
            last_end[user] = session.end();
            assert!(session.end() <= now);
            let client = state.client_ever(state.users.all()[user].client_id).unwrap();
            assert!(client.exists_at(session.start));
        }
        let changed = state.clients.iter().filter(|client| client.plan_changes.len() > 1).count();
        assert!(changed > 5, "{changed}");
        assert!(state.users.all().iter().any(|user| user.email.contains("-cw-")));
    }

    #[test]
    fn as_many_sessions_as_asked_for() {
        for (clients, days, sessions) in [(1, 30, 1), (3, 30, 5_000), (40, 90, 100), (40, 90, 60_000)] {
            let options = SandboxOptions {
                clients,
                days,
                sessions: Some(sessions),
                now: NOW.parse().ok(),
                ..Default::default()
            };
            let state = start(options, String::new(), at(NOW));
            assert_eq!(state.sessions.len(), usize::try_from(sessions).unwrap(), "{clients} {days}");
            assert!(state.sessions.all().is_sorted_by_key(|session| session.start));
        }
    }

    #[test]
    fn the_months_of_the_documentation_have_data_whenever_it_is() {
        for (clients, days) in [(1, 365), (2, 30), (20, 60), (20, 365), (60, 90)] {
            for now in [jiff::Timestamp::now(), "2024-07-01T00:00:00Z".parse().unwrap()] {
                let options = SandboxOptions { clients, days, ..Default::default() };
                let mut state = start(options, String::new(), now.as_microsecond());
                assert_eq!(existing(&state).len(), usize::try_from(clients).unwrap());
                assert!(state.clients.is_sorted_by_key(|client| client.created_at));
                assert!(state.sessions.all().is_sorted_by_key(|session| session.start));
                for month in ["2019-01-31", "2019-02-28", "2019-03-31"] {
                    let start = format!("{}-01T00:00:00Z", &month[..7]);
                    let history = format!("/ss/rsapi/clients_usage?from={start}&to={month}T23:59:59.999999Z");
                    let history = expect(&mut state, "GET", &history, None, 200);
                    assert!(history["stats"]["total_count"].as_u64().unwrap() > 10, "{clients} {month}");
                    let billing =
                        format!("/ss/rsapi/reseller/billing?start={start}&end={month}T23:59:59.999999Z");
                    let billing = expect(&mut state, "GET", &billing, None, 200);
                    assert!(!billing["per_company"].as_array().unwrap().is_empty(), "{clients} {month}");
                }
            }
        }
        let february = (at("2019-02-01T00:00:00Z"), at("2019-03-01T00:00:00Z"));
        for options in [
            SandboxOptions { clients: 5, days: 0, ..Default::default() },
            SandboxOptions { clients: 5, sessions: Some(50), ..Default::default() },
            SandboxOptions { clients: 5, now: "2026-01-01T00:00:00Z".parse().ok(), ..Default::default() },
        ] {
            let state = start(options, String::new(), at("2026-01-01T00:00:00Z"));
            assert!(state.sessions.between(february.0, february.1).is_empty());
        }
    }

    #[test]
    fn a_year_of_200_companies_has_a_realistic_size() {
        let state = demo(200, 365, 7);
        assert_eq!(existing(&state).len(), 200);
        assert!((100_000..600_000).contains(&state.sessions.len()), "{}", state.sessions.all().len());
        assert!(state.users.all().len() > 800, "{}", state.users.all().len());
    }
}
