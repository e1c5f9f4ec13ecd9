//! The sessions of the demo data: business hours, a weekly rhythm, busy and less busy agents.

use super::random::chance;
use crate::options::MOST_SESSIONS;
use crate::state::Session;
use crate::time::{DAY, HOUR, SECOND};

/// Working time of a day, in seconds.
const WORKDAY: u32 = 9 * 3_600;
/// How busy the days of the week are, Sunday first.
const WEEK: [u32; 7] = [0, 9, 11, 12, 11, 8, 1];
/// So often in a hundred cases an agent is not at work.
const AWAY: u32 = 12;
/// An agent has no more sessions a day, unless more are wanted than that gives.
const MOST_A_DAY: u64 = 8;
/// And then no more than this: each would be too short.
const VERY_MOST_A_DAY: u64 = 400;
/// The pace is counted in parts of this.
const WHOLE: u64 = 1 << 20;

/// An agent who shares screens: how often, and from when on.
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
    /// When its working day starts, in microseconds after midnight UTC.
    pub(crate) opening: i64,
    /// When it has sessions.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// How many sessions there are for each that there would be of itself, in parts of [`WHOLE`].
#[derive(Clone, Copy)]
struct Pace {
    parts: u64,
    most_a_day: u64,
}

const USUAL: Pace = Pace { parts: WHOLE, most_a_day: MOST_A_DAY };

/// All sessions in the order of their starts: as many as come of themselves, or as many as are wanted, if the
/// working days hold so many.
pub(crate) fn make(
    mut workplaces: Vec<Workplace>,
    wanted: Option<u64>,
    window: i64,
    now: i64,
) -> Vec<Session> {
    let expected = expected(&workplaces, window, now);
    let wanted = match wanted {
        None if expected <= MOST_SESSIONS => return at_pace(&mut workplaces, USUAL, expected, window, now),
        None => MOST_SESSIONS,
        Some(wanted) => wanted,
    };
    if wanted == 0 || expected == 0 {
        return Vec::new();
    }
    // Some more than wanted, so that chance does not make them too few; then those too many are taken out.
    let aim = wanted + wanted / 50 + 6 * wanted.isqrt() + 50;
    let mut parts = aim.saturating_mul(WHOLE) / expected;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        let pace = Pace { parts, most_a_day: VERY_MOST_A_DAY };
        sessions = at_pace(&mut workplaces.clone(), pace, aim, window, now);
        let made = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
        if made >= wanted {
            return thinned(sessions, made, wanted);
        }
        parts = parts.saturating_mul(4);
    }
    sessions
}

/// Takes out sessions evenly.
fn thinned(mut sessions: Vec<Session>, made: u64, wanted: u64) -> Vec<Session> {
    let mut passed = 0;
    sessions.retain(|_| {
        // Both factors are far below 2^32.
        let kept = passed * wanted / made;
        passed += 1;
        passed * wanted / made > kept
    });
    sessions
}

fn busy(day: i64) -> u32 {
    // 1970 began on a Thursday.
    let weekday = usize::try_from((day + 4).rem_euclid(7)).unwrap_or(0);
    WEEK.get(weekday).copied().unwrap_or(0)
}

/// About how many sessions come of themselves.
fn expected(workplaces: &[Workplace], window: i64, now: i64) -> u64 {
    let (first, last) = (window.div_euclid(DAY), now.div_euclid(DAY));
    // Sums of the days' busyness up to each day.
    let mut sums = vec![0_u64];
    for day in first..=last {
        sums.push(sums.last().copied().unwrap_or(0) + u64::from(busy(day)));
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
    hundredths * u64::from(100 - AWAY) / 10_000
}

/// Day by day, so that the sessions come out nearly in order.
fn at_pace(workplaces: &mut [Workplace], pace: Pace, about: u64, window: i64, now: i64) -> Vec<Session> {
    let mut sessions = Vec::new();
    if window >= now {
        return sessions;
    }
    // Without this growing would double the memory of millions.
    sessions.reserve(usize::try_from(about + about / 16).unwrap_or(0));
    let mut today = Vec::new();
    for day in window.div_euclid(DAY)..=now.div_euclid(DAY) {
        let busy = busy(day);
        if busy == 0 {
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
                share_screens(&mut workplace.random, agent, (busy, pace), opening, within, &mut today);
            }
        }
        today.sort_unstable_by_key(|session: &Session| (session.start, session.user));
        sessions.extend_from_slice(&today);
    }
    // The evening of the far west is the next day's morning of the far east.
    sessions.sort_by_key(|session| session.start);
    sessions
}

/// One agent's day: the working time is cut into as many parts as there are sessions, so that none overlap.
fn share_screens(
    random: &mut fastrand::Rng,
    agent: &Agent,
    (busy, pace): (u32, Pace),
    opening: i64,
    (from, to): (i64, i64),
    today: &mut Vec<Session>,
) {
    let hundred = 100 * WHOLE;
    let usual = u64::from(busy * agent.activity);
    let count = (usual.saturating_mul(pace.parts).saturating_add(random.u64(0..hundred)) / hundred)
        .min(pace.most_a_day);
    let count = u32::try_from(count).unwrap_or(0);
    if count == 0 || chance(random, AWAY) {
        return;
    }
    let part = WORKDAY / count;
    for place in 0..count {
        let start = opening + i64::from(place * part + random.u32(0..part / 2)) * SECOND;
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
