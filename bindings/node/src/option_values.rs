//! Converts JavaScript's numbers to values of options.

use std::time::Duration;

use crankwheel::{Error, Options, name};
use napi_derive::napi;

/// Converts a whole number of 0 or more.
pub fn integer<T: TryFrom<u64>>(option: &str, number: f64) -> Result<T, Error> {
    let whole = number >= 0.0 && number.fract() == 0.0 && number < 9_007_199_254_740_992.0;
    whole.then(|| T::try_from(number as u64).ok()).flatten().ok_or_else(|| {
        Error::configuration(format!("{}: must be an integer of 0 or more, got {number}", name(option)))
    })
}

/// Converts milliseconds. The core refuses durations that are too short or too long.
pub fn duration(option: &str, milliseconds: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| {
        Error::configuration(format!(
            "{}: must be more than 0 and at most 30 days, got {milliseconds} ms",
            name(option)
        ))
    })
}

/// A header to set, or to remove if it has no value.
#[napi(object, object_to_js = false)]
pub struct HeaderChange {
    pub name: String,
    pub value: Option<String>,
}

/// Sets and removes headers.
pub fn headers(options: Options, changes: Vec<HeaderChange>) -> Options {
    changes.into_iter().fold(options, |options, HeaderChange { name, value }| match value {
        Some(value) => options.header(name, value),
        None => options.without_header(name),
    })
}
