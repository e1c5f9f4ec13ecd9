//! The query parameters of a request, and the periods in them.

use crate::response::Response;
use crate::time::{self, DEFAULT_PERIOD, SECOND};

/// The decoded query parameters. If a name occurs twice, the last value counts.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        Self { pairs: url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    fn bound(&self, name: &str) -> Result<Option<Bound>, Response> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match time::parse_rfc3339(text) {
            Some(at) => Ok(Some(Bound { at, text: text.to_owned() })),
            None => Err(Response::bad_request(name, "is invalid")),
        }
    }

    /// Reads a whole number that is not negative.
    pub(crate) fn count(&self, name: &str) -> Result<Option<u32>, Response> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if text.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(count) = text.parse()
        {
            return Ok(Some(count));
        }
        Err(Response::bad_request(name, "is invalid"))
    }

    /// Reads the period between two parameters.
    pub(crate) fn period(
        &self,
        names: (&'static str, &'static str),
        rule: PeriodRule,
        now: i64,
    ) -> Result<Period, Response> {
        let (from, to) = (self.bound(names.0)?, self.bound(names.1)?);
        let missing = |name| Err(Response::bad_request(name, "can't be blank"));
        match (rule, &from, &to) {
            (PeriodRule::Required, None, _) | (PeriodRule::BothOrNeither, None, Some(_)) => {
                return missing(names.0);
            }
            (PeriodRule::Required, _, None) | (PeriodRule::BothOrNeither, Some(_), None) => {
                return missing(names.1);
            }
            _ => {}
        }
        let period = Period {
            from: from.unwrap_or_else(|| Bound::default_at(now.saturating_sub(DEFAULT_PERIOD))),
            to: to.unwrap_or_else(|| Bound::default_at(now)),
        };
        if period.to.at < period.from.at {
            return Err(Response::bad_request(names.1, &format!("must not be before {}", names.0)));
        }
        Ok(period)
    }
}

/// The bounds of a period that may be missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodRule {
    /// Neither.
    Required,
    /// Both together: the period is then the last 28 × 24 hours.
    BothOrNeither,
    /// Each separately: they are then 28 × 24 hours before now, and now.
    Optional,
}

/// One bound of a period: an instant, and the string that named it, which some responses echo.
pub(crate) struct Bound {
    pub(crate) at: i64,
    pub(crate) text: String,
}

impl Bound {
    fn default_at(at: i64) -> Self {
        Self { at, text: time::to_rfc3339(at) }
    }
}

/// A period with both bounds included.
pub(crate) struct Period {
    pub(crate) from: Bound,
    pub(crate) to: Bound,
}

impl Period {
    /// The length in whole seconds; the API drops fractions.
    pub(crate) fn seconds(&self) -> i64 {
        (self.to.at - self.from.at) / SECOND
    }

    /// Refuses a period that is too short for a bill, which divides by its length.
    pub(crate) fn not_empty(self, end: &'static str) -> Result<Self, Response> {
        if self.seconds() > 0 {
            Ok(self)
        } else {
            Err(Response::bad_request(end, "must be at least one second after the start"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_551_571_200_000_000;

    fn period(raw: &str, rule: PeriodRule) -> Option<(String, String)> {
        Query::parse(raw).period(("start", "end"), rule, NOW).ok().map(|p| (p.from.text, p.to.text))
    }

    #[test]
    fn periods_are_echoed_or_filled_in() {
        let given = "start=2019-02-01T00:00:00.0Z&end=2019-02-28T23%3A59%3A59Z";
        let echoed = ("2019-02-01T00:00:00.0Z".to_owned(), "2019-02-28T23:59:59Z".to_owned());
        let filled = ("2019-02-03T00:00:00.000000Z".to_owned(), "2019-03-03T00:00:00.000000Z".to_owned());
        for rule in [PeriodRule::Required, PeriodRule::BothOrNeither, PeriodRule::Optional] {
            assert_eq!(period(given, rule), Some(echoed.clone()));
        }
        assert_eq!(period("", PeriodRule::Required), None);
        assert_eq!(period("", PeriodRule::BothOrNeither), Some(filled.clone()));
        assert_eq!(period("", PeriodRule::Optional), Some(filled));
        assert_eq!(period("start=2019-02-20T00:00:00Z", PeriodRule::BothOrNeither), None);
        assert_eq!(period("end=2019-02-20T00:00:00Z", PeriodRule::BothOrNeither), None);
        assert!(period("start=2019-02-20T00:00:00Z", PeriodRule::Optional).is_some());
        assert_eq!(period("start=2019-02-20T00:00:00Z&end=2019-02-19T00:00:00Z", PeriodRule::Optional), None);
        assert_eq!(period("start=invalid&end=2019-02-19T00:00:00Z", PeriodRule::Optional), None);
    }

    #[test]
    fn counts_are_plain_digits() {
        assert_eq!(Query::parse("n=60").count("n").unwrap(), Some(60));
        assert_eq!(Query::parse("n=1&n=2").count("n").unwrap(), Some(2));
        assert_eq!(Query::parse("").count("n").unwrap(), None);
        for raw in ["n=", "n=-1", "n=%2B1", "n=1.5", "n=99999999999", "n=x"] {
            assert!(Query::parse(raw).count("n").is_err(), "{raw}");
        }
    }
}
