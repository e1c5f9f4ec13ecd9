//! Values of options, from JSON.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use crate::error::SandboxError;
use crate::input::{invalid, shown};

fn refuse(name: &str, expected: &str, value: &Value) -> SandboxError {
    invalid(format!("{name}: must be {expected}, got {}", shown(value)))
}

/// Refuses a number above a maximum.
pub(super) fn at_most(name: &str, number: u64, maximum: u64) -> Result<(), SandboxError> {
    if number > maximum {
        return Err(refuse(name, &format!("at most {maximum}"), &number.into()));
    }
    Ok(())
}

pub(super) fn integer<T: TryFrom<u64>>(name: &str, value: &Value) -> Result<T, SandboxError> {
    let number = value.as_u64().ok_or_else(|| refuse(name, "an integer of 0 or more", value))?;
    let largest = u64::MAX >> (64 - 8 * size_of::<T>());
    T::try_from(number).map_err(|_| refuse(name, &format!("at most {largest}"), &number.into()))
}

pub(super) fn boolean(name: &str, value: &Value) -> Result<bool, SandboxError> {
    value.as_bool().ok_or_else(|| refuse(name, "a boolean", value))
}

pub(super) fn address(name: &str, value: &Value) -> Result<IpAddr, SandboxError> {
    let address = value.as_str().and_then(|address| address.parse().ok());
    address.ok_or_else(|| refuse(name, "an IP address such as 127.0.0.1", value))
}

/// Reads a list of host names; `check` refuses what is not a name.
pub(super) fn hosts(name: &str, value: &Value) -> Result<Vec<String>, SandboxError> {
    let names = value.as_array().and_then(|names| {
        names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
    });
    names.ok_or_else(|| refuse(name, "a list of host names such as [\"sandbox\"]", value))
}

pub(super) fn time(name: &str, value: &Value) -> Result<Timestamp, SandboxError> {
    let time = value.as_str().and_then(|time| time.parse().ok());
    time.ok_or_else(|| refuse(name, "an RFC 3339 time such as 2019-03-01T12:00:00Z", value))
}

/// Reads a key. The message does not show a value that is not a string: it could hold a key.
pub(super) fn key(name: &str, value: &Value) -> Result<String, SandboxError> {
    let key = value.as_str().map(str::to_owned);
    key.ok_or_else(|| SandboxError::Invalid(format!("{name}: must be a string")))
}
