//! Checks the names and types of a fault rule in JSON before it is read.

use serde_json::{Map, Value};

use super::fault::{MEMBERS, SCOPE};
use super::member::Member;
use crate::error::SandboxError;
use crate::input::{invalid, short, shown};

/// Refuses a rule that has a wrong name or type.
pub(super) fn check(rule: &Value) -> Result<(), SandboxError> {
    let Some(rule) = rule.as_object() else {
        return Err(invalid(format!("rule: must be an object with a fault, got {}", shown(rule))));
    };
    check_members(rule, SCOPE, "fault", "a fault rule")?;
    let kinds = || MEMBERS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join(", ");
    let fault = match rule.get("fault") {
        Some(Value::Object(fault)) => fault,
        Some(other) => {
            return Err(invalid(format!("fault: must be an object with a kind, got {}", shown(other))));
        }
        None => return Err(invalid("fault: missing; must be an object with a kind")),
    };
    let kind = fault.get("kind").unwrap_or(&Value::Null);
    let Some((name, members)) = MEMBERS.iter().find(|(name, _)| kind.as_str() == Some(name)) else {
        return Err(invalid(format!("kind: must be one of {}, got {}", kinds(), shown(kind))));
    };
    check_members(fault, members, "kind", &format!("the fault {name:?}"))
}

/// Removes the members of a checked rule that are null: they have their defaults.
pub(super) fn remove_nulls(rule: &mut Value) {
    let Some(rule) = rule.as_object_mut() else { return };
    rule.retain(|_, value| !value.is_null());
    if let Some(Value::Object(fault)) = rule.get_mut("fault") {
        fault.retain(|_, value| !value.is_null());
    }
}

/// Checks the members of an object, which has one more member.
fn check_members(
    object: &Map<String, Value>,
    members: &[Member],
    other: &str,
    of: &str,
) -> Result<(), SandboxError> {
    for (name, value) in object.iter().filter(|(name, _)| *name != other) {
        let Some(member) = members.iter().find(|member| member.name == name) else {
            let mut valid: Vec<&str> = members.iter().map(|member| member.name).collect();
            valid.push(other);
            let (name, valid) = (short(name), valid.join(", "));
            return Err(invalid(format!("{name}: unknown option of {of}; valid options are {valid}")));
        };
        let left_out = value.is_null() && !member.required;
        if !left_out && !member.kind.accepts(value) {
            let expected = member.kind.expected();
            return Err(invalid(format!("{name}: must be {expected}, got {}", shown(value))));
        }
    }
    let missing = members.iter().find(|member| member.required && !object.contains_key(member.name));
    match missing {
        Some(Member { name, kind, .. }) => {
            let expected = kind.expected();
            Err(invalid(format!("{name}: missing; {of} needs it, must be {expected}")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::faults::FaultRule;

    #[test]
    fn a_member_that_is_null_has_its_default() {
        let rule = |text: &str| FaultRule::from_json(text).unwrap();
        let bare = rule(r#"{"fault": {"kind": "slow_body"}}"#);
        for scope in ["method", "path", "times", "probability", "seed"] {
            assert_eq!(rule(&format!(r#"{{"fault": {{"kind": "slow_body"}}, "{scope}": null}}"#)), bare);
        }
        for member in ["pieces", "pause_ms"] {
            assert_eq!(rule(&format!(r#"{{"fault": {{"kind": "slow_body", "{member}": null}}}}"#)), bare);
        }
    }

    #[test]
    fn a_wrong_rule_is_explained_in_words() {
        for (rule, expected) in [
            ("[]", "rule: must be an object with a fault, got a list"),
            ("{}", "fault: missing; must be an object with a kind"),
            (r#"{"fault": "truncate"}"#, "fault: must be an object with a kind, got \"truncate\""),
            (r#"{"fault": {}}"#, "kind: must be one of latency, status, reset_before"),
            (r#"{"fault": {"kind": "fire"}}"#, "kind: must be one of latency, status, reset_before"),
            (r#"{"fault": {"kind": "latency"}}"#, "ms: missing; the fault \"latency\" needs it"),
            (
                r#"{"fault": {"kind": "latency", "ms": null}}"#,
                "ms: must be an integer of 0 or more, got null",
            ),
            (
                r#"{"fault": {"kind": "latency", "ms": "5"}}"#,
                "ms: must be an integer of 0 or more, got \"5\"",
            ),
            (r#"{"fault": {"kind": "latency", "ms": -1}}"#, "ms: must be an integer of 0 or more, got -1"),
            (r#"{"fault": {"kind": "latency", "sm": 5}}"#, "sm: unknown option of the fault \"latency\""),
            (r#"{"fault": {"kind": "status", "status": 70000}}"#, "status: must be an integer between 0 and"),
            (
                r#"{"fault": {"kind": "status", "status": 500, "headers": {"a": 1}}}"#,
                "headers: must be an object whose values are strings, got an object",
            ),
            (
                r#"{"fault": {"kind": "broken_gzip", "how": "cutt"}}"#,
                "how: must be one of cut, corrupt, got \"cutt\"",
            ),
            (r#"{"fault": {"kind": "truncate"}, "tmes": 1}"#, "tmes: unknown option of a fault rule"),
            (r#"{"fault": {"kind": "truncate"}, "times": -1}"#, "times: must be an integer between 0 and"),
            (r#"{"fault": {"kind": "truncate"}, "method": 5}"#, "method: must be a string, got 5"),
            (r#"{"fault": {"kind": "truncate"}, "probability": "1"}"#, "probability: must be a number, got"),
        ] {
            let error = FaultRule::from_json(rule).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{rule}: {error}");
        }
    }
}
