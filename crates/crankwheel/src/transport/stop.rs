//! The reasons why a failed request is not retried any more, and their description.

use std::time::Duration;

use super::retry::MAX_RETRY_AFTER;
use crate::error::Error;
use crate::spelling::name;

/// The reason why a failure that the rules allow to retry was final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// `max_retries` was reached.
    MaxRetries(u32),
    /// Too many calls of the client failed.
    Budget,
    /// The wait before the next attempt would exceed the call's `timeout`.
    Deadline { wait: Duration, total: Duration },
    /// The server asked for a longer wait than the SDK follows.
    RetryAfter(Duration),
    /// The client was closed.
    Closed,
}

impl Stop {
    /// Returns the reason for programs, spelled in the language of the caller.
    fn label(self) -> String {
        match self {
            Stop::MaxRetries(_) => name("max_retries").into_owned(),
            Stop::Budget => name("retry_budget").into_owned(),
            Stop::Deadline { .. } => "timeout".to_owned(),
            Stop::RetryAfter(_) => name("retry_after").into_owned(),
            Stop::Closed => "closed".to_owned(),
        }
    }

    fn reason(self) -> String {
        match self {
            Stop::MaxRetries(most) => format!("`{}` is {most}", name("max_retries")),
            Stop::Budget => {
                "too many calls of this client have failed: its budget for retries is used up".to_owned()
            }
            Stop::Deadline { wait, total } => {
                let wait = short(wait);
                format!("a wait of {wait} would exceed the call's `timeout` of {total:?}")
            }
            Stop::RetryAfter(asked) => {
                let (asked, most) = (short(asked), MAX_RETRY_AFTER);
                format!("the server asked to wait {asked} (`Retry-After`), longer than {most:?}")
            }
            Stop::Closed => "the client was closed".to_owned(),
        }
    }
}

/// Adds to a final error what retrying did. `stop` is `None` for a failure that is not retried, whose
/// message stays short if there was only one attempt.
pub(super) fn describe(mut error: Error, attempts: u32, elapsed: Duration, stop: Option<Stop>) -> Error {
    error.inner.attempts = attempts;
    error.inner.elapsed = (attempts > 0).then_some(elapsed);
    error.inner.retry_stopped_by = stop.map(Stop::label);
    let (number, time) = (if attempts == 1 { "attempt" } else { "attempts" }, short(elapsed));
    let asked = error.retry_after().filter(|asked| !asked.is_zero());
    match stop {
        // The caller wants no retries, or the deadline is the error itself.
        None | Some(Stop::MaxRetries(0)) if attempts == 1 => {}
        None => error = error.hint(&format!("this was the last of {attempts} {number} in {time}")),
        Some(stop) => {
            let reason = stop.reason();
            error = error.hint(&format!("gave up after {attempts} {number} in {time}: {reason}"));
        }
    }
    match (asked, stop) {
        (None, _) | (_, Some(Stop::RetryAfter(_))) => error,
        (Some(asked), _) => error.hint(&format!("the server asked to wait {} (`Retry-After`)", short(asked))),
    }
}

/// Writes a duration without the digits that do not matter to a reader.
fn short(duration: Duration) -> String {
    let whole = if duration < Duration::from_secs(10) {
        Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    } else {
        Duration::from_secs(duration.as_secs())
    };
    format!("{whole:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn an_error_says_what_retrying_did() {
        let seconds = Duration::from_secs;
        let described = |attempts, stop, asked| {
            let mut error = Error::new(ErrorKind::InternalServer, "503");
            error.inner.retry_after = asked;
            describe(error, attempts, Duration::from_micros(1_234_567), stop)
        };
        for (attempts, stop, asked, message, label) in [
            (1, None, None, "503", None),
            (1, Some(Stop::MaxRetries(0)), None, "503", Some("max_retries")),
            (2, None, None, "503; this was the last of 2 attempts in 1.234s", None),
            (
                3,
                Some(Stop::MaxRetries(2)),
                Some(seconds(7)),
                "503; gave up after 3 attempts in 1.234s: `max_retries` is 2; the server asked to wait 7s \
                 (`Retry-After`)",
                Some("max_retries"),
            ),
            (
                1,
                Some(Stop::Budget),
                None,
                "503; gave up after 1 attempt in 1.234s: too many calls of this client have failed: its \
                 budget for retries is used up",
                Some("retry_budget"),
            ),
            (
                1,
                Some(Stop::Deadline { wait: seconds(5), total: seconds(3) }),
                None,
                "503; gave up after 1 attempt in 1.234s: a wait of 5s would exceed the call's `timeout` of 3s",
                Some("timeout"),
            ),
            (
                2,
                Some(Stop::RetryAfter(seconds(120))),
                Some(seconds(120)),
                "503; gave up after 2 attempts in 1.234s: the server asked to wait 120s (`Retry-After`), \
                 longer than 60s",
                Some("retry_after"),
            ),
            (
                1,
                Some(Stop::Closed),
                None,
                "503; gave up after 1 attempt in 1.234s: the client was closed",
                Some("closed"),
            ),
        ] {
            let error = described(attempts, stop, asked);
            assert_eq!(error.message(), message);
            assert_eq!((error.attempts(), error.retry_stopped_by()), (attempts, label), "{error}");
            assert_eq!(error.elapsed(), Some(Duration::from_micros(1_234_567)));
        }
    }
}
