//! When a request is sent again, and after how long.
//!
//! The rules, in order:
//! 1. What cannot succeed by being sent again (a certificate that is not trusted, an answer that is too large) is not.
//! 2. What was certainly not sent may be sent again, reads and writes alike.
//! 3. A 429 was not carried out: it may be sent again.
//! 4. A write goes no further: everything else might have been carried out. It does if it is harmless to repeat, or if
//!    the caller opted in (`retry_writes`).
//! 5. A read is sent again after a lost connection, a timeout, 408, 500, 502, 503 and 504.

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
    /// No connection was made, and none will be: it was refused here, or the other side is not trusted.
    Refused,
    /// No connection was made.
    NotSent,
    /// The connection broke after sending began, before an answer.
    Lost,
    /// The connection broke in the middle of the answer, or the answer cannot be unpacked.
    CutShort,
    /// A deadline passed after sending began.
    TimedOut,
    /// The answer is larger than the SDK takes.
    TooLarge,
    /// An answer that is not a success came.
    Status(u16),
}

impl Outcome {
    /// In a word or two, for logs.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Refused => "refused",
            Outcome::NotSent => "not sent",
            Outcome::Lost => "lost",
            Outcome::CutShort => "cut short",
            Outcome::TimedOut => "timed out",
            Outcome::TooLarge => "too large",
            Outcome::Status(_) => "answered",
        }
    }
}

/// Whether the rules allow to send again.
pub(crate) fn allowed(safety: Safety, outcome: Outcome) -> bool {
    if matches!(outcome, Outcome::Refused | Outcome::TooLarge) {
        return false;
    }
    if matches!(outcome, Outcome::NotSent | Outcome::Status(429)) {
        return true;
    }
    if matches!(safety, Safety::Write | Safety::IssuesCredential) {
        return false;
    }
    match outcome {
        Outcome::Status(status) => matches!(status, 408 | 500 | 502 | 503 | 504),
        _ => true,
    }
}

/// Whether an attempt to write may have been carried out. `false` is never wrong.
pub(crate) fn maybe_applied(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Refused | Outcome::NotSent => false,
        Outcome::Lost | Outcome::CutShort | Outcome::TimedOut | Outcome::TooLarge => true,
        // The server says that it did not do it. 408 and what is no 4xx say less.
        Outcome::Status(status) => !(400..500).contains(&status) || status == 408,
    }
}

/// Full jitter: anything between nothing and a bound that doubles with each retry.
pub(crate) fn backoff(retry: u32) -> Duration {
    let bound = BASE.saturating_mul(1 << retry.min(10)).min(CAP);
    bound.mul_f64(fastrand::f64())
}

/// Reads `Retry-After`: seconds, or a date. `now` is the moment of the answer, by the clock that the date is of.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        // More than can be counted is more than anybody waits.
        let wait = Duration::try_from_secs_f64(seconds);
        return if seconds > 0.0 { Some(wait.unwrap_or(Duration::MAX)) } else { wait.ok() };
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Keeps an outage from being multiplied: retries cost tokens, successes bring them back.
///
/// The same bucket as in the retry modes of the large cloud SDKs: a success gives back what its own last retry cost, so
/// that failures which retries do carry through cost nothing in the long run, while a dead server drains it.
pub(crate) struct Budget(AtomicU32);

impl Budget {
    const FULL: u32 = 500;
    const RETRY: u32 = 5;
    const RETRY_AFTER_TIMEOUT: u32 = 10;
    /// What a success without a retry brings.
    const SUCCESS: u32 = 1;

    pub fn new() -> Self {
        Budget(AtomicU32::new(Self::FULL))
    }

    /// Pays for one retry; gives the price, or nothing if there is not enough left.
    pub fn pay(&self, after_timeout: bool) -> Option<u32> {
        let cost = if after_timeout { Self::RETRY_AFTER_TIMEOUT } else { Self::RETRY };
        let pay = |left: u32| left.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).ok().map(|_| cost)
    }

    /// Notes a success; `paid` is the price of its last retry.
    pub fn refill(&self, paid: Option<u32>) {
        let more = paid.unwrap_or(Self::SUCCESS);
        let refill = |left: u32| (left < Self::FULL).then(|| Self::FULL.min(left + more));
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
        for safety in [Safety::Read, Safety::IssuesCredential, Safety::Write, Safety::Repeatable] {
            assert!(allowed(safety, NotSent) && allowed(safety, Status(429)));
            assert!(!allowed(safety, Refused) && !allowed(safety, TooLarge));
            let repeats = matches!(safety, Safety::Read | Safety::Repeatable);
            for outcome in [Lost, CutShort, TimedOut, Status(408), Status(500), Status(503)] {
                assert_eq!(allowed(safety, outcome), repeats, "{safety:?} {outcome:?}");
            }
            for status in [302, 400, 401, 403, 404, 409, 422, 501] {
                assert!(!allowed(safety, Status(status)));
            }
        }
        assert!(!maybe_applied(Refused) && !maybe_applied(NotSent));
        assert!(!maybe_applied(Status(429)) && !maybe_applied(Status(404)));
        assert!(maybe_applied(Lost) && maybe_applied(Status(503)) && maybe_applied(Status(408)));
    }

    #[test]
    fn waiting_times() {
        let now = httpdate::parse_http_date("Sun, 03 Mar 2019 14:53:50 GMT").unwrap();
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 03 Mar 2019 14:54:00 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 03 Mar 2019 14:00:00 GMT", now), Some(Duration::ZERO));
        for endless in ["inf", "1e300", "99999999999999999999999"] {
            assert_eq!(retry_after(endless, now), Some(Duration::MAX), "{endless}");
        }
        for wrong in ["", "soon", "-1", "nan", "-inf"] {
            assert_eq!(retry_after(wrong, now), None, "{wrong}");
        }
        for retry in 0..40 {
            assert!(backoff(retry) <= CAP);
        }
    }

    #[test]
    fn the_budget_runs_dry_and_refills() {
        let budget = Budget::new();
        let paid = (0..1000).filter(|_| budget.pay(false).is_some()).count();
        assert_eq!(paid, 100);
        (0..10).for_each(|_| budget.refill(None));
        assert_eq!(budget.pay(true), Some(10));
        assert_eq!(budget.pay(false), None);
        // A retry that helped is free.
        budget.refill(Some(10));
        assert_eq!(budget.pay(true), Some(10));
        (0..100).for_each(|_| budget.refill(Some(10)));
        assert_eq!(budget.0.into_inner(), Budget::FULL);
    }
}
