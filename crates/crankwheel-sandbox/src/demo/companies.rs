//! Demo data: companies with users, plans and a history of sessions, drawn from a seed.
//!
//! Whole numbers only, and each company draws from a source of its own, so that the same seed and the same
//! "now" give the same bytes everywhere, and company number 5 is the same company however many there are.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::names::{CONSULTANTS, FIRST_NAMES, FIRST_WORDS, LAST_NAMES, PLACES, SECOND_WORDS};
use super::random::{chance, office_hours, pick};
use super::sessions::{self, Agent, Workplace};
use crate::state::{Client, Role, Sessions, User, Values, World, random_uuid};
use crate::time::{self, DAY, HOUR};

/// For twelve companies that are still there one has left.
const LEFT_PER: u32 = 12;
/// Settings that an older company has as null where a new one has empty text.
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

/// A company in the making.
struct Draft {
    random: fastrand::Rng,
    client: Client,
    agents: Vec<Agent>,
    /// When its working day starts, in microseconds after midnight UTC.
    opening: i64,
    provider_is_reseller: bool,
}

/// Fills an empty world.
pub(crate) fn fill(world: &mut World) {
    let now = world.started;
    let days = i64::from(world.options.days);
    let window = now.saturating_sub(days * DAY);
    let staying = world.options.clients;
    let mut drafts: Vec<Draft> = (0..staying + staying / LEFT_PER)
        .map(|number| draft(world, number, number >= staying, window, now))
        .collect();
    drafts.sort_by_key(|draft| draft.client.created_at);
    let mut names = HashMap::new();
    let mut workplaces = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        draft.client.id = world.next_client_id();
        name_company(&mut draft, &mut names);
        add_people(world, &mut draft, window);
        workplaces.push(Workplace {
            random: draft.random,
            agents: draft.agents,
            opening: draft.opening,
            from: window.max(draft.client.created_at),
            to: now.min(draft.client.deleted_at.unwrap_or(now)),
        });
        world.add_client(draft.client);
    }
    let sessions = sessions::make(workplaces, world.options.sessions, window, now);
    world.sessions = Sessions::from_ordered(sessions);
}

fn draft(world: &World, number: u32, left: bool, window: i64, now: i64) -> Draft {
    let seed = world.options.seed.wrapping_add(u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut random = fastrand::Rng::with_seed(seed);
    let older = left || chance(&mut random, 40);
    let created_at = if older {
        office_hours(&mut random, window) - random.i64(1..400) * DAY
    } else {
        let day = random.i64(0..((now - window) / DAY).max(1));
        office_hours(&mut random, window + day * DAY)
    };
    // Nothing comes to life in the hour before now, so that a test can tell its own doings apart.
    let created_at = created_at.min(now - HOUR);
    let deleted_at = left.then(|| {
        let day = random.i64(0..((now - window) / DAY).max(1));
        office_hours(&mut random, window + day * DAY).max(created_at + HOUR).min(now - HOUR / 2)
    });
    let (geo, language, offset) = pick(&mut random, &PLACES).copied().unwrap_or(("eu1", "en", 0));
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
        client.fields.insert("first_exceeded_soft_limit", json!(time::limit(soft)));
        client.fields.insert("hard_limit_starts", json!(time::limit(soft + 14 * DAY)));
    }
    plan_history(world, &mut random, &mut client, now);
    Draft { random, client, agents: Vec::new(), opening: (9 - offset) * HOUR, provider_is_reseller }
}

/// A trial without a plan, then a small one, then up and sometimes down again.
fn plan_history(world: &World, random: &mut fastrand::Rng, client: &mut Client, now: i64) {
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
        let (true, Some(plan)) = (at < last, world.plans.get(size)) else { return };
        let set_by = if chance(random, 80) { world.key_owner.as_str() } else { "billing@reseller.example" };
        client.change_plan(plan.change(at, set_by));
        size = if size == 0 || (size == 1 && chance(random, 60)) { size + 1 } else { size.saturating_sub(1) };
        day += random.i64(45..240) * DAY;
    }
}

/// Gives a company its names, which must be unlike those of the others.
fn name_company(draft: &mut Draft, taken: &mut HashMap<String, u32>) {
    let random = &mut draft.random;
    let first = pick(random, &FIRST_WORDS).copied().unwrap_or(("Example", "example"));
    let second = pick(random, &SECOND_WORDS).copied().unwrap_or(("Company", "company"));
    let mut sname = format!("{}{}", first.1, second.1);
    let mut lname = format!("{} {}", first.0, second.0);
    // None of the words holds a digit, so a number behind them makes another name.
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

/// Owner, administrators, agents; in some companies a consultant who has accounts in others, too.
fn add_people(world: &mut World, draft: &mut Draft, window: i64) {
    let random = &mut draft.random;
    let count = match random.u32(0..100) {
        0..60 => random.u32(1..5),
        60..90 => random.u32(5..13),
        _ => random.u32(13..33),
    };
    let (id, created_at) = (draft.client.id, draft.client.created_at);
    let host = format!("{}.example", draft.client.text("sname"));
    let mut taken = HashSet::new();
    for place in 0..count {
        let first = pick(random, &FIRST_NAMES).copied().unwrap_or("kim");
        let last = pick(random, &LAST_NAMES).copied().unwrap_or("smith");
        let mut email = format!("{first}.{last}@{host}");
        if !taken.insert(email.clone()) {
            email = format!("{first}.{last}{place}@{host}");
        }
        let role = match place {
            0 => Role::Owner,
            1 if count > 2 => Role::Admin,
            _ => Role::User,
        };
        let joined =
            if chance(random, 70) { created_at } else { created_at.max(window) + random.i64(0..120) * DAY };
        let user = world.users.add(User { email, client_id: id, role, created_at });
        draft.agents.push(Agent { user, activity: random.u32(2..24), from: joined });
    }
    if draft.provider_is_reseller
        && chance(random, 20)
        && let Some(name) = pick(random, &CONSULTANTS)
    {
        let email = format!("{id}-cw-{name}@partner.example");
        let user = world.users.add(User { email, client_id: id, role: Role::Admin, created_at });
        draft.agents.push(Agent { user, activity: 2, from: created_at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::start;
    use crate::options::SandboxOptions;
    use crate::state::{CLIENT_FIELDS, FieldErrors, check_client, read_fields};
    use crate::testing::{NOW, at};

    fn demo(clients: u32, days: u32, seed: u64) -> World {
        let options = SandboxOptions { clients, days, seed, now: NOW.parse().ok(), ..Default::default() };
        start(options, String::new(), at(NOW))
    }

    fn alive(world: &World) -> Vec<&Client> {
        world.clients.iter().filter(|client| client.exists_at(world.now())).collect()
    }

    #[test]
    fn as_many_companies_as_asked_for() {
        for clients in [0, 1, 11, 12, 50] {
            let world = demo(clients, 90, 7);
            assert_eq!(alive(&world).len(), usize::try_from(clients).unwrap());
        }
        assert_eq!(demo(3, 0, 7).sessions.len(), 0);
    }

    #[test]
    fn any_start_makes_sound_data() {
        for now in [jiff::Timestamp::MIN, jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX] {
            for days in [0, 1, 3_660] {
                let options = SandboxOptions { clients: 30, days, now: Some(now), ..Default::default() };
                let world = start(options, String::new(), now.as_microsecond());
                assert_eq!(alive(&world).len(), 30);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_data() {
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
        let world = demo(60, 120, 3);
        let now = at(NOW);
        let mut names = HashSet::new();
        for client in &world.clients {
            let mut errors = FieldErrors::default();
            let body =
                client.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            read_fields(CLIENT_FIELDS, &body, "", &mut errors);
            check_client(&client.fields, &mut errors);
            assert!(errors.is_empty(), "{errors:?}");
            assert!(names.insert(client.text("sname").to_owned()));
            assert!(client.created_at < now);
            assert!(
                client.plan_changes.iter().all(|change| change.at > client.created_at && change.at < now)
            );
            assert!(client.plan_changes.is_sorted_by_key(|change| change.at));
        }
        assert!(world.clients.is_sorted_by_key(|client| client.created_at));
        assert!(world.sessions.all().is_sorted_by_key(|session| session.start));
        let mut last_end = vec![i64::MIN; world.users.all().len()];
        for session in world.sessions.all().iter() {
            let user = usize::try_from(session.user).unwrap();
            assert!(session.start >= last_end[user], "two sessions of one user overlap");
            last_end[user] = session.end();
            assert!(session.end() <= now);
            let client = world.client_ever(world.users.all()[user].client_id).unwrap();
            assert!(client.exists_at(session.start));
        }
        let changed = world.clients.iter().filter(|client| client.plan_changes.len() > 1).count();
        assert!(changed > 5, "{changed}");
        assert!(world.users.all().iter().any(|user| user.email.contains("-cw-")));
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
            let world = start(options, String::new(), at(NOW));
            assert_eq!(world.sessions.len(), usize::try_from(sessions).unwrap(), "{clients} {days}");
            assert!(world.sessions.all().is_sorted_by_key(|session| session.start));
        }
    }

    #[test]
    fn a_year_of_200_companies_is_of_real_size() {
        let world = demo(200, 365, 7);
        assert_eq!(alive(&world).len(), 200);
        assert!((100_000..600_000).contains(&world.sessions.len()), "{}", world.sessions.all().len());
        assert!(world.users.all().len() > 800, "{}", world.users.all().len());
    }
}
