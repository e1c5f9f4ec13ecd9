//! The sessions of the demo data: in business hours, with a weekly rhythm, of busy and less busy
//! agents.

use super::random::chance;
use crate::options::MAX_SESSIONS;
use crate::state::Session;
use crate::time::{DAY, HOUR, SECOND};

/// The working time of a day, in seconds.
const WORKDAY: u32 = 9 * 3_600;
/// The relative number of sessions on each day of the week, Sunday first.
const WEEK: [u32; 7] = [0, 9, 11, 12, 11, 8, 1];
/// The percentage of days on which an agent is not at work.
const PERCENT_AWAY: u32 = 12;
/// The maximum number of sessions of one agent on one day at the usual pace.
const MAX_PER_DAY: u64 = 8;
/// The maximum if more sessions are requested than the usual pace generates: with more, each would
/// be too short.
const MAX_PER_DAY_IF_MORE_REQUESTED: u64 = 400;
/// The usual pace is this many parts.
const USUAL_PARTS: u64 = 1 << 20;

/// An agent who shares screens: how often, and from what time.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) user: u32,
    pub(crate) activity: u32,
    pub(crate) from: i64,
}

/// A company whose agents share screens.
#[derive(Clone)]
pub(crate) struct Workplace {
    pub(crate) random: fastrand::Rng,
    pub(crate) agents: Vec<Agent>,
    /// The start of its working day, in microseconds after midnight UTC.
    pub(crate) opening: i64,
    pub(crate) created_at: i64,
    /// The start and end of the time in which it has sessions.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// The number of sessions relative to the usual number, in units of 1 / [`USUAL_PARTS`].
#[derive(Clone, Copy)]
struct Pace {
    parts: u64,
    max_per_day: u64,
}

const USUAL: Pace = Pace { parts: USUAL_PARTS, max_per_day: MAX_PER_DAY };

/// Generates all sessions, by start: the usual number, or the requested number if the working days
/// are long enough for it.
pub(crate) fn generate(
    mut workplaces: Vec<Workplace>,
    requested: Option<u64>,
    window: i64,
    now: i64,
) -> Vec<Session> {
    let expected = expected(&workplaces, window, now);
    let wanted = match requested {
        None if expected <= MAX_SESSIONS => return at_pace(&mut workplaces, USUAL, expected, window, now),
        None => MAX_SESSIONS,
        Some(wanted) => wanted,
    };
    if wanted == 0 || expected == 0 {
        return Vec::new();
    }
    // Generate some more than wanted, so that chance does not make them too few, and remove the
    // surplus.
    let aim = wanted + wanted / 50 + 6 * wanted.isqrt() + 50;
    let mut parts = aim.saturating_mul(USUAL_PARTS) / expected;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        let pace = Pace { parts, max_per_day: MAX_PER_DAY_IF_MORE_REQUESTED };
        sessions = at_pace(&mut workplaces.clone(), pace, aim, window, now);
        let generated = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
        if generated >= wanted {
            return thin_out(sessions, generated, wanted);
        }
        parts = parts.saturating_mul(4);
    }
    sessions
}

/// Removes sessions evenly.
fn thin_out(mut sessions: Vec<Session>, generated: u64, wanted: u64) -> Vec<Session> {
    let mut passed = 0;
    sessions.retain(|_| {
        // Both factors are far below 2^32.
        let kept = passed * wanted / generated;
        passed += 1;
        passed * wanted / generated > kept
    });
    sessions
}

fn weight(day: i64) -> u32 {
    // 1970 began on a Thursday.
    let weekday = usize::try_from((day + 4).rem_euclid(7)).unwrap_or(0);
    WEEK.get(weekday).copied().unwrap_or(0)
}

/// Estimates the usual number of sessions.
fn expected(workplaces: &[Workplace], window: i64, now: i64) -> u64 {
    let (first, last) = (window.div_euclid(DAY), now.div_euclid(DAY));
    // For each day, the sum of the weights of all days before it.
    let mut sums = vec![0_u64];
    for day in first..=last {
        sums.push(sums.last().copied().unwrap_or(0) + u64::from(weight(day)));
    }
    let up_to = |at: i64| {
        let day = usize::try_from(at.div_euclid(DAY) - first).unwrap_or(0);
        sums.get(day).or(sums.last()).copied().unwrap_or(0)
    };
    let mut hundredths = 0_u64;
    for workplace in workplaces {
        for agent in &workplace.agents {
            let days = up_to(workplace.to).saturating_sub(up_to(workplace.from.max(agent.from)));
            hundredths += days * u64::from(agent.activity);
        }
    }
    hundredths * u64::from(100 - PERCENT_AWAY) / 10_000
}

/// Generates the sessions day by day, so that they are nearly in order.
fn at_pace(workplaces: &mut [Workplace], pace: Pace, about: u64, window: i64, now: i64) -> Vec<Session> {
    let mut sessions = Vec::new();
    if window >= now {
        return sessions;
    }
    // Growing would double the memory of millions of sessions.
    sessions.reserve(usize::try_from(about + about / 16).unwrap_or(0));
    let mut today = Vec::new();
    for day in window.div_euclid(DAY)..=now.div_euclid(DAY) {
        let weight = weight(day);
        if weight == 0 {
            continue;
        }
        today.clear();
        for workplace in workplaces.iter_mut() {
            let opening = day * DAY + workplace.opening;
            let (from, to) = (workplace.from, workplace.to);
            if opening > to || opening + 24 * HOUR < from {
                continue;
            }
            for agent in &workplace.agents {
                let within = (from.max(agent.from), to);
                share_screens(&mut workplace.random, agent, (weight, pace), opening, within, &mut today);
            }
        }
        today.sort_unstable_by_key(|session: &Session| (session.start, session.user));
        sessions.extend_from_slice(&today);
    }
    // An evening in the far west is the morning of the next day in the far east.
    sessions.sort_by_key(|session| session.start);
    sessions
}

/// Generates one agent's day: the working time is divided into one part per session, so that none
/// overlap.
fn share_screens(
    random: &mut fastrand::Rng,
    agent: &Agent,
    (weight, pace): (u32, Pace),
    opening: i64,
    (from, to): (i64, i64),
    today: &mut Vec<Session>,
) {
    let hundred = 100 * USUAL_PARTS;
    let usual = u64::from(weight * agent.activity);
    let count = (usual.saturating_mul(pace.parts).saturating_add(random.u64(0..hundred)) / hundred)
        .min(pace.max_per_day);
    let count = u32::try_from(count).unwrap_or(0);
    if count == 0 || chance(random, PERCENT_AWAY) {
        return;
    }
    let part = WORKDAY / count;
    for number in 0..count {
        let start = opening + i64::from(number * part + random.u32(0..part / 2)) * SECOND;
        let seconds = match random.u32(0..100) {
            0..10 => random.u32(2..40),
            10..70 => random.u32(40..900),
            _ => random.u32(900..3_600),
        }
        .min(part / 2);
        let viewers = match random.u32(0..100) {
            0..6 => 0,
            6..78 => 1,
            78..92 => 2,
            92..98 => random.u32(3..6),
            _ => random.u32(6..31),
        };
        let session = Session { start, user: agent.user, seconds, viewers };
        if start >= from && session.end() <= to {
            today.push(session);
        }
    }
}
