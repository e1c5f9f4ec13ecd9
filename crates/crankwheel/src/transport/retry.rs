//! When a request is sent again, and after how long.
//!
//! The rules, in order:
//! 1. What was certainly not sent may be sent again, reads and writes alike.
//! 2. A 429 was not carried out: it may be sent again.
//! 3. A write goes no further: everything else might have been carried out.
//! 4. A read is sent again after a lost connection, a timeout, 408, 500, 502, 503 and 504.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::request::Safety;

const BASE: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(8);

/// The longest wait that a server's `Retry-After` can ask for; beyond it the caller is told instead.
pub(crate) const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(60);

/// How an attempt ended, if not well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No connection was made.
    NotSent,
    /// The connection broke after sending began, before an answer.
    Lost,
    /// The connection broke in the middle of the answer, or the answer cannot be unpacked.
    CutShort,
    /// A deadline passed after sending began.
    TimedOut,
    /// An answer that is not a success came.
    Status(u16),
}

impl Outcome {
    /// In a word or two, for logs.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::NotSent => "not sent",
            Outcome::Lost => "lost",
            Outcome::CutShort => "cut short",
            Outcome::TimedOut => "timed out",
            Outcome::Status(_) => "refused",
        }
    }
}

/// Whether the rules allow to send again.
pub(crate) fn allowed(safety: Safety, outcome: Outcome) -> bool {
    if matches!(outcome, Outcome::NotSent | Outcome::Status(429)) {
        return true;
    }
    if safety != Safety::Read {
        return false;
    }
    match outcome {
        Outcome::Lost | Outcome::CutShort | Outcome::TimedOut => true,
        Outcome::Status(status) => matches!(status, 408 | 500 | 502 | 503 | 504),
        Outcome::NotSent => true,
    }
}

/// Whether a failed write may have been carried out. `false` is never wrong.
pub(crate) fn maybe_applied(outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => false,
        Outcome::Lost | Outcome::CutShort | Outcome::TimedOut => true,
        // The server says that it did not do it. 408 and what is no 4xx say less.
        Outcome::Status(status) => !(400..500).contains(&status) || status == 408,
    }
}

/// Full jitter: anything between nothing and a bound that doubles with each retry.
pub(crate) fn backoff(retry: u32) -> Duration {
    let bound = BASE.saturating_mul(1 << retry.min(10)).min(CAP);
    bound.mul_f64(fastrand::f64())
}

/// Reads `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Keeps an outage from being multiplied: retries cost tokens, successes bring them back.
pub(crate) struct Budget(AtomicU32);

impl Budget {
    const FULL: u32 = 500;

    pub fn new() -> Self {
        Budget(AtomicU32::new(Self::FULL))
    }

    /// Pays for one retry; `false` if there is not enough left.
    pub fn pay(&self, outcome: Outcome) -> bool {
        let cost = if outcome == Outcome::TimedOut { 10 } else { 5 };
        let pay = |left: u32| left.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).is_ok()
    }

    /// A success brings one token back.
    pub fn refill(&self) {
        let refill = |left: u32| (left < Self::FULL).then_some(left + 1);
        // Full already is no failure.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules() {
        use Outcome::*;
        for safety in [Safety::Read, Safety::Mint, Safety::Write] {
            assert!(allowed(safety, NotSent) && allowed(safety, Status(429)));
            for outcome in [Lost, CutShort, TimedOut, Status(408), Status(500), Status(503)] {
                assert_eq!(allowed(safety, outcome), safety == Safety::Read, "{safety:?} {outcome:?}");
            }
            for status in [302, 400, 401, 403, 404, 409, 422, 501] {
                assert!(!allowed(safety, Status(status)));
            }
        }
        assert!(!maybe_applied(NotSent) && !maybe_applied(Status(429)) && !maybe_applied(Status(404)));
        assert!(maybe_applied(Lost) && maybe_applied(Status(503)) && maybe_applied(Status(408)));
    }

    #[test]
    fn waiting_times() {
        let now = httpdate::parse_http_date("Sun, 03 Mar 2019 14:53:50 GMT").unwrap();
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 03 Mar 2019 14:54:00 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 03 Mar 2019 14:00:00 GMT", now), Some(Duration::ZERO));
        for wrong in ["", "soon", "-1", "nan", "inf"] {
            assert_eq!(retry_after(wrong, now), None, "{wrong}");
        }
        for retry in 0..40 {
            assert!(backoff(retry) <= CAP);
        }
    }

    #[test]
    fn the_budget_runs_dry_and_refills() {
        let budget = Budget::new();
        let paid = (0..1000).filter(|_| budget.pay(Outcome::Lost)).count();
        assert_eq!(paid, 100);
        (0..10).for_each(|_| budget.refill());
        assert!(budget.pay(Outcome::TimedOut) && !budget.pay(Outcome::Lost));
    }
}
