//! The fault rules that are in force: they decide which fault is injected into each request.

use std::time::Duration;

use http::Method;

use super::fault::Fault;
use super::pattern::{DecodedPath, RequestPattern};
use super::rule::FaultRule;
use crate::error::SandboxError;

/// A rule in force.
struct ActiveRule {
    rule: FaultRule,
    requests: RequestPattern,
    left: Option<u32>,
    random: fastrand::Rng,
}

impl ActiveRule {
    /// Decides whether the rule applies this time, and counts it if so.
    fn applies(&mut self) -> bool {
        if self.left == Some(0) {
            return false;
        }
        if let Some(probability) = self.rule.probability
            && self.random.f64() >= probability
        {
            return false;
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        true
    }
}

/// The faults that one request gets.
#[derive(Default)]
pub(crate) struct InjectedFault {
    pub(crate) latency: Duration,
    pub(crate) fault: Option<Fault>,
    /// For faults that draw bytes.
    pub(crate) seed: u64,
}

/// The rules in force, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<ActiveRule>,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<(), SandboxError> {
        let requests = rule.check()?;
        let random = fastrand::Rng::with_seed(rule.seed);
        self.rules.push(ActiveRule { left: rule.times, requests, random, rule });
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Returns the rules that may still apply, each with the count that it has left.
    pub(crate) fn all(&self) -> Vec<FaultRule> {
        self.rules.iter().map(|active| FaultRule { times: active.left, ..active.rule.clone() }).collect()
    }

    /// Returns what this request gets: the sum of all latencies that match it, and the first other
    /// fault.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> InjectedFault {
        let mut injected = InjectedFault::default();
        if self.rules.is_empty() {
            return injected;
        }
        let path = DecodedPath::new(path);
        for active in &mut self.rules {
            let latency = match active.rule.fault {
                Fault::Latency { ms } => Some(Duration::from_millis(ms)),
                _ if injected.fault.is_some() => continue,
                _ => None,
            };
            if !active.requests.matches(method, &path) || !active.applies() {
                continue;
            }
            match latency {
                Some(latency) => injected.latency = injected.latency.saturating_add(latency),
                None => {
                    injected.seed = active.random.u64(..);
                    injected.fault = Some(active.rule.fault.clone());
                }
            }
        }
        self.rules.retain(|active| active.left != Some(0));
        injected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(faults: &mut Faults, method: &str, path: &str, times: usize) -> String {
        let method = method.parse().unwrap();
        (0..times).map(|_| if faults.take(&method, path).fault.is_some() { 'x' } else { '.' }).collect()
    }

    #[test]
    fn rules_apply_where_and_as_often_as_they_say() {
        let mut faults = Faults::default();
        faults.add(FaultRule::new(Fault::Truncate).on("GET", "/a/{id}/b").times(2)).unwrap();
        assert_eq!(pattern(&mut faults, "POST", "/a/1/b", 1), ".");
        assert_eq!(pattern(&mut faults, "GET", "/a/1/2/b", 1), ".");
        assert_eq!(pattern(&mut faults, "GET", "/a//b", 1), ".");
        assert_eq!(pattern(&mut faults, "GET", "/a/x%2Fy/%62", 3), "xx.");
        assert!(faults.all().is_empty());
        faults.add(FaultRule::new(Fault::Truncate).times(1)).unwrap();
        assert_eq!(pattern(&mut faults, "PUT", "/anything", 2), "x.");
    }

    #[test]
    fn probability_draws_from_the_seed() {
        let draw = |seed| {
            let mut faults = Faults::default();
            faults.add(FaultRule::new(Fault::Corrupt).probability(0.3, seed)).unwrap();
            pattern(&mut faults, "GET", "/", 200)
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let hits = draw(1).matches('x').count();
        assert!((40..80).contains(&hits), "{hits}");
    }

    #[test]
    fn latencies_add_up_with_another_fault() {
        let mut faults = Faults::default();
        for rule in [
            FaultRule::new(Fault::Latency { ms: 5 }),
            FaultRule::new(Fault::ResetAfter).times(1),
            FaultRule::new(Fault::ResetBefore).times(1),
            FaultRule::new(Fault::Latency { ms: 7 }).times(1),
        ] {
            faults.add(rule).unwrap();
        }
        let first = faults.take(&Method::GET, "/");
        assert_eq!((first.latency.as_millis(), first.fault), (12, Some(Fault::ResetAfter)));
        let second = faults.take(&Method::GET, "/");
        assert_eq!((second.latency.as_millis(), second.fault), (5, Some(Fault::ResetBefore)));
    }
}
