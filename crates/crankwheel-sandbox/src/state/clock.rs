//! The sandbox's clock: the system's clock, shifted or stopped.

use jiff::{SignedDuration, Timestamp};

/// The "now" of everything in the sandbox, in whole microseconds like the API's timestamps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// Stopped at this instant.
    Frozen(i64),
    /// Ahead of the system's clock by this many microseconds.
    Running(i64),
}

/// Reads the system's clock.
fn system() -> i64 {
    Timestamp::now().as_microsecond()
}

impl Clock {
    /// Creates the clock that a sandbox starts with: frozen at this instant, or the system's clock.
    pub(crate) fn start(now: Option<Timestamp>) -> Self {
        match now {
            Some(instant) => Self::Frozen(instant.as_microsecond()),
            None => Self::Running(0),
        }
    }

    /// Creates a clock that shows this instant.
    pub(crate) fn at(instant: i64, frozen: bool) -> Self {
        if frozen { Self::Frozen(instant) } else { Self::Running(instant.saturating_sub(system())) }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        matches!(self, Self::Frozen(_))
    }

    pub(crate) fn now(&self) -> i64 {
        match self {
            Self::Frozen(instant) => *instant,
            Self::Running(ahead) => clamp(system().saturating_add(*ahead)),
        }
    }

    /// Sets the clock: a frozen clock stays frozen, a running clock continues from there.
    pub(crate) fn set(&mut self, instant: i64) {
        match self {
            Self::Frozen(at) => *at = clamp(instant),
            Self::Running(ahead) => *ahead = clamp(instant).saturating_sub(system()),
        }
    }

    /// Moves the clock; a negative duration moves it back.
    pub(crate) fn advance(&mut self, by: SignedDuration) {
        let micros =
            i64::try_from(by.as_micros()).unwrap_or(if by.is_negative() { i64::MIN } else { i64::MAX });
        match self {
            Self::Frozen(at) => *at = clamp(at.saturating_add(micros)),
            Self::Running(_) => self.set(self.now().saturating_add(micros)),
        }
    }

    /// Stops the clock at the present instant.
    pub(crate) fn freeze(&mut self) {
        *self = Self::Frozen(self.now());
    }

    /// Lets the clock continue from the present instant.
    pub(crate) fn unfreeze(&mut self) {
        *self = Self::Running(self.now().saturating_sub(system()));
    }
}

/// Keeps an instant within the range of timestamps that can be written.
fn clamp(micros: i64) -> i64 {
    micros.clamp(Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_moved() {
        let mut clock = Clock::start(Some("2019-03-01T00:00:00Z".parse().unwrap()));
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(clock.now(), start + 90_000_000);
        clock.advance(SignedDuration::from_secs(-90));
        assert_eq!(clock.now(), start);
        clock.set(5);
        assert_eq!(clock.now(), 5);
    }

    #[test]
    fn a_running_clock_can_be_set_and_frozen() {
        let mut clock = Clock::start(None);
        clock.set(0);
        assert!(clock.now() >= 0);
        clock.freeze();
        let at = clock.now();
        assert_eq!(clock.now(), at);
        clock.unfreeze();
        assert!(clock.now() >= at);
    }

    #[test]
    fn the_far_future_does_not_overflow() {
        let mut clock = Clock::start(None);
        // A running clock would have moved on by the next line.
        clock.freeze();
        clock.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX.as_microsecond());
        clock.advance(SignedDuration::MIN);
        assert_eq!(clock.now(), Timestamp::MIN.as_microsecond());
    }
}
