//! Faults: what goes wrong, for which requests, and how often.
//!
//! One description serves Rust, the control path over HTTP and the bindings; `serde` reads it from JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::SandboxError;
use crate::response::Answer;

/// What goes wrong.
///
/// In JSON: an object with the `kind` in snake case and the fields beside it, for example
/// `{"kind": "latency", "ms": 300}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes later. The request has its effect at once. Goes together with any other fault.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
    /// Another answer than the real one.
    Status {
        /// 200 to 599.
        status: u16,
        /// Header lines. Those that say where the body ends are the sandbox's own.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body. In JSON any value but text is sent as JSON.
        #[serde(default, deserialize_with = "text_or_json")]
        body: String,
        /// Whether the request has its effect all the same. Default: no.
        #[serde(default)]
        processed: bool,
    },
    /// The connection is reset, and the request had no effect.
    ResetBefore,
    /// The connection is reset half-way through the answer; the request had its effect.
    ResetDuring,
    /// The connection is reset instead of an answer; the request had its effect.
    ResetAfter,
    /// The connection is closed half-way through the body that `Content-Length` announced.
    Truncate,
    /// From a quarter on the body is garbage.
    Corrupt,
    /// `Content-Length` is not the body's. With a negative number bytes are left over, which stand in front of
    /// the next answer; with a positive one the rest never comes, and the connection stays open.
    WrongLength {
        /// What is added to the true length. Default: -5.
        #[serde(default = "five_less")]
        by: i32,
    },
    /// The body is gzip, damaged in the middle; the length is right.
    BrokenGzip {
        /// How it is damaged.
        #[serde(default)]
        how: GzipDamage,
    },
    /// The body comes in pieces with pauses before each.
    SlowBody {
        /// Default: 8.
        #[serde(default = "eight")]
        pieces: u32,
        /// Default: 100.
        #[serde(default = "hundred")]
        pause_ms: u64,
    },
    /// The body of a 204 comes after its head, in pieces. Concerns 204s only; they have a body then even if
    /// the sandbox was started without.
    #[serde(rename = "split_204")]
    Split204 {
        /// Default: 2.
        #[serde(default = "two")]
        pieces: u32,
        /// Default: 20.
        #[serde(default = "twenty")]
        pause_ms: u64,
    },
}

fn five_less() -> i32 {
    -5
}

fn two() -> u32 {
    2
}

fn eight() -> u32 {
    8
}

fn twenty() -> u64 {
    20
}

fn hundred() -> u64 {
    100
}

fn text_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => String::new(),
        Value::String(text) => text,
        value => value.to_string(),
    })
}

/// How a gzip body is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GzipDamage {
    /// It ends in the middle.
    #[default]
    Cut,
    /// Some bytes in the middle are others.
    Corrupt,
}

/// A fault, the requests that it is for, and how often it happens.
///
/// ```
/// use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
///
/// let sandbox = Sandbox::start(SandboxOptions::default())?;
/// let rule = FaultRule::new(Fault::ResetAfter).on("POST", "/ss/rsapi/clients/{id}/plan/{plan}").times(1);
/// sandbox.fail(rule)?;
/// sandbox.fail_json(r#"{"path": "*", "probability": 0.3, "fault": {"kind": "latency", "ms": 50}}"#)?;
/// # Ok::<(), crankwheel_sandbox::SandboxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The method; `*` for any.
    #[serde(default = "any")]
    method: String,
    /// The path, in which a segment in braces stands for any; `*` for any path.
    #[serde(default = "any")]
    path: String,
    /// How often it happens; null until the faults are cleared.
    #[serde(default)]
    times: Option<u32>,
    /// The share of the requests that it happens to, drawn from `seed`; null for all.
    #[serde(default)]
    probability: Option<f64>,
    #[serde(default)]
    seed: u64,
    fault: Fault,
}

fn any() -> String {
    "*".to_owned()
}

impl FaultRule {
    /// For every request, until the faults are cleared.
    pub fn new(fault: Fault) -> Self {
        Self { method: any(), path: any(), times: None, probability: None, seed: 0, fault }
    }

    /// Only for requests with this method and path; `*` is any, and so is a path segment in braces.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = method.to_owned();
        self.path = path.to_owned();
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only for this share of the requests (0 to 1), drawn from a seed: the same each time.
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = Some(probability);
        self.seed = seed;
        self
    }

    pub(crate) fn from_json(text: &str) -> Result<Self, SandboxError> {
        serde_json::from_str(text)
            .map_err(|error| SandboxError::Invalid(format!("not a fault rule: {error}")))
    }

    fn check(&self) -> Result<(), SandboxError> {
        let refuse = |text: String| Err(SandboxError::Invalid(text));
        if self.method != "*" && Method::from_bytes(self.method.as_bytes()).is_err() {
            return refuse(format!("{:?} is no HTTP method", self.method));
        }
        if self.path != "*" && !self.path.starts_with('/') {
            return refuse(format!("{:?} is neither a path nor \"*\"", self.path));
        }
        if self.probability.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return refuse("the probability must be between 0 and 1".to_owned());
        }
        if let Fault::Status { status, headers, body, .. } = &self.fault {
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            ordered_answer(*status, headers, body.clone().into_bytes())?;
        }
        Ok(())
    }
}

/// An answer that a test ordered, checked.
pub(crate) fn ordered_answer<'a>(
    status: u16,
    headers: impl Iterator<Item = (&'a str, &'a str)>,
    body: Vec<u8>,
) -> Result<Answer, SandboxError> {
    let refuse = |what: &str, text: &str| SandboxError::Invalid(format!("{text:?} is no {what}"));
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| refuse("status of an answer", &status.to_string()))?;
    let mut answer = Answer::bare(status, body);
    for (name, value) in headers {
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("header name", name))?;
        if parsed == header::CONTENT_LENGTH || parsed == header::TRANSFER_ENCODING {
            return Err(SandboxError::Invalid(format!("{name} is set by the sandbox itself")));
        }
        let value = HeaderValue::from_str(value).map_err(|_| refuse("header value", value))?;
        answer = answer.with(parsed, value);
    }
    Ok(answer)
}

/// A rule at work.
struct Active {
    rule: FaultRule,
    /// `None`: any path.
    segments: Option<Vec<Segment>>,
    left: Option<u32>,
    random: fastrand::Rng,
}

/// One segment of a path template.
enum Segment {
    Any,
    /// Percent-decoded, as in a path to compare with.
    Text(Vec<u8>),
}

impl Active {
    fn matches(&self, method: &Method, path: &[Vec<u8>]) -> bool {
        (self.rule.method == "*" || self.rule.method == method.as_str())
            && self.segments.as_ref().is_none_or(|segments| {
                segments.len() == path.len()
                    && segments.iter().zip(path).all(|(segment, given)| match segment {
                        Segment::Any => !given.is_empty(),
                        Segment::Text(text) => text == given,
                    })
            })
    }

    /// Whether it happens this time; counts it.
    fn happens(&mut self) -> bool {
        if self.left == Some(0) {
            return false;
        }
        if let Some(share) = self.rule.probability
            && self.random.f64() >= share
        {
            return false;
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        true
    }
}

/// What goes wrong with one request.
#[derive(Default)]
pub(crate) struct Trouble {
    pub(crate) latency: Duration,
    pub(crate) fault: Option<Fault>,
    /// For faults that draw bytes.
    pub(crate) seed: u64,
}

/// The rules in the order in which they were given.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<Active>,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<(), SandboxError> {
        rule.check()?;
        let segments = (rule.path != "*").then(|| {
            rule.path
                .split('/')
                .map(|segment| {
                    if segment.starts_with('{') && segment.ends_with('}') {
                        Segment::Any
                    } else {
                        Segment::Text(decode(segment))
                    }
                })
                .collect()
        });
        let random = fastrand::Rng::with_seed(rule.seed);
        self.rules.push(Active { left: rule.times, segments, random, rule });
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The rules that may still strike, with what is left of their counts.
    pub(crate) fn all(&self) -> Vec<FaultRule> {
        self.rules.iter().map(|active| FaultRule { times: active.left, ..active.rule.clone() }).collect()
    }

    /// What happens to this request: every latency that is for it, and the first other fault.
    pub(crate) fn take(&mut self, method: &Method, path: &str) -> Trouble {
        let mut trouble = Trouble::default();
        if self.rules.is_empty() {
            return trouble;
        }
        let path: Vec<Vec<u8>> = path.split('/').map(decode).collect();
        for active in &mut self.rules {
            let latency = match active.rule.fault {
                Fault::Latency { ms } => Some(Duration::from_millis(ms)),
                _ if trouble.fault.is_some() => continue,
                _ => None,
            };
            if !active.matches(method, &path) || !active.happens() {
                continue;
            }
            match latency {
                Some(latency) => trouble.latency = trouble.latency.saturating_add(latency),
                None => {
                    trouble.seed = active.random.u64(..);
                    trouble.fault = Some(active.rule.fault.clone());
                }
            }
        }
        self.rules.retain(|active| active.left != Some(0));
        trouble
    }
}

fn decode(segment: &str) -> Vec<u8> {
    percent_decode_str(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(faults: &mut Faults, method: &str, path: &str, times: usize) -> String {
        let method = method.parse().unwrap();
        (0..times).map(|_| if faults.take(&method, path).fault.is_some() { 'x' } else { '.' }).collect()
    }

    #[test]
    fn rules_are_read_from_json() {
        let whole = r#"{"method": "GET", "path": "/ss/rsapi/clients/{id}", "times": 3, "probability": 0.3, "seed": 1,
            "fault": {"kind": "status", "status": 503, "headers": {"retry-after": "1"}, "body": {"a": 1}}}"#;
        let rule = FaultRule::from_json(whole).unwrap();
        assert_eq!(
            rule.fault,
            Fault::Status {
                status: 503,
                headers: BTreeMap::from([("retry-after".into(), "1".into())]),
                body: r#"{"a":1}"#.into(),
                processed: false
            }
        );
        let back = FaultRule::from_json(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(back, rule);
        for kind in [
            "reset_before",
            "reset_during",
            "reset_after",
            "truncate",
            "corrupt",
            "wrong_length",
            "broken_gzip",
            "slow_body",
            "split_204",
        ] {
            let rule = FaultRule::from_json(&format!(r#"{{"fault": {{"kind": "{kind}"}}}}"#)).unwrap();
            assert!(rule.check().is_ok(), "{kind}");
        }
        for bad in [
            "",
            "{}",
            r#"{"fault": {"kind": "fire"}}"#,
            r#"{"fault": {"kind": "latency"}}"#,
            r#"{"fault": {"kind": "truncate"}, "tmes": 1}"#,
            r#"{"fault": {"kind": "truncate"}, "times": -1}"#,
        ] {
            assert!(FaultRule::from_json(bad).is_err(), "{bad}");
        }
        for bad in [
            r#"{"fault": {"kind": "truncate"}, "probability": 1.5}"#,
            r#"{"fault": {"kind": "truncate"}, "method": "G T"}"#,
            r#"{"fault": {"kind": "truncate"}, "path": "ss"}"#,
            r#"{"fault": {"kind": "status", "status": 99}}"#,
            r#"{"fault": {"kind": "status", "status": 500, "headers": {"content-length": "1"}}}"#,
        ] {
            assert!(FaultRule::from_json(bad).unwrap().check().is_err(), "{bad}");
        }
    }

    #[test]
    fn rules_strike_where_and_as_often_as_they_say() {
        let mut faults = Faults::default();
        faults.add(FaultRule::new(Fault::Truncate).on("GET", "/a/{id}/b").times(2)).unwrap();
        assert_eq!(kinds(&mut faults, "POST", "/a/1/b", 1), ".");
        assert_eq!(kinds(&mut faults, "GET", "/a/1/2/b", 1), ".");
        assert_eq!(kinds(&mut faults, "GET", "/a//b", 1), ".");
        assert_eq!(kinds(&mut faults, "GET", "/a/x%2Fy/%62", 3), "xx.");
        assert!(faults.all().is_empty());
        faults.add(FaultRule::new(Fault::Truncate).times(1)).unwrap();
        assert_eq!(kinds(&mut faults, "PUT", "/anything", 2), "x.");
    }

    #[test]
    fn chance_comes_from_the_seed() {
        let draw = |seed| {
            let mut faults = Faults::default();
            faults.add(FaultRule::new(Fault::Corrupt).probability(0.3, seed)).unwrap();
            kinds(&mut faults, "GET", "/", 200)
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
