//! The rules for retries, and the waits before them.
//!
//! The rules, in order:
//! 1. A failure that a retry cannot change (an untrusted certificate, a response that is too large,
//!    an unknown content coding) is not retried.
//! 2. A request that was certainly not sent is retried, reads and writes alike.
//! 3. A request that got 429 was not applied, and is retried.
//! 4. A write that got this far might have been applied, and is not retried; unless it is
//!    idempotent or the caller opted in (`retry_writes`).
//! 5. A read is retried after a lost connection, a timeout, 408, 500, 502, 503 and 504.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use super::request::Safety;

/// The bound of the first wait.
const BASE: Duration = Duration::from_millis(500);
/// The bound of every wait.
const CAP: Duration = Duration::from_secs(8);

/// The longest `Retry-After` that is followed. Beyond it, the call fails at once.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The reason for a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureReason {
    /// The request was refused before it was sent, or the TLS handshake failed.
    Refused,
    /// No connection was opened.
    NotSent,
    /// The connection was lost after sending began, before a response.
    Lost,
    /// The connection was lost during the response, or the response cannot be decompressed.
    CutShort,
    /// A time limit was exceeded after sending began.
    TimedOut,
    /// The response is larger than the SDK accepts.
    TooLarge,
    /// The body of a success has a content coding that the SDK did not ask for.
    Unreadable,
    /// The status is not a success.
    Status(u16),
}

impl FailureReason {
    /// Returns the reason in a word or two, for logs.
    pub fn label(self) -> &'static str {
        match self {
            FailureReason::Refused => "refused",
            FailureReason::NotSent => "not sent",
            FailureReason::Lost => "lost",
            FailureReason::CutShort => "cut short",
            FailureReason::TimedOut => "timed out",
            FailureReason::TooLarge => "too large",
            FailureReason::Unreadable => "unreadable",
            FailureReason::Status(_) => "error status",
        }
    }
}

/// Returns true if the rules allow a retry.
pub(crate) fn allowed(safety: Safety, reason: FailureReason) -> bool {
    if matches!(reason, FailureReason::Refused | FailureReason::TooLarge | FailureReason::Unreadable) {
        return false;
    }
    if matches!(reason, FailureReason::NotSent | FailureReason::Status(429)) {
        return true;
    }
    if matches!(safety, Safety::Write | Safety::IssuesCredential) {
        return false;
    }
    match reason {
        FailureReason::Status(status) => matches!(status, 408 | 500 | 502 | 503 | 504),
        _ => true,
    }
}

/// Returns true if a failed write may have been applied. False is certain.
pub(crate) fn maybe_applied(reason: FailureReason) -> bool {
    match reason {
        FailureReason::Refused | FailureReason::NotSent => false,
        FailureReason::Lost
        | FailureReason::CutShort
        | FailureReason::TimedOut
        | FailureReason::TooLarge
        | FailureReason::Unreadable => true,
        // With 4xx, the server states that it did not apply the write. 408 and other statuses do
        // not.
        FailureReason::Status(status) => !(400..500).contains(&status) || status == 408,
    }
}

/// Returns a random wait up to a bound that doubles with each retry (full jitter).
pub(crate) fn backoff(retry: u32) -> Duration {
    let bound = BASE.saturating_mul(1 << retry.min(10)).min(CAP);
    bound.mul_f64(fastrand::f64())
}

/// Reads `Retry-After`, which is a number of seconds or a date. `now` is the time of the response,
/// by the clock of that date.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        // A number that is out of range is longer than any wait.
        let wait = Duration::try_from_secs_f64(seconds);
        return if seconds > 0.0 { Some(wait.unwrap_or(Duration::MAX)) } else { wait.ok() };
    }
    Some(date(header)?.duration_since(now).unwrap_or_default())
}

/// Reads a date: the three forms of HTTP (RFC 9110, 5.6.7), and those of mail and of RFC 3339, which
/// some servers send.
fn date(text: &str) -> Option<SystemTime> {
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date);
    }
    let of_mail = jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp());
    SystemTime::try_from(of_mail.or_else(|| text.parse().ok())?).ok()
}

/// A token bucket that limits retries during an outage: retries take tokens, successes return them.
///
/// The cloud SDKs have the same bucket: a success returns the tokens of its last retry. Failures
/// that a retry solves cost nothing in the long run, and a server that is down empties the bucket.
pub(crate) struct Budget(AtomicU32);

impl Budget {
    const FULL: u32 = 500;
    const RETRY: u32 = 5;
    const RETRY_AFTER_TIMEOUT: u32 = 10;
    /// The tokens that a success without a retry returns.
    const SUCCESS: u32 = 1;

    pub fn new() -> Self {
        Budget(AtomicU32::new(Self::FULL))
    }

    /// Takes the tokens for one retry. Returns their number, or `None` if there are not enough
    /// left.
    pub fn pay(&self, after_timeout: bool) -> Option<u32> {
        let cost = if after_timeout { Self::RETRY_AFTER_TIMEOUT } else { Self::RETRY };
        let pay = |left: u32| left.checked_sub(cost);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).ok().map(|_| cost)
    }

    /// Returns tokens after a success. `paid` is the number of tokens that its last retry took.
    pub fn refill(&self, paid: Option<u32>) {
        let more = paid.unwrap_or(Self::SUCCESS);
        let refill = |left: u32| (left < Self::FULL).then(|| Self::FULL.min(left + more));
        // The update fails if the bucket is full.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_follow_the_rules() {
        use FailureReason::*;
        for safety in [Safety::Read, Safety::IssuesCredential, Safety::Write, Safety::Repeatable] {
            assert!(allowed(safety, NotSent) && allowed(safety, Status(429)));
            for reason in [Refused, TooLarge, Unreadable] {
                assert!(!allowed(safety, reason), "{safety:?} {reason:?}");
            }
            let repeats = matches!(safety, Safety::Read | Safety::Repeatable);
            for reason in [Lost, CutShort, TimedOut, Status(408), Status(500), Status(503)] {
                assert_eq!(allowed(safety, reason), repeats, "{safety:?} {reason:?}");
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
    fn waits_follow_the_server_or_are_random() {
        let now = httpdate::parse_http_date("Sun, 03 Mar 2019 14:53:50 GMT").unwrap();
        for (header, seconds) in [
            // Numbers.
            (" 7 ", Some(7.0)),
            ("0", Some(0.0)),
            ("007", Some(7.0)),
            ("1.5", Some(1.5)),
            (" 120\t", Some(120.0)),
            // The three forms of a date in HTTP: RFC 1123, RFC 850 and asctime.
            ("Sun, 03 Mar 2019 14:54:00 GMT", Some(10.0)),
            ("Sunday, 03-Mar-19 14:54:00 GMT", Some(10.0)),
            ("Sun Mar  3 14:54:00 2019", Some(10.0)),
            // In the past.
            ("Sun, 03 Mar 2019 14:00:00 GMT", Some(0.0)),
            ("Sunday, 03-Mar-19 14:53:50 GMT", Some(0.0)),
            ("Thu Jan  1 00:00:00 1970", Some(0.0)),
            // Other forms that servers send.
            (" Sun, 3 Mar 2019 14:54:00 GMT ", Some(10.0)),
            ("3 Mar 2019 14:54:00 GMT", Some(10.0)),
            ("Sun, 03 Mar 2019 15:54:00 +0100", Some(10.0)),
            ("2019-03-03T14:54:00Z", Some(10.0)),
            ("2019-03-03T16:54:00.5+02:00", Some(10.5)),
            // Ignored.
            ("", None),
            ("soon", None),
            ("-1", None),
            ("nan", None),
            ("-inf", None),
            ("7 s", None),
            ("7, 8", None),
            ("0x10", None),
            ("1_000", None),
            ("Sun, 32 Mar 2019 14:54:00 GMT", None),
            ("Sun, 03 Mar 2019", None),
            ("Sun, 03 Mar 2019 25:54:00 GMT", None),
            ("14:54:00", None),
        ] {
            assert_eq!(retry_after(header, now), seconds.map(Duration::from_secs_f64), "{header:?}");
        }
        for endless in ["inf", "1e300", "99999999999999999999999"] {
            assert_eq!(retry_after(endless, now), Some(Duration::MAX), "{endless}");
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
        // A retry that succeeded is free.
        budget.refill(Some(10));
        assert_eq!(budget.pay(true), Some(10));
        (0..100).for_each(|_| budget.refill(Some(10)));
        assert_eq!(budget.0.into_inner(), Budget::FULL);
    }
}
