//! Random draws, in whole numbers only so that every machine draws the same.

use crate::time::{DAY, HOUR};

/// Returns true in this many of a hundred cases.
pub(crate) fn chance(random: &mut fastrand::Rng, percent: u32) -> bool {
    random.u32(0..100) < percent
}

pub(crate) fn pick<'a, T>(random: &mut fastrand::Rng, list: &'a [T]) -> Option<&'a T> {
    list.get(random.usize(0..list.len().max(1)))
}

/// Draws an instant in the office hours of the day of `around`.
pub(crate) fn office_hours(random: &mut fastrand::Rng, around: i64) -> i64 {
    around.div_euclid(DAY) * DAY + 8 * HOUR + random.i64(0..9 * HOUR)
}
